// Where what is shown comes from: a master's states and what they say is new, or, in a saved page, the whole run and a
// slider. The last of the joined files: it begins.

// ---- what a replay can't know of its moment, from what rows and lanes tell

let replayed = { moment: null };
function figuresNow() {
  if (moment === null || moment >= state.seconds) return state;
  if (replayed.moment !== moment) replayed = { moment, ...figuresAt(moment) };
  return replayed;
}
function figuresAt(moment) {
  const bands = bandsNow();
  const isBack = ({ status }) => isMade(status);
  const work = (list) => list.reduce((sum, { row }) => sum + Math.max(row.kernel, 0), 0);
  const chunksOf = (list) => Math.round((list.length * state.chunks) / Math.max(bands.length, 1));
  const since = (sums) => parts.map((_, k) => sums.reduce((sum, times) => sum + times[k], 0));
  const recent = bands.filter((band) => isBack(band) && band.row.done > moment - 5);
  return {
    chunks_done: chunksOf(bands.filter(isBack)),
    work_done: work(bands.filter(isBack)) / Math.max(work(bands), 1e-9),
    parts: since(laneSums(views.job, 0, moment)),
    parts_recent: since(laneSums(views.job, moment - 5, moment)),
    workers: state.workers.map((worker) => {
      const last = happeningsNow().find((one) => one.worker === worker.id && ["joined", ...partings].includes(one.kind));
      const isWorking = bands.some(({ row, status }) => status === kInWork && row.worker === worker.id);
      const mine = recent.filter(({ row }) => row.worker === worker.id);
      const done = mine.reduce((sum, { row }) => sum + row.count * state.columns + row.iterations, 0);
      const speed = (done / Math.min(5, Math.max(moment, 0.1))) * (state.chunks / Math.max(bands.length, 1));
      const words = partings.includes(last?.kind) ? last.kind : isWorking ? "working" : last ? "idle" : "not here yet";
      return { ...worker, speed, state: words, words, advice: "", chunks: chunksOf(bands.filter((band) => isBack(band) && band.row.worker === worker.id)), round_trip: null, in_rate: null, out_rate: null };
    }),
  };
}

// ---- a state has come

let figuresDrawn = 0, wordsBefore = "";

// The server sends a list for each figure; here a machine is an object.
function machinesOf(lists) {
  const names = Object.keys(lists);
  return lists.id.map((_, k) => {
    const machine = {};
    for (const name of names) machine[name] = lists[name][k];
    return machine;
  });
}

function takeState(next) {
  next.workers = machinesOf(next.workers);
  const isNew = !state || next.instance !== state.instance || next.run !== state.run;
  const before = state;
  state = next;
  if (isNew) forget();
  if (isNew || before.lane_rows.length !== next.lane_rows.length) redraw("lanes");
  if (isNew || before.workers.length !== next.workers.length) redraw("sheet");
  redraw("bar");
  if (currentView() === "minute" || before?.phase !== next.phase) redraw("lanes");
  // Figures that change ten times a second can't be read: twice will do, and at once what is said in words.
  const words = next.phase + next.workers.map((worker) => worker.state).join();
  if (performance.now() - figuresDrawn < 500 && words === wordsBefore) return;
  figuresDrawn = performance.now();
  wordsBefore = words;
  redraw(...figures, "shares");
}
function forget() {
  known = { rows: 0, happenings: 0 };
  views.job = emptyView();
  views.minute = emptyView();
  happenings.clear();
  lanesDrawn = "";
  plotVersion = null;
  told = { happening: 0, quarter: 0, ending: "" };
  resetPicture();
  redrawAll();
}
let sizeBefore = "";
new ResizeObserver(([{ contentRect }]) => {
  const size = [contentRect.width, devicePixelRatio].join();
  if (size === sizeBefore) return;  // a row more has made the page longer
  sizeBefore = size;
  learnLook();
  layPicture();
  redrawAll();
}).observe(document.querySelector("main"));
addEventListener("resize", layPicture);
darkness.addEventListener("change", () => {
  learnLook();
  redrawAll();
});
// The server's figures make room for those of the script.
for (const place of [...document.querySelectorAll("tbody"), byId("happenings")]) place.replaceChildren();
learnLook();
setText(byId("version"), `mandel ${job.version}`);

// ---- live: events, and what they say is new

let known = { rows: 0, happenings: 0 };
const fetching = new Set();

// One at a time of each kind. What was asked of a master that is no more is forgotten.
async function fetchNew(kind, path, take) {
  if (fetching.has(kind)) return;
  fetching.add(kind);
  const { instance, run } = state;
  try {
    const answer = await fetch(path);
    if (!answer.ok) return;
    const body = await (kind === "happenings" ? answer.json() : answer.arrayBuffer());
    fetching.delete(kind);
    if (state.instance === instance && state.run === run) take(body);
    fetchNews();  // of what a state told of meanwhile, which may have been the last
  } catch {
    // The stream of events notices, and says so.
  } finally {
    fetching.delete(kind);
  }
}
function fetchNews() {
  if (saved || !state || (document.hidden && isRunning())) return;
  const name = currentView();
  if (state.rows_version > known.rows) fetchNew("rows", `/rows?since=${known.rows}`, (body) => (known.rows = takeRows(body)));
  if (state.lanes_version > views[name].version) fetchNew("lanes", `/lanes?view=${name}&since=${views[name].version}`, (body) => takeLanes(body, name));
  if (state.happenings_version > known.happenings) {
    const version = state.happenings_version;
    fetchNew("happenings", `/happenings?since=${known.happenings}`, (list) => {
      takeHappenings(list);
      known.happenings = version;
    });
  }
}
document.addEventListener("visibilitychange", fetchNews);

function trouble(text) {
  setText(byId("trouble"), text);
  byId("trouble").hidden = text === "";
}
let events = null, heardAt = 0;

function listen() {
  events = new EventSource("/events");
  events.onmessage = (event) => {
    heardAt = performance.now();
    trouble("");
    takeState(JSON.parse(event.data));
    fetchNews();
  };
  events.onerror = () => {
    events.close();
    sayWhy().then(() => setTimeout(listen, 1000));
  };
}
const isSilent = "The master does not answer; trying again.";
const isOver = "The job is over and its master has ended. What you see stays; should a master come back at this address, the page goes on.";
const isAnother = "Another master answers here, and does not know this page: open the address that it has printed.";

async function sayWhy() {
  trouble(state && !isRunning() ? isOver : isSilent);
  const answer = await fetch("/state", { signal: AbortSignal.timeout(3000) }).catch(() => null);
  if (answer?.status === 401) trouble(isAnother);
}
// A master that stands still says nothing, and its connection stays.
setInterval(() => {
  if (events && state && isRunning() && !document.hidden && performance.now() - heardAt > 3000) trouble(isSilent);
}, 1000);

// ---- saved: all is here; a slider says of which moment

function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)).buffer;
}
function goTo(second) {
  moment = Math.min(Math.max(second, 0), state.seconds);
  byId("when").value = String(moment);
  setText(byId("when-text"), `${moment.toFixed(1)} of ${state.seconds.toFixed(1)}\u00a0s`);
  redraw("picture", "marks", "chunk", "bar", ...figures, "lanes", "shares", "happenings");
}
// The whole run in twenty seconds, or in its own time if that is shorter.
function play() {
  const button = byId("play");
  if (button.textContent === "Stop") return setText(button, "Play");
  setText(button, "Stop");
  const begin = moment >= state.seconds ? 0 : moment;
  const speed = Math.max(state.seconds / 20, 1);
  const from = performance.now();
  const tick = () => {
    if (button.textContent !== "Stop") return;
    goTo(begin + ((performance.now() - from) / 1000) * speed);
    if (moment < state.seconds) requestAnimationFrame(tick);
    else setText(button, "Play");
  };
  tick();
}
function replay() {
  takeState(saved.state);
  takeRows(bytesOf(saved.rows));
  takeLanes(bytesOf(saved.lanes_job), "job");
  takeLanes(bytesOf(saved.lanes_minute), "minute");
  takeHappenings(saved.happenings);
  document.querySelector("input[value=job]").checked = true;
  byId("replay").hidden = false;
  byId("save").parentElement.hidden = true;
  byId("when").max = String(state.seconds);
  byId("when").addEventListener("input", () => {
    setText(byId("play"), "Play");
    goTo(Number(byId("when").value));
  });
  byId("play").addEventListener("click", play);
  goTo(state.seconds);
}

if (saved) replay();
else listen();
