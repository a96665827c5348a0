"use strict";
// A poster's viewer: one canvas, on which the tiles are drawn that are seen. Two kinds of units: of the picture, whose
// pixel (0, 0) begins at (0, 0); and of the screen, whole pixels of the display.
const poster = JSON.parse(document.getElementById("geometry").textContent);
const canvas = document.getElementById("poster");
const pen = canvas.getContext("2d", { alpha: false });
const scaleMost = 32;
const loadsAtOnce = 8;

// The point of the picture in the middle, and how many pixels of the screen one of the picture is wide.
const view = { x: poster.columns / 2, y: poster.rows / 2, scale: 1 };
let isWhole = true; // and stays so when the window changes
let pointer = null; // where it points, on the screen

const clamp = (value, least, most) => Math.min(Math.max(value, least), most);
const wholeScale = () => Math.min(1, canvas.width / poster.columns, canvas.height / poster.rows);

// --- The tiles

const tiles = new Map(); // by address: an image, or nothing while it loads; those used last stand last
const address = (level, column, row) => `${poster.name}_files/${level}/${column}_${row}.png`;
const tileOf = (level, column, row) => {
  const name = address(level, column, row);
  const image = tiles.get(name);
  if (!image) return null;
  tiles.delete(name);
  tiles.set(name, image);
  return image;
};

let wanted = []; // of the view, the middle first
let loading = 0;
function load() {
  wanted = wanted.filter((name) => !tiles.has(name));
  for (; loading < loadsAtOnce && wanted.length > 0; loading++) fetchTile(wanted.shift());
  canvas.setAttribute("aria-busy", String(loading > 0));
}
async function fetchTile(name) {
  tiles.set(name, null);
  const image = new Image();
  image.src = encodeURI(name).replace(/[?#]/g, encodeURIComponent);
  try {
    await image.decode();
    tiles.set(name, image);
  } catch {
    tell(`${name} can't be shown: it has to lie beside this page.`);
  }
  loading--;
  requestDraw();
}
// The first tile of a level that is one tile stays: it stands in for all.
function forget(most) {
  for (const [name, image] of tiles) {
    if (tiles.size <= most) return;
    if (image && !/_files\/[0-8]\//.test(name)) tiles.delete(name);
  }
}
function tell(text) {
  const trouble = document.getElementById("trouble");
  trouble.textContent = text;
  trouble.hidden = false;
}

// --- Drawing

const originX = () => Math.round(canvas.width / 2 - view.x * view.scale);
const originY = () => Math.round(canvas.height / 2 - view.y * view.scale);
// Whole pixels of the screen, the same for both neighbours: no seams.
const across = (x) => originX() + Math.round(x * view.scale);
const down = (y) => originY() + Math.round(y * view.scale);

// The smallest level whose pixels are at most as wide as the screen's.
const levelOf = (scale) => clamp(poster.deepest + Math.ceil(Math.log2(scale) - 1e-9), 0, poster.deepest);
const spanOf = (level) => poster.tile * 2 ** (poster.deepest - level); // of a tile, in pixels of the picture

function drawPart(image, level, column, row, part) {
  const pixel = 2 ** (poster.deepest - level);
  const from = (at, tile) => at / pixel - tile * poster.tile + (tile > 0 ? poster.overlap : 0);
  const x = across(part.left), y = down(part.top);
  pen.drawImage(image, from(part.left, column), from(part.top, row), (part.right - part.left) / pixel,
    (part.bottom - part.top) / pixel, x, y, across(part.right) - x, down(part.bottom) - y);
}
// Draws what there is of a tile's place: the tile, or the part of a coarser one. Was it the tile?
function drawTile(level, column, row) {
  const span = spanOf(level);
  const part = { left: column * span, top: row * span,
    right: Math.min((column + 1) * span, poster.columns), bottom: Math.min((row + 1) * span, poster.rows) };
  for (let up = 0; up <= level; up++) {
    const image = tileOf(level - up, column >> up, row >> up);
    if (!image) continue;
    drawPart(image, level - up, column >> up, row >> up, part);
    return up === 0;
  }
  return false;
}

let isDrawRequested = false;
function requestDraw() {
  if (isDrawRequested) return;
  isDrawRequested = true;
  requestAnimationFrame(draw);
}
function draw() {
  isDrawRequested = false;
  if (isWhole) Object.assign(view, { x: poster.columns / 2, y: poster.rows / 2, scale: wholeScale() });
  pen.fillStyle = "#111418";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingEnabled = view.scale < 1;
  pen.imageSmoothingQuality = "high";
  const level = levelOf(view.scale);
  const seen = (middle, length, side) => {
    const span = spanOf(level);
    const half = length / 2 / view.scale;
    const last = Math.ceil(side / span) - 1;
    return [clamp(Math.floor((middle - half - 1) / span), 0, last), clamp(Math.floor((middle + half + 1) / span), 0, last)];
  };
  const [firstColumn, lastColumn] = seen(view.x, canvas.width, poster.columns);
  const [firstRow, lastRow] = seen(view.y, canvas.height, poster.rows);
  const missing = [];
  for (let row = firstRow; row <= lastRow; row++)
    for (let column = firstColumn; column <= lastColumn; column++)
      if (!drawTile(level, column, row)) missing.push({ column, row });
  const span = spanOf(level);
  const distance = ({ column, row }) => Math.hypot((column + 0.5) * span - view.x, (row + 0.5) * span - view.y);
  missing.sort((a, b) => distance(a) - distance(b));
  wanted = [address(Math.min(level, 8), 0, 0), ...missing.map(({ column, row }) => address(level, column, row))];
  load();
  forget(3 * (lastColumn - firstColumn + 1) * (lastRow - firstRow + 1) + 64);
  showPlace();
  rememberSoon();
}

// --- Where it is

const number = new Intl.NumberFormat("en");
// So many digits that neighbours differ.
function coordinate([first, last], at, count) {
  const step = count > 1 ? (last - first) / (count - 1) : 0;
  const digits = step === 0 ? 17 : clamp(Math.ceil(-Math.log10(Math.abs(step))) + 1, 0, 20);
  return (first + at * step).toFixed(digits);
}
function showPlace() {
  const at = pointer ?? { x: canvas.width / 2, y: canvas.height / 2 };
  const column = Math.floor((at.x - originX()) / view.scale);
  const row = Math.floor((at.y - originY()) / view.scale);
  const parts = [`${number.format(Number((view.scale * 100).toPrecision(3)))} %`];
  if (column >= 0 && column < poster.columns && row >= 0 && row < poster.rows) {
    parts.push(`column ${number.format(column)}, row ${number.format(row)}`);
    if (poster.x) parts.push(`x\u00a0${coordinate(poster.x, column, poster.columns)}, y\u00a0${coordinate(poster.y, row, poster.rows)}`);
  }
  document.getElementById("place").textContent = parts.join(" · ");
}

let remembering = 0;
function rememberSoon() {
  clearTimeout(remembering);
  remembering = setTimeout(() => {
    const place = isWhole ? "" : [view.x, view.y, view.scale].map((one) => Number(one.toPrecision(9))).join();
    if (location.hash.slice(1) !== place) history.replaceState(null, "", place ? `#${place}` : location.pathname);
  }, 400);
}
function recall() {
  const place = location.hash.slice(1).split(",").map(Number);
  isWhole = place.length !== 3 || !place.every((one) => Number.isFinite(one) && one >= 0) || place[2] === 0;
  if (!isWhole) goTo(...place);
  requestDraw();
}

// --- Moving

function goTo(x, y, scale) {
  isWhole = false;
  view.x = clamp(x, 0, poster.columns);
  view.y = clamp(y, 0, poster.rows);
  view.scale = clamp(scale, Math.min(wholeScale(), 1) / 2, scaleMost);
  requestDraw();
}
const moveBy = (dx, dy) => goTo(view.x - dx / view.scale, view.y - dy / view.scale, view.scale);
// What is at this point of the screen stays there.
function zoomBy(factor, at = { x: canvas.width / 2, y: canvas.height / 2 }) {
  const [dx, dy] = [at.x - canvas.width / 2, at.y - canvas.height / 2];
  const [x, y] = [view.x + dx / view.scale, view.y + dy / view.scale];
  const scale = clamp(view.scale * factor, Math.min(wholeScale(), 1) / 2, scaleMost);
  goTo(x - dx / scale, y - dy / scale, scale);
}
// To the next power of two, so that 1:1 is among the steps.
const zoomTo = (scale) => zoomBy(scale / view.scale);
const zoomIn = () => zoomTo(2 ** (Math.floor(Math.log2(view.scale) + 1e-6) + 1));
const zoomOut = () => zoomTo(2 ** (Math.ceil(Math.log2(view.scale) - 1e-6) - 1));
const showExact = () => zoomTo(1);
function showWhole() {
  isWhole = true;
  requestDraw();
}

const keys = {
  ArrowLeft: () => moveBy(canvas.width / 4, 0),
  ArrowRight: () => moveBy(-canvas.width / 4, 0),
  ArrowUp: () => moveBy(0, canvas.height / 4),
  ArrowDown: () => moveBy(0, -canvas.height / 4),
  "+": zoomIn, "=": zoomIn, "-": zoomOut, _: zoomOut, 0: showWhole, Home: showWhole, 1: showExact,
};
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return;
  event.preventDefault();
  keys[event.key]();
});
for (const [id, act] of Object.entries({ in: zoomIn, out: zoomOut, whole: showWhole, exact: showExact }))
  document.getElementById(id).addEventListener("click", act);

const onScreen = (event) => {
  const box = canvas.getBoundingClientRect();
  return { x: ((event.clientX - box.left) * canvas.width) / box.width, y: ((event.clientY - box.top) * canvas.height) / box.height };
};
canvas.addEventListener("wheel", (event) => {
  event.preventDefault();
  const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : 30);
  zoomBy(2 ** (-pixels / (event.ctrlKey ? 50 : 250)), onScreen(event)); // a pinch on a pad comes as a wheel with Ctrl
}, { passive: false });
canvas.addEventListener("dblclick", (event) => zoomBy(2, onScreen(event)));

// One finger or the mouse moves; two also zoom, about the middle between them.
const held = new Map();
const middleOf = (points) => ({ x: points.reduce((sum, { x }) => sum + x, 0) / points.length, y: points.reduce((sum, { y }) => sum + y, 0) / points.length });
const widthOf = (points) => (points.length < 2 ? 1 : Math.max(1, Math.hypot(points[0].x - points[1].x, points[0].y - points[1].y)));
canvas.addEventListener("pointerdown", (event) => {
  canvas.setPointerCapture(event.pointerId);
  held.set(event.pointerId, onScreen(event));
});
canvas.addEventListener("pointermove", (event) => {
  pointer = event.pointerType === "mouse" ? onScreen(event) : null;
  if (!held.has(event.pointerId)) return showPlace();
  const before = [...held.values()];
  held.set(event.pointerId, onScreen(event));
  const after = [...held.values()];
  const [from, to] = [middleOf(before), middleOf(after)];
  moveBy(to.x - from.x, to.y - from.y);
  zoomBy(widthOf(after) / widthOf(before), to);
});
for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, (event) => held.delete(event.pointerId));
canvas.addEventListener("pointerleave", () => {
  pointer = null;
  showPlace();
});

addEventListener("hashchange", recall);
new ResizeObserver(() => {
  canvas.width = Math.max(1, Math.round(canvas.clientWidth * devicePixelRatio));
  canvas.height = Math.max(1, Math.round(canvas.clientHeight * devicePixelRatio));
  requestDraw();
}).observe(canvas);
recall();
