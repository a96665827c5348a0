// What is said in figures and sentences: how far the job is, how each machine is, what happened, and the sweep.

// ---- how far

function sentence() {
  if (state.ending && (moment === null || moment >= state.seconds)) return state.ending;
  if (state.phase === "writing" && moment === null) return "All is computed; the picture is being written.";
  const figures = figuresNow();
  const done = `${number.format(figures.chunks_done)} of ${plural(state.chunks, "chunk")}, ${percent(figures.work_done)} of the work`;
  if (moment !== null) return `${done}, after ${duration(moment)}.`;
  const left = state.left_seconds === null ? "time left not known yet" : `about ${timeLeft(state.left_seconds)} left`;
  return `${done}; ${left}; ${mega(state.rate)}\u00a0Mpixel/s on ${plural(state.machines, "machine")}.`;
}
painters.bar = () => {
  const share = figuresNow().work_done;
  byId("progress").firstElementChild.style.transform = `scaleX(${share})`;
  byId("progress").setAttribute("aria-valuenow", String(Math.floor(share * 100)));
};
painters.words = () => {
  setText(byId("title"), state.title);
  setText(byId("summary"), sentence());
  setTitle();
  showSweep();
};
painters.tables = () => {
  fillBands();
  fillLanesTwin();
};
// What changes with each state, and is read.
const figures = ["words", "machines", "parts", "tables"];
function setTitle() {
  const { parts: times, work_done } = figuresNow();
  const all = addUp(times);
  const wire = times[parts.findIndex((part) => part.key === "wire")] ?? 0;
  const title = `${all > 0 ? `wire ${Math.round((100 * wire) / all)} % · ` : ""}${state.phase === "computing" ? percent(work_done) : state.phase} · mandel`;
  if (document.title !== title) document.title = title;
}

// ---- machines

const stateClass = { late: "warn", silent: "warn", gone: "alarm", lost: "alarm", caught: "alarm", "not admitted": "alarm" };

function makeMachine() {
  const tr = element("tr");
  for (let k = 0; k < 9; k++) tr.append(element("td"));
  const [name, speed, words] = tr.children;
  name.className = "text";
  name.append(element("span", "", "chip"), element("span"), element("small"));
  words.className = "text wide";
  words.append(element("span"), element("small"));
  const bar = element("span", "", "speed");
  bar.append(element("i"));
  speed.append(element("span"), bar);
  tr.children[5].className = "text";
  return tr;
}
// Of many machines an eighth at a time, unless something is new in words: nobody reads hundreds at once.
let machinesTurn = 0, machinesBefore = [];
painters.machines = () => {
  const workers = figuresNow().workers;
  const isAll = workers.length <= 32 || !isRunning();
  machinesTurn++;
  const before = machinesBefore;
  machinesBefore = [];
  const fastest = Math.max(...workers.map((worker) => worker.speed), 1);
  const isWhole = fill(byId("machines").tBodies[0], workers, makeMachine, (tr, worker, k) => {
    machinesBefore.push(worker);
    if (!isAll && (k + machinesTurn) % 8 !== 0 && before[k]?.id === worker.id && before[k].state === worker.state) return;
    const [name, speed, words, chunks, lanes, kernel, trip, from, to] = tr.children;
    const colour = machineColour(worker.id);
    const bar = speed.lastElementChild.firstElementChild;
    setText(name.children[0], worker.letter);
    if (tr.colour !== colour) {
      tr.colour = name.children[0].style.background = bar.style.background = colour;
      name.children[0].style.color = inkOn(colour);
    }
    setText(name.children[1], worker.label);
    setText(name.children[2], worker.host === worker.label ? "" : worker.host);
    setText(words.children[0], worker.words || worker.state);
    setClass(words.children[0], stateClass[worker.state] ?? "");
    setText(words.children[1], worker.advice);
    setText(chunks, number.format(worker.chunks));
    setText(speed.firstElementChild, mega(worker.speed));
    bar.style.transform = `scaleX(${three(worker.speed / fastest)})`;
    setText(lanes, number.format(worker.lanes));
    setText(kernel, worker.kernel);
    setText(trip, worker.round_trip === null ? "" : duration(worker.round_trip));
    setText(from, worker.in_rate === null ? "" : bytesPerSecond(worker.in_rate));
    setText(to, worker.out_rate === null ? "" : bytesPerSecond(worker.out_rate));
  });
  const more = state.machines_left_out ?? 0;
  setText(byId("more-machines"), more > 0 ? `And ${plural(more, "machine")} more.` : "");
  if (!isWhole) redraw("machines");
};

// ---- what happened

const happenings = new Map();  // by number, which rises
const happeningsNow = () => [...happenings.values()].filter((one) => one.seconds <= timeNow()).reverse();

function takeHappenings(list) {
  for (const one of list) happenings.set(one.n, one);
  for (const n of happenings.keys()) if (happenings.size > 500) happenings.delete(n);
  redraw("happenings", "chunk");
}
const partings = ["gone", "lost", "caught"];
// Those that came stand before those that are there, which stay: only what is new costs time.
painters.happenings = () => {
  let li = byId("happenings").firstElementChild;
  let room = newAtOnce;
  const drop = () => {
    const next = li.nextElementSibling;
    li.remove();
    li = next;
  };
  for (const one of happeningsNow()) {
    while (li && li.one.n > one.n) drop();
    if (li?.one.n !== one.n) {
      if (room-- === 0) return redraw("happenings");
      byId("happenings").insertBefore(tell(element("li"), one), li);
      continue;
    }
    if (li.one !== one) tell(li, one);
    li = li.nextElementSibling;
  }
  while (li) drop();
};
function tell(li, one) {
  li.one = one;
  const at = new Date(state.began_ms + one.seconds * 1000);
  const time = element("time", `${clock.format(at)} · ${one.seconds.toFixed(1)}\u00a0s`);
  time.dateTime = at.toISOString();
  li.replaceChildren(time, element("span", one.text, partings.includes(one.kind) ? "alarm" : ""));
  return li;
}

// ---- what a screen reader is told: what happened, at most every ten seconds, and each quarter of the work

let told = { happening: 0, quarter: 0, ending: "" };
function announce() {
  if (!state || saved) return;
  const words = [...happenings.values()].filter((one) => one.n > told.happening).slice(-3).map((one) => one.text);
  const quarter = Math.floor(state.work_done * 4);
  if (words.length === 0 && quarter > told.quarter) words.push(sentence());
  if (state.ending && state.ending !== told.ending) words.push(state.ending);
  told = { happening: Math.max(0, ...happenings.keys()), quarter, ending: state.ending };
  if (words.length > 0) setText(byId("said"), words.join(" "));
}
setInterval(announce, 10000);

// ---- the sweep

let plotVersion = null;
function showSweep() {
  byId("sweep").hidden = !state.sweep;
  if (!state.sweep) return;
  const { version, done, runs, current } = state.sweep;
  setText(byId("sweep-head"), `The sweep: ${done} of ${plural(runs, "run")} done${current && done < runs ? `; now ${current}` : ""}`);
  byId("sweep-plot").parentElement.hidden = version === 0;
  if (version === 0 || version === plotVersion) return;
  plotVersion = version;
  byId("sweep-plot").alt = `Wall time by chunk count, of ${plural(done, "run")}`;
  byId("sweep-plot").src = saved ? URL.createObjectURL(new Blob([saved.sweep_svg], { type: "image/svg+xml" })) : `/sweep.svg?version=${plotVersion}`;
}
