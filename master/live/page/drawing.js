// The live page: what the server says, drawn. A state comes ten times a second as an event; it says which versions of
// rows, lanes and happenings there are, and what has changed is fetched. Each part is drawn in an animation frame, and
// only when it changed. Nothing here grows with the job: the server bounds all that it sends.
// Names come from other machines: they enter as textContent, never as markup.
//
// One module in five files, which CMake joins in this order: drawing.js, with what the others draw by; picture.js,
// lanes.js and figures.js, the parts of the page; feed.js, where what they show comes from. So a saved page carries one
// script, and nothing has to load another.

const byId = (id) => document.getElementById(id);
const dataOf = (id) => (byId(id) ? JSON.parse(byId(id).textContent) : null);
const job = dataOf("job");
const saved = dataOf("saved");
const parts = job.parts;
const isProjector = new URLSearchParams(location.search).has("projector");
document.documentElement.classList.toggle("projector", isProjector);
const stands = matchMedia("(prefers-reduced-motion: reduce)");
const darkness = matchMedia("(prefers-color-scheme: dark)");

let state = null;  // the newest
const isRunning = () => state.phase === "computing" || state.phase === "writing";
let moment = null;  // the second that a replay shows; null: now

// ---- drawing on demand

const painters = {};  // by name; each draws one part from what is known
const due = new Set();
let frame = 0;

function redraw(...names) {
  for (const name of names) due.add(name);
  frame ||= requestAnimationFrame(draw);
}
function redrawAll() {
  redraw(...Object.keys(painters));
}
// What takes long goes into several frames: a painter that is late leaves the rest for the next one, and asks for it.
let frameEnd = 0;
const isLate = () => performance.now() > frameEnd;
function draw() {
  frame = 0;
  frameEnd = performance.now() + 6;
  for (const name of [...due]) {
    if (isLate()) return redraw();
    due.delete(name);
    if (state) painters[name]();
  }
}

function element(tag, text = "", className = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}
// What a node shows is kept beside it: to ask the page for it takes longer.
function setText(node, text) {
  if (node.shown !== text) node.textContent = node.shown = text;
}
function setClass(node, name) {
  if (node.className !== name) node.className = name;
}
// As many children as there are values, each filled by its value; kept, so that a selection in them survives. Few new
// ones at a time: to lay out hundreds takes longer than a frame. False: there are more.
const newAtOnce = 32;
function fill(parent, values, make, set) {
  while (parent.children.length > values.length) parent.lastElementChild.remove();
  const count = Math.min(parent.children.length + newAtOnce, values.length);
  while (parent.children.length < count) parent.append(make());
  for (let k = 0; k < count; k++) set(parent.children[k], values[k], k);
  return count === values.length;
}
function fillTable(body, rows, classes = []) {
  return fill(body, rows, () => element("tr"), (tr, cells) =>
    fill(tr, cells, () => element("td"), (td, text) => {
      setText(td, String(text));
      setClass(td, classes[td.cellIndex] ?? "");
    }));
}

// ---- figures in words; a no-break space keeps each with its unit

const number = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const three = (value) => String(Number(value.toPrecision(3)));  // digits
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short" });

function duration(seconds) {
  if (!(seconds >= 0)) return "";
  if (seconds < 1e-3) return three(seconds * 1e6) + "\u00a0µs";
  if (seconds < 1) return three(seconds * 1e3) + "\u00a0ms";
  if (seconds < 100) return seconds.toFixed(seconds < 10 ? 2 : 1) + "\u00a0s";
  return clockLike(seconds);
}
function clockLike(seconds) {
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}\u00a0min ${whole % 60}\u00a0s`;
  return `${Math.floor(minutes / 60)}\u00a0h ${minutes % 60}\u00a0min`;
}
// In steps that a reader can follow, and not to and fro between two of them.
let leftShown = -1;
function timeLeft(seconds) {
  const step = seconds < 10 ? 1 : seconds < 60 ? 5 : seconds < 600 ? 10 : 60;
  if (Math.abs(seconds - leftShown) > 0.75 * step) leftShown = Math.max(Math.round(seconds / step) * step, 1);
  return leftShown < 60 ? `${leftShown}\u00a0s` : clockLike(leftShown);
}
function bytesPerSecond(bytes) {
  if (bytes < 1e3) return number.format(bytes) + "\u00a0B/s";
  return bytes < 1e6 ? three(bytes / 1e3) + "\u00a0kB/s" : three(bytes / 1e6) + "\u00a0MB/s";
}
const mega = (rate) => (rate > 0 ? three(rate / 1e6) : "0");  // in millions
const percent = (share) => `${Math.floor(share * 100 + 1e-6)}\u00a0%`;
const percentOf = (part, all) => (all > 0 ? `${(100 * part / all).toFixed(1)}\u00a0%` : "");
const plural = (n, word) => `${number.format(n)} ${word}${n === 1 ? "" : "s"}`;
const range = (first, count) => (count === 1 ? `${first}` : `${first} to ${first + count - 1}`);

// ---- colours and patterns

// Paul Tol's "bright" on white, and the hues of his "light" that match them on black. Six colours and five
// hatchings make thirty machines that differ; the letter tells all of them.
const bright = ["#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377"];
const light = ["#77aadd", "#ee8866", "#44bb99", "#eedd88", "#99ddff", "#ffaabb"];
const nobody = 0xffff;

const machineColour = (id) => (isDark ? light : bright)[id % 6];
const rgb = (hex) => [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16));
function luminance(hex) {
  const [r, g, b] = rgb(hex).map((c) => (c <= 10 ? c / 3294.6 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
const inkOn = (hex) => (luminance(hex) > 0.179 ? "#000000" : "#ffffff");
// The style sheet's colours, its rem in CSS pixels, and how wide canvases may be: asked once, since each question lays
// the page out.
let shades = {};
let em = 16;
let pixel = 1;  // device pixels in a pattern's pixel
let isDark = false;
let roomForLanes = 0, roomForBars = 0;
const shade = (name) => shades[name];
// The order of the job's parts has its colours; black can't be seen on a dark page.
function partColour(part) {
  return isDark && luminance(part.colour) < 0.03 ? "#f4f5f7" : part.colour;
}

// Where a pattern has its marks, within a square of eight.
const hatchings = [
  (x, y) => (x + y) % 8 < 2,
  (x, y) => (x - y + 8) % 8 < 2,
  (x, y) => y % 8 < 2,
  (x, y) => x % 8 < 2,
  (x, y) => (x + y) % 8 < 1 || (x - y + 8) % 8 < 1,
  (x, y) => x % 4 < 1 && y % 4 < 1,
];
const partMarks = {
  computing: () => false,
  preparing: (x, y) => x % 4 < 2 && y % 4 < 2,
  encoding: (x, y) => y % 4 < 1,
  wire: (x, y) => (x - y + 8) % 8 < 3,
  handover: (x, y) => x % 4 < 1,
  starved: (x, y) => x % 4 === (y % 8 < 4 ? 0 : 2) && y % 4 === 0,
  tail: (x, y) => (x + y) % 8 < 1,
  startup: (x, y) => x % 8 < 4 === y % 8 < 4,
  away: (x, y) => (x + y) % 4 < 1,
};
// Eight by eight pixels, marked where the pattern says so: as the 32 bits that an ImageData has of each, and as a canvas
// to fill with. Made of bytes: a call for each pixel would take a frame for a few patterns.
function tileOf(isMarked, ground, mark) {
  const bytes = new Uint8ClampedArray(256);
  for (let k = 0; k < 64; k++) bytes.set([...(isMarked(k % 8, k >> 3) ? mark : ground), 255], 4 * k);
  const small = Object.assign(document.createElement("canvas"), { width: 8, height: 8 });
  small.getContext("2d").putImageData(new ImageData(bytes, 8), 0, 0);
  if (pixel === 1) return { words: new Uint32Array(bytes.buffer), canvas: small };
  const canvas = Object.assign(document.createElement("canvas"), { width: 8 * pixel, height: 8 * pixel });
  const pen = canvas.getContext("2d");
  pen.imageSmoothingEnabled = false;
  pen.drawImage(small, 0, 0, canvas.width, canvas.height);
  return { words: new Uint32Array(bytes.buffer), canvas };
}
const mix = (from, to, share) => from.map((c, k) => Math.round(c * (1 - share) + to[k] * share));
function partTile(part) {
  const colour = rgb(partColour(part));
  return tileOf(partMarks[part.key] ?? (() => false), colour, mix(colour, rgb(inkOn(partColour(part))), 0.4));
}
let tiles = [];
const hatchCache = new Map();

// A fill: marks of a colour on paper, for bands in work; or paper on a colour, for what is done. The bare colour where a
// frame has no time left to make one.
function hatch(pen, colour, kind, isStrong) {
  const key = `${colour} ${kind} ${isStrong}`;
  if (!hatchCache.has(key)) {
    if (isLate()) {
      redraw("marks", "laneChart");
      return colour;
    }
    const [ink, paper] = [rgb(colour), rgb(shade("paper"))];
    const tile = isStrong ? tileOf(hatchings[kind], ink, mix(ink, paper, 0.4)) : tileOf(hatchings[kind], paper, ink);
    hatchCache.set(key, pen.createPattern(tile.canvas, "repeat"));
  }
  return hatchCache.get(key);
}
const machineHatch = (pen, id, isStrong) => hatch(pen, machineColour(id), id % 5, isStrong);
const crossed = 4, dotted = 5;  // of the hatchings
function learnLook() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ["paper", "ink", "muted", "rule", "alarm"]) shades[name] = style.getPropertyValue("--" + name).trim();
  em = parseFloat(style.fontSize);
  pixel = devicePixelRatio < 1.5 ? 1 : 2;
  isDark = darkness.matches;
  roomForLanes = byId("lanes-box").clientWidth;
  roomForBars = byId("bar-all").parentElement.clientWidth;
  tiles = parts.map(partTile);
  hatchCache.clear();
  chips.clear();
  lanesDrawn = "";
}
// A canvas of this size in CSS pixels, sharp on every screen.
function sizeCanvas(canvas, width, height) {
  const [w, h] = [width, height].map((length) => Math.max(Math.round(length * pixel), 1));
  if (canvas.width === w && canvas.height === h) return;
  Object.assign(canvas, { width: w, height: h });
  canvas.style.width = w / pixel + "px";
  canvas.style.height = h / pixel + "px";
}
// The letters of all machines, each on its colour, side by side on a sheet: drawn once, and not all at once, since text
// takes long.
const sheet = document.createElement("canvas");
const chips = new Map();  // by machine: where on the sheet
const chipSize = () => 0.875 * em * pixel;
const chipWidth = ({ letter }) => Math.ceil(chipSize() * (0.5 + 0.8 * letter.length)) + 2 * pixel;

painters.sheet = () => {
  const [width, height] = [Math.max(...state.workers.map(chipWidth), 1), Math.ceil(chipSize() * 1.3) + 2 * pixel];
  const [wide, high] = [16 * width, Math.ceil(state.workers.length / 16) * height];
  if (sheet.width !== wide || sheet.height !== high) {
    Object.assign(sheet, { width: wide, height: high });
    chips.clear();
  }
  const pen = sheet.getContext("2d");
  pen.font = `700 ${chipSize()}px system-ui, "DejaVu Sans", sans-serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  let room = newAtOnce;
  for (const [k, worker] of state.workers.entries()) {
    if (chips.has(worker.id)) continue;
    if (room-- === 0) return redraw("sheet");
    const chip = { x: (k % 16) * width, y: Math.floor(k / 16) * height, width: chipWidth(worker), height };
    drawLetter(pen, worker, chip);
    chips.set(worker.id, chip);
  }
  redraw("marks", "laneChart");
};
function drawLetter(pen, { id, letter }, { x, y, width, height }) {
  for (const [colour, out] of [[shade("paper"), 0], [machineColour(id), pixel]]) {
    pen.fillStyle = colour;
    pen.beginPath();
    pen.roundRect(x + out, y + out, width - 2 * out, height - 2 * out, chipSize() * 0.25);
    pen.fill();
  }
  pen.fillStyle = inkOn(machineColour(id));
  pen.fillText(letter, x + width / 2, y + height / 2 + chipSize() * 0.05);
}
function drawChip(pen, id, middle, y) {
  const chip = chips.get(id);
  if (!chip) return;  // of a machine that has no row, or not yet
  const { width, height } = chip;
  pen.drawImage(sheet, chip.x, chip.y, width, height, Math.round(middle - width / 2), Math.round(y - height / 2), width, height);
}
const workerOf = (id) => state.workers.find((worker) => worker.id === id);
