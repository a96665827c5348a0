// Where each lane's time goes, over time and in sum: drawn, and the same as tables. Pixels rather than rectangles: a
// frame costs what the area does, however many lanes share it.

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
  const order = lanesInOrder();
  while (begin < end) {
    const from = Math.max(begin, end - stripWidth);
    paintStrip(pen, view, from, end, lanes * tall, origin, xOf, order, tall);
    end = from;
    if (begin < end && isLate() && !saved) {
      columnsNew = [(begin + origin) / perSecond, (end + origin) / perSecond];
      return redraw("lanes");
    }
  }
}
// From the newest on to the left, as far as a frame's time goes.
const stripWidth = 64;
function paintStrip(pen, view, begin, end, high, origin, xOf, order, tall) {
  const strip = pen.createImageData(end - begin, high);
  for (const [k, column] of view.columns) {
    const left = Math.max(xOf(k * view.seconds), begin);
    const right = Math.min(xOf(Math.min((k + 1) * view.seconds, moment ?? Infinity)), end);
    if (left < right) paintColumn(strip, origin + begin, left - begin, right - begin, column, order, tall, tall > 5 * pixel ? pixel : 0);
  }
  pen.putImageData(strip, begin, 0);
}

let laneLayout = null;  // of the plot as it is painted
painters.lanes = () => {
  const lanes = Math.max(state.lane_rows.length, 1);
  const tall = Math.max(Math.min(Math.floor((26 * em) / lanes), Math.round(1.6 * em)), 3) * pixel;
  const gutter = Math.round(3.5 * em * pixel);
  const width = Math.max(Math.round(roomForLanes * pixel) - gutter, 1);
  const [from, to] = laneSpan();
  paintPlot(width, lanes, tall, from, width / (to - from));
  laneLayout = { lanes, tall, gutter, width, from, to };
  redraw("laneChart");
};
painters.laneChart = () => {
  if (!laneLayout) return;
  const { lanes, tall, gutter, width, from, to } = laneLayout;
  sizeCanvas(lanesCanvas, roomForLanes, lanes * tall / pixel + 1.6 * em);
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
      if (y - lowest > 1.4 * chipSize()) {
        drawChip(pen, id, gutter * 0.3, Math.max(y, 0.7 * chipSize()));
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
  const isWhole = fillTable(twin.querySelector("tbody"), lanesInOrder().map((row) => {
    const times = sums[row];
    const all = addUp(times);
    const [id, lane] = state.lane_rows[row];
    return [machineName(id), lane < 0 ? "all" : lane, ...times.map((time) => percentOf(time, all))];
  }), ["text"]);
  if (!isWhole) redraw("tables");
}
for (const input of document.querySelectorAll("input[name=view]"))
  input.addEventListener("change", () => {
    fetchNews();
    lanesDrawn = "";
    redraw("lanes", "tables");
  });
for (const twin of document.querySelectorAll("details")) twin.addEventListener("toggle", () => redraw("tables"));

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
painters.parts = () => {
  const { parts: all, parts_recent: recent } = figuresNow();
  fill(byId("parts").tBodies[0], parts, makePart, (tr, part) => {
    const k = parts.indexOf(part);
    setText(tr.cells[0].lastElementChild, part.label);
    setText(tr.cells[1], percentOf(all[k], addUp(all)));
    setText(tr.cells[2], percentOf(recent[k], addUp(recent)));
    setText(tr.cells[3], all[k].toFixed(2));
  });
};
function makePart() {
  const tr = element("tr");
  for (let k = 0; k < 4; k++) tr.append(element("td"));
  tr.cells[0].className = "text";
  tr.cells[0].append(element("canvas", "", "swatch"), element("span"));
  return tr;
}
painters.swatches = () => {
  painters.parts();
  for (const [k, swatch] of [...document.querySelectorAll(".swatch")].entries()) {
    swatch.setAttribute("aria-hidden", "true");
    Object.assign(swatch, { width: Math.round(1.6 * em * pixel), height: Math.round(em * pixel) });
    const pen = swatch.getContext("2d");
    pen.fillStyle = pen.createPattern(tiles[k].canvas, "repeat");
    pen.fillRect(0, 0, swatch.width, swatch.height);
  }
};
