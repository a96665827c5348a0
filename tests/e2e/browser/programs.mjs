// Real processes for the browser's tests, and what they have printed. All end with the test.
import { spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";

const [bin, strange] = process.argv.slice(2);
const running = new Set();
export const endAll = () => running.forEach((child) => child.kill("SIGKILL"));
process.on("exit", endAll);

// Polls until the condition holds; fails where it never does.
export async function until(condition, what, seconds = 60) {
  const end = Date.now() + 1000 * seconds;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`never: ${typeof what === "function" ? await what() : what}`);
    await pause(50);
  }
}

class Program {
  constructor(command) {
    const [name, ...options] = command;
    this.child = spawn(name, options, { stdio: ["ignore", "pipe", "pipe"] });
    this.said = "";
    for (const stream of [this.child.stdout, this.child.stderr]) stream.on("data", (text) => (this.said += text));
    this.ended = new Promise((resolve) => this.child.on("close", resolve));
    running.add(this.child);
    this.child.on("close", () => running.delete(this.child));
  }
  // What it says to this expression, soon.
  async says(expression) {
    return until(() => expression.exec(this.said), () => `${expression} in ${this.said}`);
  }
  kill(signal) {
    this.child.kill(signal);
  }
  // Signals it, and waits for its end.
  async stop(signal = "SIGKILL") {
    this.kill(signal);
    await this.ended;
  }
}

// A worker with one lane of the slowest kernel, and where it listens. `inside`: a command that runs it.
export async function worker(inside = []) {
  const started = new Program([...inside, `${bin}/mandel-worker`, "--listen", "127.0.0.1:0", "--threads", "1", "--kernel", "scalar"]);
  started.address = (await started.says(/listens on (\S+)/))[1];
  return started;
}
export async function liar() {
  const started = new Program([strange, "lies-always"]);
  started.address = (await started.says(/listens on (\S+)/))[1];
  return started;
}
// A master, and where its page is.
export async function master(...options) {
  const started = new Program([`${bin}/mandel-master`, ...options]);
  started.url = (await started.says(/watch at (http:\S+)/))[1];
  return started;
}
export const list = (...workers) => workers.map((one) => one.address).join();
