// The live page: what the server says, drawn. A state comes ten times a second as an event; it says which versions of
// rows, lanes and happenings there are, and what has changed is fetched. Each part is drawn in an animation frame, and
// only when it changed. Nothing here grows with the job: the server bounds all that it sends.
// Names come from other machines: they enter as textContent, never as markup.

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
// What takes long goes into several frames.
function draw() {
  frame = 0;
  const began = performance.now();
  for (const name of [...due]) {
    if (performance.now() - began > 6) return redraw();
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
// As many children as there are values, each filled by its value; kept, so that a selection in them survives.
function fill(parent, values, make, set) {
  while (parent.children.length > values.length) parent.lastElementChild.remove();
  while (parent.children.length < values.length) parent.append(make());
  values.forEach((value, k) => set(parent.children[k], value, k));
}
function fillTable(body, rows, classes = []) {
  fill(body, rows, () => element("tr"), (tr, cells) =>
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
const mega = (rate) => (rate > 0 ? three(rate / 1e6) : "0");  // pixels a second in millions
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
// Eight by eight pixels of a part, as the 32 bits that an ImageData has of each, and as a canvas to fill with.
function partTile(part) {
  const colour = rgb(partColour(part));
  const ink = rgb(inkOn(partColour(part)));
  const marked = colour.map((c, k) => Math.round(c * 0.6 + ink[k] * 0.4));
  const bytes = new Uint8ClampedArray(256);
  for (let k = 0; k < 64; k++) bytes.set([...(partMarks[part.key]?.(k % 8, k >> 3) ? marked : colour), 255], 4 * k);
  const small = Object.assign(document.createElement("canvas"), { width: 8, height: 8 });
  small.getContext("2d").putImageData(new ImageData(bytes, 8), 0, 0);
  const canvas = Object.assign(document.createElement("canvas"), { width: 8 * pixel, height: 8 * pixel });
  const pen = canvas.getContext("2d");
  pen.imageSmoothingEnabled = false;
  pen.drawImage(small, 0, 0, canvas.width, canvas.height);
  return { words: new Uint32Array(bytes.buffer), canvas };
}
let tiles = [];
const hatchCache = new Map();

// A fill: marks of a colour on paper, for bands in work; or paper on a colour, for what is done.
function hatch(pen, colour, kind, isStrong) {
  const key = `${colour} ${kind} ${isStrong}`;
  if (!hatchCache.has(key)) {
    const size = 8 * pixel;
    const tile = Object.assign(document.createElement("canvas"), { width: size, height: size });
    const on = tile.getContext("2d");
    on.fillStyle = isStrong ? colour : shade("paper");
    on.fillRect(0, 0, size, size);
    on.fillStyle = isStrong ? shade("paper") : colour;
    on.globalAlpha = isStrong ? 0.4 : 1;
    for (let k = 0; k < 64; k++) if (hatchings[kind](k % 8, k >> 3)) on.fillRect((k % 8) * pixel, (k >> 3) * pixel, pixel, pixel);
    hatchCache.set(key, pen.createPattern(tile, "repeat"));
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
// A letter on its machine's colour, drawn once.
function chip(text, id, size) {
  const key = `${text} ${id} ${size}`;
  if (chips.has(key)) return chips.get(key);
  const edge = pixel;
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil(size * (0.5 + 0.8 * text.length)) + 2 * edge;
  canvas.height = Math.ceil(size * 1.3) + 2 * edge;
  const pen = canvas.getContext("2d");
  for (const [colour, out] of [[shade("paper"), 0], [machineColour(id), edge]]) {
    pen.fillStyle = colour;
    pen.beginPath();
    pen.roundRect(out, out, canvas.width - 2 * out, canvas.height - 2 * out, size * 0.25);
    pen.fill();
  }
  pen.fillStyle = inkOn(machineColour(id));
  pen.font = `700 ${size}px system-ui, "DejaVu Sans", sans-serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(text, canvas.width / 2, canvas.height / 2 + size * 0.05);
  chips.set(key, canvas);
  return canvas;
}
const chips = new Map();
function drawChip(pen, text, id, x, y, size) {
  const drawn = chip(text, id, size);
  pen.drawImage(drawn, Math.round(x - drawn.width / 2), Math.round(y - drawn.height / 2));
}
const workerOf = (id) => state.workers.find((worker) => worker.id === id);

// ---- the picture

const kOpen = 0, kInWork = 1, kDone = 2, kLost = 3, kDoubted = 4, kRevoked = 5;
const statusWords = ["not begun", "in work", "done", "lost; waits for another machine", "computed; a second opinion is asked for",
  "revoked: its maker was caught miscounting"];
const picture = byId("picture");
const marks = byId("marks");
const stage = byId("stage");
const pixels = picture.getContext("2d", { willReadFrequently: true });
const flash_ms = 1500;

let rows = [];  // of the display, each as the server told it last
let image = null;  // all pixels that have come
let shown = [];  // which rows of the canvas have their pixels
let stale = new Set();  // rows whose pixels came anew
let flashes = new Map();  // row: when its band was lost, doubted or revoked
let pointed = null, chosen = null;  // rows: under the pointer; by click or key

function resetPicture() {
  Object.assign(picture, { width: state.display_columns, height: state.display_rows });
  image = pixels.createImageData(state.display_columns, state.display_rows);
  rows = new Array(state.display_rows).fill(null);
  shown = new Array(state.display_rows).fill(false);
  stale.clear();
  flashes.clear();
  pointed = chosen = null;
  stage.setAttribute("aria-valuemax", String(state.display_rows - 1));
  layPicture();
}

// As large as fits beside the text, and no higher than the window. Small pictures grow, in whole squares.
function layPicture() {
  if (!state) return;
  const { display_columns: columns, display_rows: high } = state;
  const room = byId("picture-part").clientWidth - 1.75 * em;
  const width = Math.max(Math.min(room, (innerHeight * 0.8 * columns) / high), Math.min(room, 64));
  picture.style.width = width + "px";
  picture.style.height = Math.max((width * high) / columns, 8) + "px";
  picture.style.imageRendering = width > columns * 1.5 ? "pixelated" : "auto";
  sizeCanvas(marks, width + 1.75 * em, Math.max((width * high) / columns, 8));
  redraw("marks");
}

function takeRows(buffer) {
  const data = new DataView(buffer);
  const bytes = new Uint8Array(buffer);
  const count = data.getUint16(4, true);
  let at = 6;
  for (let k = 0; k < count; k++) {
    const y = data.getUint16(at, true);
    const row = {
      status: data.getUint8(at + 2), hasPixels: data.getUint8(at + 3) !== 0, worker: data.getUint16(at + 4, true),
      attempts: data.getUint16(at + 6, true), chunk: data.getUint32(at + 8, true), first: data.getUint32(at + 12, true),
      count: data.getUint32(at + 16, true), started: data.getFloat32(at + 20, true), done: data.getFloat32(at + 24, true),
      kernel: data.getFloat32(at + 28, true), wire: data.getFloat32(at + 32, true),
    };
    at += 36;
    if (row.hasPixels) {
      for (let x = 0, to = 4 * y * image.width; x < image.width; x++, at += 3, to += 4) {
        image.data[to] = bytes[at];
        image.data[to + 1] = bytes[at + 1];
        image.data[to + 2] = bytes[at + 2];
        image.data[to + 3] = 255;
      }
      stale.add(y);
    }
    if (row.status >= kLost && rows[y] && rows[y].status !== row.status) flashes.set(y, performance.now());
    rows[y] = row;
  }
  redraw("picture", "marks", "chunk");
  return data.getUint32(0, true);
}

const isMade = (status) => status === kDone || status === kDoubted;

function statusAt(row) {
  if (!row) return kOpen;
  const isOfEarlierMaster = isMade(row.status) && row.done < 0;
  if (moment === null || moment >= state.seconds || isOfEarlierMaster) return row.status;
  if (row.started < 0 || moment < row.started) return kOpen;
  return row.done < 0 || moment < row.done ? kInWork : Math.max(row.status, kDone);
}

painters.picture = () => {
  for (let y = 0; y < image.height; y++) {
    const wants = Boolean(rows[y]?.hasPixels) && isMade(statusAt(rows[y]));
    if (wants === shown[y] && !(wants && stale.has(y))) continue;
    if (wants) pixels.putImageData(image, 0, 0, 0, y, image.width, 1);
    else pixels.clearRect(0, y, image.width, 1);
    shown[y] = wants;
  }
  stale.clear();
};

// Neighbouring rows of the display that belong to one chunk.
function bandsNow() {
  const bands = [];
  rows.forEach((row, y) => {
    if (!row) return;
    const last = bands.at(-1);
    if (last && last.row.chunk === row.chunk && last.end === y) last.end++;
    else bands.push({ row, begin: y, end: y + 1, status: statusAt(row) });
  });
  return bands;
}

painters.marks = () => {
  const pen = marks.getContext("2d");
  const left = 1.75 * em * pixel;
  const [width, height] = [marks.width - left, marks.height];
  const yOf = (row) => Math.round((row * height) / state.display_rows);
  pen.clearRect(0, 0, marks.width, height);
  const bands = bandsNow();
  for (const { row, begin, end, status } of bands) {
    const [top, tall] = [yOf(begin), Math.max(yOf(end) - yOf(begin), 1)];
    if (status === kInWork) {
      pen.fillStyle = machineHatch(pen, row.worker, false);
      pen.fillRect(left, top, width, tall);
      pen.fillStyle = machineColour(row.worker);
      if (tall > 3 * pixel) pen.fillRect(left, top, width, pixel);
    }
    if (isMade(status) && row.worker !== nobody) {
      pen.fillStyle = machineHatch(pen, row.worker, true);
      pen.fillRect(0, top, left - 0.25 * em * pixel, tall);
      if (!row.hasPixels) pen.fillRect(left, top, width, tall);
    }
    if (status >= kLost) outline(pen, status, left, top, width, tall, begin);
  }
  drawLetters(pen, bands, yOf, left, width);
  outlineChosen(pen, bands, yOf, left, width);
};

// A solid line: lost. Dashes: doubted. Filled with crosses: revoked. Flashing where that is new.
function outline(pen, status, left, top, width, tall, begin) {
  const line = 2 * pixel;
  if (status === kRevoked) {
    pen.fillStyle = hatch(pen, shade("alarm"), crossed, false);
    pen.fillRect(left, top, width, tall);
  }
  const age = performance.now() - (flashes.get(begin) ?? -Infinity);
  if (age < flash_ms && !stands.matches) {
    pen.globalAlpha = 0.7 * (1 - age / flash_ms);
    pen.fillStyle = shade("alarm");
    pen.fillRect(left, top, width, tall);
    pen.globalAlpha = 1;
    redraw("marks");
  }
  for (const [colour, wide, dash] of [["paper", 2 * line, []], ["alarm", line, status === kDoubted ? [4 * line, 2 * line] : []]]) {
    pen.strokeStyle = shade(colour);
    pen.lineWidth = wide;
    pen.setLineDash(dash);
    pen.strokeRect(left + line, top + line, width - 2 * line, Math.max(tall - 2 * line, 1));
  }
  pen.setLineDash([]);
}

// In work: machines have their letters in columns of their own, as far as there are columns, so that they don't cover
// each other, however thin the bands. Done: in the strip, where there is room.
function drawLetters(pen, bands, yOf, left, width) {
  const size = 0.9 * em * pixel;
  const columns = Math.min(state.workers.length, 12);
  const column = new Map(state.workers.map((worker, k) => [worker.id, k % columns]));
  const letter = new Map(state.workers.map((worker) => [worker.id, worker.letter]));
  const lowest = new Array(columns).fill(-Infinity);
  for (const { row, begin, end, status } of bands) {
    if (status !== kInWork || !letter.has(row.worker)) continue;
    const y = (yOf(begin) + yOf(end)) / 2;
    const k = column.get(row.worker);
    if (y - lowest[k] < 1.6 * size) continue;
    lowest[k] = y;
    drawChip(pen, letter.get(row.worker), row.worker, left + ((k + 0.5) / columns) * width, y, size);
  }
  for (let k = 0; k < bands.length; ) {
    const { row, begin, status } = bands[k];
    let end = k + 1;
    while (end < bands.length && bands[end].row.worker === row.worker && isMade(bands[end].status) === isMade(status)) end++;
    const [top, bottom] = [yOf(begin), yOf(bands[end - 1].end)];
    if (isMade(status) && bottom - top > 1.4 * size && letter.has(row.worker))
      drawChip(pen, letter.get(row.worker), row.worker, (left - 0.25 * em * pixel) / 2, (top + bottom) / 2, size);
    k = end;
  }
}

const lookedAt = () => pointed ?? chosen;
function outlineChosen(pen, bands, yOf, left, width) {
  const at = lookedAt();
  const band = at === null ? null : bands.find(({ begin, end }) => begin <= at && at < end);
  if (!band) return;
  const line = 2 * pixel;
  for (const [colour, out] of [["paper", line], ["ink", 0]]) {
    pen.strokeStyle = shade(colour);
    pen.lineWidth = line;
    pen.strokeRect(left + line / 2 - out, yOf(band.begin) - line / 2 - out, width - line + 2 * out, yOf(band.end) - yOf(band.begin) + line + 2 * out);
  }
}

// ---- one band

function bandFacts(row) {
  const status = statusAt(row);
  const worker = workerOf(row.worker);
  const facts = [["chunk", `${number.format(row.chunk)} of 0 to ${number.format(state.chunks - 1)}`], ["rows", range(row.first, row.count)], ["state", statusWords[status]]];
  if (status === kOpen) return facts;
  facts.push(["machine", worker ? `${worker.letter}, ${worker.label}` : "unknown"], ["kernel", worker?.kernel ?? ""], ["attempts", number.format(row.attempts)]);
  if (row.started >= 0) facts.push(["given out", `at ${duration(row.started)}`]);
  if (status >= kDone && row.done >= 0) facts.push(["back", `at ${duration(row.done)}`]);
  if (status >= kDone && row.kernel > 0) facts.push(["kernel time", duration(row.kernel)], ["wire time", duration(row.wire)]);
  return facts;
}

// The chunks that a sentence names: "chunk 7", "chunks 3, 4 and 9", "chunks 3 to 8, 11 and 12 more".
function namesChunk(text, chunk) {
  for (const [, list] of text.matchAll(/\bchunks? (\d+(?:(?:, | and | to )\d+\b(?! more))*)/gi))
    for (const item of list.split(/, | and /)) {
      const [first, last] = item.split(" to ").map(Number);
      if (first <= chunk && chunk <= (last ?? first)) return true;
    }
  return false;
}

painters.chunk = () => {
  const row = rows[lookedAt()];
  byId("chunk-legend").hidden = Boolean(row);
  const facts = row ? bandFacts(row) : [];
  fill(byId("chunk"), facts.flat(), () => element(byId("chunk").children.length % 2 ? "dd" : "dt"), setText);
  const story = row ? happeningsNow().filter((one) => namesChunk(one.text, row.chunk)) : [];
  fill(byId("story"), story, () => element("li"), (li, one) => setText(li, `${duration(one.seconds)}: ${one.text}`));
};

function look(at) {
  redraw("marks", "chunk");
  const row = rows[at];
  if (!row) return;
  stage.setAttribute("aria-valuenow", String(at));
  stage.setAttribute("aria-valuetext", bandFacts(row).map(([name, text]) => `${name} ${text}`).join(", "));
}
function choose(at) {
  chosen = Math.min(Math.max(at, 0), state.display_rows - 1);
  pointed = null;
  look(chosen);
}
function step(by) {
  const bands = bandsNow();
  if (bands.length === 0) return;
  const at = chosen === null ? -1 : bands.findIndex(({ begin, end }) => begin <= chosen && chosen < end);
  choose(bands[Math.min(Math.max(at + by, 0), bands.length - 1)].begin);
}
const keys = {
  ArrowDown: () => step(1), ArrowRight: () => step(1), ArrowUp: () => step(-1), ArrowLeft: () => step(-1),
  PageDown: () => step(10), PageUp: () => step(-10), Home: () => step(-Infinity), End: () => step(Infinity),
  Escape: () => { chosen = pointed = null; redraw("marks", "chunk"); },
};
stage.addEventListener("keydown", (event) => {
  if (!state || !keys[event.key] || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  keys[event.key]();
});
function rowUnder(event) {
  const box = picture.getBoundingClientRect();
  return Math.min(Math.max(Math.floor(((event.clientY - box.top) / box.height) * state.display_rows), 0), state.display_rows - 1);
}
stage.addEventListener("pointermove", (event) => {
  if (!state || event.pointerType === "touch") return;
  pointed = rowUnder(event);
  redraw("marks", "chunk");
});
stage.addEventListener("pointerleave", () => {
  pointed = null;
  redraw("marks", "chunk");
});
stage.addEventListener("click", (event) => state && choose(rowUnder(event)));

function fillBands() {
  if (!byId("bands").open || !state) return;
  fillTable(byId("bands").querySelector("tbody"), bandsNow().map(({ row, status }) => [
    number.format(row.chunk), range(row.first, row.count), statusWords[status], status === kOpen ? "" : machineName(row.worker),
    status === kOpen ? "" : row.attempts, status >= kDone ? duration(row.kernel) : "", status >= kDone ? duration(row.wire) : "",
  ]), ["", "", "text", "text"]);
}
const machineName = (id) => (workerOf(id) ? `${workerOf(id).letter} ${workerOf(id).label}` : "");

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
painters.figures = () => {
  setText(byId("title"), state.title);
  setText(byId("summary"), sentence());
  setTitle();
  fillMachines();
  fillParts();
  fillBands();
  fillLanesTwin();
  showSweep();
};
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
  const [name, words, , rate] = tr.children;
  name.className = "text";
  name.append(element("span", "", "chip"), element("span"), element("small"));
  words.className = "text wide";
  words.append(element("span"), element("small"));
  const speed = element("span", "", "speed");
  speed.append(element("i"));
  rate.append(element("span"), speed);
  tr.children[5].className = "text";
  return tr;
}
// Of many machines an eighth at a time, unless something is new in words: nobody reads hundreds at once.
let machinesTurn = 0, machinesBefore = [];
function fillMachines() {
  const workers = figuresNow().workers;
  const isAll = workers.length <= 32 || !isRunning();
  machinesTurn++;
  const before = machinesBefore;
  machinesBefore = workers;
  const fastest = Math.max(...workers.map((worker) => worker.rate), 1);
  fill(byId("machines").tBodies[0], workers, makeMachine, (tr, worker, k) => {
    if (!isAll && (k + machinesTurn) % 8 !== 0 && before[k]?.id === worker.id && before[k].state === worker.state) return;
    const [name, words, chunks, rate, lanes, kernel, trip, from, to] = tr.children;
    const colour = machineColour(worker.id);
    const bar = rate.lastElementChild.firstElementChild;
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
    setText(rate.firstElementChild, mega(worker.rate));
    bar.style.transform = `scaleX(${three(worker.rate / fastest)})`;
    setText(lanes, number.format(worker.lanes));
    setText(kernel, worker.kernel);
    setText(trip, worker.round_trip === null ? "" : duration(worker.round_trip));
    setText(from, worker.in_rate === null ? "" : bytesPerSecond(worker.in_rate));
    setText(to, worker.out_rate === null ? "" : bytesPerSecond(worker.out_rate));
  });
  const more = state.machines_left_out ?? 0;
  setText(byId("more-machines"), more > 0 ? `And ${plural(more, "machine")} more.` : "");
}

// ---- lanes

const lanesCanvas = byId("lanes");
const views = { job: null, minute: null };
const currentView = () => document.querySelector("input[name=view]:checked").value;
// Of the last minute the end of a job has more; of another minute the whole job has something.
const viewShown = () => views[moment !== null && moment < state.seconds ? "job" : currentView()];
const emptyView = () => ({ version: 0, seconds: 1, columns: new Map() });

function takeLanes(buffer, name) {
  const data = new DataView(buffer);
  const view = views[name];
  const seconds = data.getFloat32(4, true);
  const first = data.getUint32(8, true);
  const size = data.getUint16(12, true) * data.getUint16(14, true);
  const count = data.getUint32(16, true);
  if (seconds !== view.seconds) view.columns.clear();
  view.seconds = seconds;
  for (let k = 0, at = 20; k < count; k++, at += 4 + size) {
    const column = data.getUint32(at, true);
    view.columns.set(column, new Uint8Array(buffer, at + 4, size));
    if (name === currentView()) columnsNew = [Math.min(columnsNew[0], column * seconds), Math.max(columnsNew[1], (column + 1) * seconds)];
  }
  for (const column of view.columns.keys()) if (column < first) view.columns.delete(column);
  view.version = data.getUint32(0, true);
  redraw("lanes");
  return view.version;
}

// The server's rows stand in the order in which machines joined; here in that of the machines.
const lanesInOrder = () => state.lane_rows.map((_, k) => k).sort((a, b) => state.lane_rows[a][0] - state.lane_rows[b][0] || a - b);

// What time the canvas shows. The whole job's axis grows by quarters: were it to grow all the time, nothing would stand still.
function laneSpan() {
  const now = timeNow();
  const short = isRunning() ? 60 : Math.max(Math.min(state.seconds, 60), 1e-3);
  if (currentView() === "minute") return [Math.max(now - 60, 0), Math.max(now, short)];
  if (moment !== null || state.phase !== "computing") return [0, Math.max(state.seconds, 1e-3)];
  let end = 10;
  while (end < now) end *= 1.25;
  return [0, end];
}
const timeNow = () => moment ?? state.seconds;

// Pixel by pixel rather than by rectangles: its cost is the area, whatever the lanes did. `x` counts from the strip's left
// edge, which stands at `origin` of the job's time, so that patterns move with the lanes.
function paintColumn(strip, origin, begin, end, column, order, tall, gap) {
  const data = new Uint32Array(strip.data.buffer);
  const shift = pixel - 1;
  for (const [place, lane] of order.entries()) {
    const floor = (place + 1) * tall - gap;
    let y = floor;
    let told = 0;
    for (let part = 0; part < parts.length; part++) {
      const share = column[lane * parts.length + part];
      if (!share) continue;  // nothing, too, of a lane that came after this column
      told = Math.min(told + share, 255);
      const top = floor - Math.round((told * (tall - gap)) / 255);
      const tile = tiles[part].words;
      for (; y > top; y--) {
        const tileRow = (((y - 1) >> shift) & 7) * 8;
        const at = (y - 1) * strip.width;
        for (let x = begin; x < end; x++) data[at + x] = tile[tileRow + (((x + origin) >> shift) & 7)];
      }
    }
  }
}

// The lanes as drawn last are kept: a frame moves them on, and paints only the columns that came.
const plot = document.createElement("canvas");
let lanesDrawn = "";  // what decides where in the plot a moment stands; otherwise all is painted anew
let plotOrigin = 0;
let columnsNew = [Infinity, -Infinity];  // seconds: those that came since

function paintPlot(width, lanes, tall, from, perSecond) {
  const view = viewShown();
  const pen = plot.getContext("2d");
  const what = [width, lanes, tall, perSecond, currentView(), view.seconds].join();
  const origin = Math.round(from * perSecond);
  const xOf = (second) => Math.round(second * perSecond) - origin;
  let [begin, end] = columnsNew.map(xOf);
  const moved = origin - plotOrigin;
  if (what !== lanesDrawn || saved || moved < 0 || moved > width) {
    Object.assign(plot, { width, height: lanes * tall });
    [begin, end] = [0, width];
  } else if (moved > 0) {
    pen.globalCompositeOperation = "copy";
    pen.drawImage(plot, -moved, 0);
    pen.globalCompositeOperation = "source-over";
    [begin, end] = [Math.min(begin, width - moved), width];
  }
  lanesDrawn = what;
  plotOrigin = origin;
  columnsNew = [Infinity, -Infinity];
  [begin, end] = [Math.max(begin, 0), Math.min(end, width)];
  if (begin >= end) return;
  const strip = pen.createImageData(end - begin, lanes * tall);
  const order = lanesInOrder();
  for (const [k, column] of view.columns) {
    const left = Math.max(xOf(k * view.seconds), begin);
    const right = Math.min(xOf(Math.min((k + 1) * view.seconds, moment ?? Infinity)), end);
    if (left < right) paintColumn(strip, origin + begin, left - begin, right - begin, column, order, tall, tall > 5 * pixel ? pixel : 0);
  }
  pen.putImageData(strip, begin, 0);
}

painters.lanes = () => {
  const lanes = Math.max(state.lane_rows.length, 1);
  const tall = Math.max(Math.min(Math.floor((26 * em) / lanes), Math.round(1.6 * em)), 3) * pixel;
  const [gutter, foot] = [Math.round(3.5 * em * pixel), Math.round(1.6 * em * pixel)];
  sizeCanvas(lanesCanvas, roomForLanes, (lanes * tall + foot) / pixel);
  const width = Math.max(lanesCanvas.width - gutter, 1);
  const [from, to] = laneSpan();
  paintPlot(width, lanes, tall, from, width / (to - from));
  const pen = lanesCanvas.getContext("2d");
  pen.clearRect(0, 0, lanesCanvas.width, lanesCanvas.height);
  pen.fillStyle = shade("paper");
  pen.fillRect(gutter, 0, width, lanes * tall);
  pen.fillStyle = hatch(pen, shade("rule"), dotted, false);
  pen.fillRect(gutter, 0, Math.round(((timeNow() - from) * width) / (to - from)), lanes * tall);
  pen.drawImage(plot, gutter, 0);
  labelLanes(pen, tall, gutter);
  drawAxis(pen, gutter, width, lanes * tall, from, to);
};

function labelLanes(pen, tall, gutter) {
  const size = Math.min(0.9 * em * pixel, tall * 0.75);
  let last = null, lowest = -Infinity;
  lanesInOrder().forEach((row, k) => {
    const [id, lane] = state.lane_rows[row];
    const y = (k + 0.5) * tall;
    const isFirst = id !== last;
    last = id;
    if (isFirst) {
      pen.fillStyle = shade("muted");
      if (k > 0) pen.fillRect(0, k * tall - Math.ceil(pixel / 2), lanesCanvas.width, pixel);
      const chipSize = 0.85 * em * pixel;
      if (y - lowest > 1.4 * chipSize) {
        drawChip(pen, workerOf(id)?.letter ?? "", id, gutter * 0.3, Math.max(y, 0.7 * chipSize), chipSize);
        lowest = y;
      }
    }
    if (lane < 0 || size < 7 * pixel) return;
    pen.font = `${size}px system-ui, "DejaVu Sans", sans-serif`;
    pen.fillStyle = shade("muted");
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    pen.fillText(String(lane), gutter - 0.4 * em * pixel, y);
  });
}

function drawAxis(pen, gutter, width, top, from, to) {
  const xOf = (second) => Math.round(((second - from) * width) / (to - from));
  const size = 0.8 * em * pixel;
  const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 43200];
  const step = steps.find((one) => xOf(from + one) > 5 * size) ?? 86400;
  pen.font = `${size}px system-ui, "DejaVu Sans", sans-serif`;
  pen.textBaseline = "top";
  pen.fillStyle = shade("muted");
  pen.fillRect(gutter, top, width, pixel);
  for (let k = Math.ceil(from / step - 1e-9); k * step <= to + 1e-9; k++) {
    const x = gutter + Math.min(xOf(k * step), width - pixel);
    const text = step < 1 ? (k * step).toFixed(1) + " s" : k * step < 100 ? `${k * step} s` : clockLike(k * step);
    const half = pen.measureText(text).width / 2;
    pen.fillRect(x, top, pixel, 0.3 * em * pixel);
    pen.textAlign = x + half > gutter + width ? "right" : "center";
    pen.fillText(text, Math.min(x, gutter + width), top + 0.4 * em * pixel);
  }
}

// Seconds by part of each lane, within what the view shows, up to now.
function laneSums(view, from, to) {
  const sums = state.lane_rows.map(() => new Array(parts.length).fill(0));
  for (const [k, column] of view.columns) {
    const within = Math.min((k + 1) * view.seconds, to) - Math.max(k * view.seconds, from);
    if (within <= 0) continue;
    for (let at = 0; at < column.length && at < sums.length * parts.length; at++)
      sums[Math.floor(at / parts.length)][at % parts.length] += (column[at] / 255) * within;
  }
  return sums;
}
function fillLanesTwin() {
  const twin = byId("lanes-twin");
  if (!twin.open) return;
  const [from, to] = laneSpan();
  const head = ["machine", "lane", ...parts.map((part) => part.label)];
  fill(twin.querySelector("thead"), [head], () => element("tr"), (tr) => fill(tr, head, () => element("th"), setText));
  const sums = laneSums(viewShown(), from, Math.min(to, timeNow()));
  fillTable(twin.querySelector("tbody"), lanesInOrder().map((row) => {
    const times = sums[row];
    const all = addUp(times);
    const [id, lane] = state.lane_rows[row];
    return [machineName(id), lane < 0 ? "all" : lane, ...times.map((time) => percentOf(time, all))];
  }), ["text"]);
}
for (const input of document.querySelectorAll("input[name=view]"))
  input.addEventListener("change", () => {
    fetchNews();
    lanesDrawn = "";
    redraw("lanes", "figures");
  });
for (const twin of document.querySelectorAll("details")) twin.addEventListener("toggle", () => redraw("figures"));

// ---- where the time goes

const addUp = (times) => times.reduce((sum, time) => sum + time, 0);

painters.shares = () => {
  const { parts: all, parts_recent: recent } = figuresNow();
  drawShares(byId("bar-all"), all);
  drawShares(byId("bar-recent"), recent);
};
function drawShares(canvas, times) {
  sizeCanvas(canvas, roomForBars, 2 * em);
  const pen = canvas.getContext("2d");
  const all = addUp(times);
  const ends = [];
  let sum = 0;
  for (const time of times) ends.push(all > 0 ? Math.round(((sum += time) / all) * canvas.width) : 0);
  pen.fillStyle = shade("paper");
  pen.fillRect(0, 0, canvas.width, canvas.height);
  ends.forEach((end, part) => {
    const begin = part > 0 ? ends[part - 1] : 0;
    pen.fillStyle = pen.createPattern(tiles[part].canvas, "repeat");
    pen.fillRect(begin, 0, end - begin, canvas.height);
  });
  pen.strokeStyle = shade("muted");
  pen.lineWidth = pixel;
  pen.strokeRect(pixel / 2, pixel / 2, canvas.width - pixel, canvas.height - pixel);
  const size = 0.85 * em * pixel;
  pen.font = `${size}px system-ui, "DejaVu Sans", sans-serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  times.forEach((time, part) => {
    const text = `${parts[part].label} ${percentOf(time, all)}`;
    const [begin, end] = [part > 0 ? ends[part - 1] : 0, ends[part]];
    const wide = pen.measureText(text).width + size;
    if (end - begin < wide + size) return;
    pen.fillStyle = shade("paper");
    pen.beginPath();
    pen.roundRect((begin + end - wide) / 2, canvas.height / 2 - size * 0.8, wide, size * 1.6, size * 0.3);
    pen.fill();
    pen.fillStyle = shade("ink");
    pen.fillText(text, (begin + end) / 2, canvas.height / 2 + size * 0.05);
  });
}
function fillParts() {
  const { parts: all, parts_recent: recent } = figuresNow();
  fill(byId("parts").tBodies[0], parts, makePart, (tr, part) => {
    const k = parts.indexOf(part);
    setText(tr.cells[0].lastElementChild, part.label);
    setText(tr.cells[1], all[k].toFixed(2));
    setText(tr.cells[2], percentOf(all[k], addUp(all)));
    setText(tr.cells[3], percentOf(recent[k], addUp(recent)));
  });
}
function makePart() {
  const tr = element("tr");
  for (let k = 0; k < 4; k++) tr.append(element("td"));
  tr.cells[0].className = "text";
  tr.cells[0].append(element("canvas", "", "swatch"), element("span"));
  return tr;
}
painters.swatches = () => {
  fillParts();
  for (const [k, swatch] of [...document.querySelectorAll(".swatch")].entries()) {
    swatch.setAttribute("aria-hidden", "true");
    Object.assign(swatch, { width: Math.round(1.6 * em * pixel), height: Math.round(em * pixel) });
    const pen = swatch.getContext("2d");
    pen.fillStyle = pen.createPattern(tiles[k].canvas, "repeat");
    pen.fillRect(0, 0, swatch.width, swatch.height);
  }
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
painters.happenings = () => {
  fill(byId("happenings"), happeningsNow(), () => {
    const li = element("li");
    li.append(element("time"), element("span"));
    return li;
  }, (li, one) => {
    const at = new Date(state.began_ms + one.seconds * 1000);
    setText(li.firstElementChild, `${clock.format(at)} · ${one.seconds.toFixed(1)}\u00a0s`);
    li.firstElementChild.dateTime = at.toISOString();
    setText(li.lastElementChild, one.text);
    setClass(li.lastElementChild, partings.includes(one.kind) ? "alarm" : "");
  });
};

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
      const rate = (mine.reduce((sum, { row }) => sum + row.count, 0) * state.columns) / Math.min(5, Math.max(moment, 0.1));
      const words = partings.includes(last?.kind) ? last.kind : isWorking ? "working" : last ? "idle" : "not here yet";
      return { ...worker, rate, state: words, words, advice: "", chunks: chunksOf(bands.filter((band) => isBack(band) && band.row.worker === worker.id)), round_trip: null, in_rate: null, out_rate: null };
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
  redraw("bar");
  if (currentView() === "minute" || before?.phase !== next.phase) redraw("lanes");
  // Figures that change ten times a second can't be read: twice will do, and at once what is said in words.
  const words = next.phase + next.workers.map((worker) => worker.state).join();
  if (performance.now() - figuresDrawn < 500 && words === wordsBefore) return;
  figuresDrawn = performance.now();
  wordsBefore = words;
  redraw("figures", "shares");
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
learnLook();
// The server's figures make room for those of the script.
for (const place of [...document.querySelectorAll("tbody"), byId("happenings")]) place.replaceChildren();
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
  redraw("picture", "marks", "chunk", "bar", "figures", "lanes", "shares", "happenings");
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
