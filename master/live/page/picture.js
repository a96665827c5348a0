// The picture as it fills, its bands in the colours of those who are at them, and the story of the band that is looked
// at. Pixels stand on one canvas, so that they can be held against the PNG; what is marked, on another above it.

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
let stale = new Map();  // rows whose pixels came anew, three bytes each: not in the image yet
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
      kernel: data.getFloat32(at + 28, true), wire: data.getFloat32(at + 32, true), iterations: data.getFloat32(at + 36, true),
    };
    at += 40;
    if (row.hasPixels) {
      stale.set(y, bytes.subarray(at, at + 3 * image.width));
      at += 3 * image.width;
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

function unpack(y) {
  const bytes = stale.get(y);
  stale.delete(y);
  if (!bytes) return;
  const colours = new Uint32Array(image.data.buffer, 4 * y * image.width, image.width);
  for (let x = 0, at = 0; x < colours.length; x++, at += 3) colours[x] = 0xff000000 | (bytes[at + 2] << 16) | (bytes[at + 1] << 8) | bytes[at];
}
// Rows are drawn, or taken away, together with their neighbours, since each call takes its time; but few at once.
const rowsAtOnce = 64;
painters.picture = () => {
  let room = rowsAtOnce;
  let begin = 0;
  let doing = null;
  const finish = (end) => {
    if (doing === true) pixels.putImageData(image, 0, 0, 0, begin, image.width, end - begin);
    if (doing === false) pixels.clearRect(0, begin, image.width, end - begin);
  };
  for (let y = 0; y < image.height; y++) {
    const wants = Boolean(rows[y]?.hasPixels) && isMade(statusAt(rows[y]));
    const todo = room > 0 && (wants !== shown[y] || (wants && stale.has(y))) ? wants : null;
    if (todo !== null) {
      room--;
      shown[y] = wants;
      if (wants) unpack(y);
    }
    if (todo === doing) continue;
    finish(y);
    begin = y;
    doing = todo;
  }
  finish(image.height);
  if (room === 0) redraw("picture");
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
  const size = chipSize();
  const columns = Math.min(state.workers.length, 12);
  const column = new Map(state.workers.map((worker, k) => [worker.id, k % columns]));
  const lowest = new Array(columns).fill(-Infinity);
  for (const { row, begin, end, status } of bands) {
    if (status !== kInWork || !column.has(row.worker)) continue;
    const y = (yOf(begin) + yOf(end)) / 2;
    const k = column.get(row.worker);
    if (y - lowest[k] < 1.6 * size) continue;
    lowest[k] = y;
    drawChip(pen, row.worker, left + ((k + 0.5) / columns) * width, y);
  }
  for (let k = 0; k < bands.length; ) {
    const { row, begin, status } = bands[k];
    let end = k + 1;
    while (end < bands.length && bands[end].row.worker === row.worker && isMade(bands[end].status) === isMade(status)) end++;
    const [top, bottom] = [yOf(begin), yOf(bands[end - 1].end)];
    if (isMade(status) && bottom - top > 1.4 * size)
      drawChip(pen, row.worker, (left - 0.25 * em * pixel) / 2, (top + bottom) / 2);
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
  if (status >= kDone && row.kernel > 0) facts.push(["iterations", number.format(row.iterations)], ["kernel time", duration(row.kernel)], ["wire time", duration(row.wire)]);
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
  const isWhole = fill(byId("story"), story, () => element("li"), (li, one) => setText(li, `${duration(one.seconds)}: ${one.text}`));
  if (!isWhole) redraw("chunk");
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
  const isWhole = fillTable(byId("bands").querySelector("tbody"), bandsNow().map(({ row, status }) => [
    number.format(row.chunk), range(row.first, row.count), statusWords[status], status === kOpen ? "" : machineName(row.worker),
    status === kOpen ? "" : row.attempts, status >= kDone ? duration(row.kernel) : "", status >= kDone ? duration(row.wire) : "",
  ]), ["", "", "text", "text"]);
  if (!isWhole) redraw("tables");
}
const machineName = (id) => (workerOf(id) ? `${workerOf(id).letter} ${workerOf(id).label}` : "");
