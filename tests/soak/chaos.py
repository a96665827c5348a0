#!/usr/bin/env python3
"""Jobs by real processes, into each of which a random mixture of faults strikes. Every job has to
end with the right counts and the right picture, and leave no file behind.

The tests of tests/e2e strike one fault each, where its effect can be told from others'. What two
faults do together nobody foresees, so they are drawn here, and a seed draws the same ones again.
(When they strike is the machine's doing: a failure may need a few tries.)

  tests/soak/chaos.py                       100 jobs with the binaries of build/release
  tests/soak/chaos.py --jobs 500 --seed 7
  tests/soak/chaos.py --jobs 1 --seed 42 --keep     that one job again; its files stay

Exit code 1 if a count was wrong, a job hung or a file was left over.
"""
import argparse
import hashlib
import json
import os
import pty
import random
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
JOB = ["--size", "700x700", "--center", "-0.6,0", "--span", "3", "--max-iter", "8000"]
ONE_LANE = ["--threads", "1", "--kernel", "scalar"]
HUNG_S = 120  # a run takes some 3 s undisturbed
RUNS_MAX = 20  # a master that is stopped is started again so often
EXIT_OUTPUT, EXIT_INTERRUPTED = 5, 130


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Worker:
    """A worker at a port of its own, which may be started again there."""

    def __init__(self, farm, *, program="mandel-worker", manner=None):
        self.farm, self.port = farm, free_port()
        self.program, self.manner = program, manner
        self.process = None
        self.start()

    def command(self):
        if self.manner:
            return [self.farm.strange, *self.manner]
        where = (["--join", f"127.0.0.1:{self.farm.lobby}"] if self.farm.lobby
                 else ["--listen", f"127.0.0.1:{self.port}", "--no-discovery"])
        return [self.farm.binary(self.program), *where, *ONE_LANE]

    def start(self):
        log = open(self.farm.path("worker.log"), "ab")
        self.process = subprocess.Popen(self.command(), stdout=subprocess.PIPE if self.manner else log,
                                        stderr=log, start_new_session=True)
        log.close()
        if self.manner:  # it picks its port
            line = self.process.stdout.readline().decode()
            self.port = int(re.search(r"127\.0\.0\.1:(\d+)", line).group(1))

    def signal(self, number):
        if self.process.poll() is None:
            self.process.send_signal(number)

    def end(self):
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGKILL)
        self.process.wait()

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"


class Farm:
    """What one job needs: a folder, workers, the master's command, and the faults that strike."""

    def __init__(self, bins, strange, seed):
        self.bins, self.strange = bins, strange
        self.random = random.Random(seed)
        self.folder = tempfile.mkdtemp(prefix="mandel-chaos-")
        self.logs = tempfile.mkdtemp(prefix="mandel-chaos-logs-")
        self.over = threading.Event()
        self.lobby = free_port() if self.random.random() < 0.25 else None
        self.workers = [Worker(self) for _ in range(self.random.randint(2, 4))]
        self.victims = self.workers[1:]  # the first is never harmed for good
        self.hosts = [worker.address for worker in self.workers]
        self.options, self.faults, self.master = [], [], None
        self.stderr, self.file_bytes_max, self.ignores_hangup = None, None, False

    def binary(self, name):
        return os.path.join(self.bins, name)

    def path(self, name):
        return os.path.join(self.logs, name)

    def command(self):
        where = (["--listen", f"127.0.0.1:{self.lobby}"] if self.lobby
                 else ["--hosts-file", self.path("hosts")])
        return [self.binary("mandel-master"), *JOB, *where, "--chunks", str(self.chunks),
                "--patience", "30", "--output", os.path.join(self.folder, "p.png"),
                "--output", os.path.join(self.folder, "p.npy"),
                "--json", os.path.join(self.folder, "p.json"), "--continue", *self.options]

    def write_hosts(self):
        with open(self.path("hosts.new"), "w", encoding="utf-8") as file:
            file.write("\n".join(self.hosts) + "\n")
        os.replace(self.path("hosts.new"), self.path("hosts"))

    def pause(self, low, high):
        """Between two acts of a fault. True when the job is over."""
        return self.over.wait(self.random.uniform(low, high))

    # ---- faults: each a generator of pauses between its acts ------------------------------------

    def killed_worker(self):
        worker = self.random.choice(self.victims)
        yield 0.2, 2.0
        worker.end()
        yield 0.2, 3.0
        worker.start()

    def crash_loop(self):
        worker = self.random.choice(self.victims)
        period, gap = self.random.uniform(0.05, 1.5), self.random.uniform(0.01, 1.0)
        while True:
            yield period, period
            worker.end()
            yield gap, gap
            worker.start()

    def frozen_worker(self):
        worker = self.random.choice(self.workers)
        yield 0.2, 2.0
        worker.signal(signal.SIGSTOP)
        yield 0.5, 8.0
        worker.signal(signal.SIGCONT)

    def slow_worker(self):
        worker = self.random.choice(self.victims)
        while True:
            worker.signal(signal.SIGSTOP)
            yield 0.09, 0.1
            worker.signal(signal.SIGCONT)
            yield 0.01, 0.02

    def drained_worker(self):
        worker = self.random.choice(self.victims)
        yield 0.2, 2.0
        worker.signal(signal.SIGTERM)
        yield 1.0, 3.0
        worker.end()
        worker.start()

    def gone_worker(self):
        yield 0.1, 1.5
        self.random.choice(self.victims).end()

    def frozen_master(self):
        yield 0.3, 2.0
        self.signal_master(signal.SIGSTOP)
        yield 0.5, 12.0
        self.signal_master(signal.SIGCONT)

    def stopped_master(self):
        number = self.random.choice([signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
        for _ in range(self.random.randint(1, 3)):
            yield 0.2, 3.0
            self.signal_master(number)

    def babble(self):
        """Strangers that send what is no ZeroMQ, or nothing, or half of it."""
        port = self.lobby or self.random.choice(self.workers).port
        while True:
            try:
                with socket.create_connection(("127.0.0.1", port), 1) as stranger:
                    stranger.sendall(self.random.choice([
                        b"GET / HTTP/1.0\r\n\r\n", b"", self.random.randbytes(3000),
                        b"\xff\0\0\0\0\0\0\0\1\x7f\3\0NULL" + bytes(60)]))
                    yield 0.01, 0.3
            except OSError:
                yield 0.05, 0.1

    def idlers(self):
        port = self.lobby or self.random.choice(self.workers).port
        idle = []
        for _ in range(200):
            try:
                idle.append(socket.create_connection(("127.0.0.1", port), 1))
            except OSError:
                break
        yield 60, 60
        for one in idle:
            one.close()

    def changed_list(self):
        while True:
            yield 0.3, 1.5
            away = self.random.choice(self.hosts[1:])
            self.hosts.remove(away)
            self.write_hosts()
            yield 0.3, 3.0
            self.hosts.append(away)
            self.write_hosts()

    # These are there from the start.

    def second_name(self):
        worker = self.random.choice(self.workers)
        self.hosts.append(f"localhost:{worker.port}")
        yield 0, 0

    def nobody_there(self):
        self.hosts.append(f"127.0.0.1:{free_port()}")
        yield 0, 0

    def liar(self):
        liar = Worker(self, manner=self.random.choice([["lies-always"], ["lies-after", "5"]]))
        self.workers.append(liar)
        self.hosts.append(liar.address)
        # With two that are honest: of a liar and one other, the master can't check every pixel.
        self.options += ["--audit", "1"]
        yield 0, 0

    def hung_lane(self):
        worker = Worker(self, manner=["hangs-first"])
        self.workers.append(worker)
        self.hosts.append(worker.address)
        yield 0, 0

    def failing_kernel(self):
        worker = Worker(self, manner=["fails-always"])
        self.workers.append(worker)
        self.hosts.append(worker.address)
        yield 0, 0

    def lost_stderr(self):
        self.stderr = open("/dev/full", "wb")
        yield 0, 0

    def stalled_terminal(self):
        ours, self.stderr = pty.openpty()  # nobody reads
        yield 60, 60
        os.close(ours)

    def closed_terminal(self):
        ours, self.stderr = pty.openpty()
        self.ignores_hangup = True
        yield 0.2, 2.0
        os.close(ours)

    def small_disk(self):
        self.file_bytes_max = self.random.randint(1000, 1_900_000)  # of 1,960,000 for the counts
        yield 0, 0

    ANYWHERE = (killed_worker, crash_loop, frozen_worker, slow_worker, drained_worker, gone_worker,
                frozen_master, stopped_master, babble, idlers, lost_stderr, stalled_terminal,
                closed_terminal, small_disk)
    WITH_HOSTS = (changed_list, second_name, nobody_there, liar, hung_lane, failing_kernel)
    TERMINALS = (lost_stderr, stalled_terminal, closed_terminal)

    # ---- a job ----------------------------------------------------------------------------------

    def draw(self):
        kinds = list(self.ANYWHERE if self.lobby else self.ANYWHERE + self.WITH_HOSTS)
        chosen = self.random.sample(kinds, self.random.randint(1, 5))
        for terminal in [kind for kind in chosen if kind in self.TERMINALS][1:]:
            chosen.remove(terminal)  # a process has but one stderr
        self.chunks = self.random.choice([5, 32, 100, 250, "auto"])
        self.faults = [kind.__name__ for kind in chosen]
        self.acts = [kind(self) for kind in chosen]
        self.pauses = [next(act, None) for act in self.acts]  # what there is from the start

    def strike(self, act, pause):
        while pause and not self.pause(*pause):
            pause = next(act, None)

    def signal_master(self, number):
        if self.master and self.master.poll() is None:
            self.master.send_signal(number)

    def run_master(self):
        def before():
            if self.file_bytes_max:
                resource.setrlimit(resource.RLIMIT_FSIZE, (self.file_bytes_max, resource.RLIM_INFINITY))
            if self.ignores_hangup:
                signal.signal(signal.SIGHUP, signal.SIG_IGN)
        with open(self.path("master.log"), "ab") as log:
            self.master = subprocess.Popen(self.command(), stdout=log, stderr=self.stderr or log,
                                           start_new_session=True, preexec_fn=before)
        try:
            return self.master.wait(HUNG_S)
        except subprocess.TimeoutExpired:
            return None

    def run(self):
        """What is wrong with the job's end; None if nothing."""
        self.draw()
        self.write_hosts()
        threads = [threading.Thread(target=self.strike, args=both, daemon=True)
                   for both in zip(self.acts, self.pauses)]
        for thread in threads:
            thread.start()
        for _ in range(RUNS_MAX):
            status = self.run_master()
            if status == EXIT_OUTPUT and self.file_bytes_max:
                self.file_bytes_max = None  # somebody made room
                if left := self.left_over("p.png.journal", "p.png.counts.part"):
                    return f"left over for want of room: {left}"
            elif status not in (EXIT_INTERRUPTED, -signal.SIGKILL, -signal.SIGHUP):
                break
        self.over.set()
        for thread in threads:
            thread.join()
        if status is None:
            return "hung"
        if status != 0:
            return f"exit code {status}"
        return self.compared()

    def left_over(self, *others):
        return sorted(set(os.listdir(self.folder)) - {"p.png", "p.npy", "p.json", *others})

    def compared(self):
        with open(os.path.join(self.folder, "p.json"), encoding="utf-8") as file:
            if json.load(file)["counts_sha256"] != RIGHT["counts"]:
                return "wrong counts"
        for name in ("p.png", "p.npy"):
            if digest(os.path.join(self.folder, name)) != RIGHT[name]:
                return f"wrong {name}"
        if left := self.left_over():
            return f"left over: {left}"
        return None

    def close(self, keep):
        self.over.set()
        if self.master and self.master.poll() is None:
            self.master.kill()
            self.master.wait()
        for worker in self.workers:
            worker.end()
        if keep:
            print(f"    files {self.folder}, logs {self.logs}\n    {' '.join(self.command())}")
        else:
            shutil.rmtree(self.folder)
            shutil.rmtree(self.logs)


RIGHT = {}


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def learn_right(bins):
    """What an undisturbed run inside the master makes."""
    with tempfile.TemporaryDirectory() as folder:
        outputs = [os.path.join(folder, name) for name in ("p.png", "p.npy", "p.json")]
        subprocess.run([os.path.join(bins, "mandel-master"), *JOB, "--quiet", "--output", outputs[0],
                        "--output", outputs[1], "--json", outputs[2]], check=True,
                       stdout=subprocess.DEVNULL)
        RIGHT.update({name: digest(path) for name, path in zip(("p.png", "p.npy"), outputs)})
        with open(outputs[2], encoding="utf-8") as file:
            RIGHT["counts"] = json.load(file)["counts_sha256"]


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=100, help="(default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the first job (default: %(default)s)")
    parser.add_argument("--keep", action="store_true", help="keep the files of all jobs")
    parser.add_argument("--build", default=os.path.join(ROOT, "build/release"),
                        help="whose binaries (default: %(default)s)")
    options = parser.parse_args()
    bins, strange = os.path.join(options.build, "bin"), os.path.join(options.build, "tests/e2e/strange-worker")
    learn_right(bins)
    failures, struck = [], {}
    for seed in range(options.seed, options.seed + options.jobs):
        farm, began = Farm(bins, strange, seed), time.monotonic()
        wrong = "the script broke off"
        try:
            wrong = farm.run()
        finally:
            farm.close(options.keep or wrong)
        for fault in farm.faults:
            struck[fault] = struck.get(fault, 0) + 1
        print(f"{seed:>6}  {time.monotonic() - began:5.1f} s  {wrong or 'right':<14}  {', '.join(farm.faults)}",
              flush=True)
        if wrong:
            failures.append(wrong)
    print(f"\n{options.jobs} jobs, {sum(struck.values())} faults of {len(struck)} kinds: "
          f"{sum('wrong' in f for f in failures)} wrong, {failures.count('hung')} hung, "
          f"{sum('left over' in f for f in failures)} with files left over, "
          f"{sum('exit' in f for f in failures)} not done")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
