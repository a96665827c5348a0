// node poster_test.mjs BIN_FOLDER: does a poster open from disk, without a server, and show its pixels? What it asks for
// is counted: only files, and only tiles that are seen.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { assertNoSidewaysScroll, assertReadable, close, open, pixelsOf } from "./browser.mjs";
import { until } from "./programs.mjs";

const [columns, rows] = [1300, 900];
const made = spawnSync(`${process.argv[2]}/mandel-master`, ["--size", `${columns}x${rows}`, "--center", "-0.7453,0.1127",
  "--span", "6.5e-4", "--max-iter", "300", "--output", "big.dzi", "--output", "big.png", "--output", "big.npy"]);
assert.equal(made.status, 0, made.stderr.toString());

// The counts, coloured as the PNG is: a count has one colour.
const pixels = await coloured();
async function coloured() {
  const npy = readFileSync("big.npy");
  const from = 10 + npy.readUInt16LE(8);
  const png = await pixelsOf(readFileSync("big.png"), columns, rows);
  const colours = new Map();
  const pixels = new Uint32Array(columns * rows);
  for (let k = 0; k < pixels.length; k++) {
    const count = npy.readUInt32LE(from + 4 * k);
    const colour = png.readUInt32LE(4 * k);
    if (!colours.has(count)) colours.set(count, colour);
    assert.equal(colours.get(count), colour);
    pixels[k] = colours.get(count);
  }
  return pixels;
}

const small = { viewport: { width: 500, height: 400 }, offline: true };
async function openPoster(context, { hash = "", ...options } = {}) {
  const page = await open(pathToFileURL("index.html").href + hash, { context, ...options });
  await settle(page);
  return page;
}
// All that is seen has come, and is drawn.
async function settle(page) {
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  await until(async () => (await page.getAttribute("#poster", "aria-busy")) === "false", "all tiles");
}
async function press(page, key) {
  await page.keyboard.press(key);
  await settle(page);
}
const place = (page) =>
  page.evaluate(() => ({ x: originX(), y: originY(), scale: view.scale, width: canvas.width, height: canvas.height }));

// The screen against the picture, pixel by pixel, where each of the picture is a square of whole pixels.
async function assertShowsPixels(page) {
  const { x, y, scale, width, height } = await place(page);
  assert.ok(Number.isInteger(scale));
  const shown = await pixelsOf(await page.locator("#poster").screenshot(), width, height);
  let compared = 0;
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const [c, r] = [Math.floor((column - x) / scale), Math.floor((row - y) / scale)];
      if (c < 0 || c >= columns || r < 0 || r >= rows) continue;
      compared++;
      if (shown.readUInt32LE(4 * (row * width + column)) !== pixels[r * columns + c]) assert.fail(`column ${c}, row ${r} at ${scale}`);
    }
  assert.ok(compared > (width * height) / 2, `only ${compared} pixels are seen`);
}

test("the keyboard leads to every pixel", async () => {
  const page = await openPoster(small);
  const first = await place(page);
  assert.ok(first.scale < 0.5 && columns * first.scale <= first.width && rows * first.scale <= first.height, "the whole is seen");
  assert.deepEqual(page.asked.filter((url) => /\/11\//.test(url)), [], "no tile of the last level yet");
  while ((await place(page)).scale < 1) await press(page, "+");
  await assertShowsPixels(page);
  const seen = page.asked.filter((url) => /\/11\//.test(url)).length;
  assert.ok(seen > 0 && seen <= 9, `${seen} of 24 tiles`);
  for (const key of ["ArrowRight", "ArrowDown", "ArrowDown"]) await press(page, key);
  await assertShowsPixels(page);
  for (const key of ["+", "+", "ArrowLeft"]) await press(page, key);
  assert.equal((await place(page)).scale, 4);
  await assertShowsPixels(page);
  await press(page, "-");
  assert.equal((await place(page)).scale, 2);
  await press(page, "1");
  assert.equal((await place(page)).scale, 1);
  await press(page, "Home");
  assert.deepEqual(await place(page), first);
  await close(page);
});

test("an address leads to its place", async () => {
  const page = await openPoster(small, { hash: "#900.5,300,2" });
  await assertShowsPixels(page);
  await press(page, "ArrowRight");
  const there = await place(page);
  await until(() => page.url().endsWith("#963,300,2"), () => page.url());
  await page.reload();
  await settle(page);
  assert.deepEqual(await place(page), there);
  await close(page);
});

test("wheel and mouse keep what they point at", async () => {
  const page = await openPoster(small);
  const at = { x: 350, y: 120 };
  await page.mouse.move(at.x, at.y);
  const pointedAt = () => page.textContent("#place");
  const said = await pointedAt();
  assert.match(said, /^[\d.]+ % · column \d+, row \d+ · x\s-0\.74\d+, y\s0\.11\d+$/);
  const under = ({ x, y, scale }) => ({ x: (at.x - x) / scale, y: (at.y - y) / scale });
  const before = under(await place(page));
  for (let k = 0; k < 6; k++) await page.mouse.wheel(0, -200);
  await settle(page);
  const after = await place(page);
  assert.ok(after.scale > 1);
  assert.ok(Math.abs(under(after).x - before.x) < 3 && Math.abs(under(after).y - before.y) < 3, "it moved away");
  await page.mouse.down();
  await page.mouse.move(at.x - 60, at.y + 20, { steps: 3 });
  await page.mouse.up();
  await settle(page);
  const moved = await place(page);
  assert.deepEqual([moved.x - after.x, moved.y - after.y, moved.scale], [-60, 20, after.scale]);
  await close(page);
});

test("two fingers zoom", async () => {
  const page = await openPoster({ ...small, hasTouch: true });
  const fingers = await page.context().newCDPSession(page);
  const touch = (type, ...touchPoints) => fingers.send("Input.dispatchTouchEvent", { type, touchPoints });
  const before = await place(page);
  await touch("touchStart", { x: 200, y: 150, id: 0 }, { x: 300, y: 150, id: 1 });
  await touch("touchMove", { x: 150, y: 150, id: 0 }, { x: 350, y: 150, id: 1 });
  await touch("touchEnd");
  await settle(page);
  const after = await place(page);
  assert.ok(Math.abs(after.scale / before.scale - 2) < 0.01, `${before.scale} became ${after.scale}`);
  assert.ok(Math.abs((250 - after.x) / after.scale - (250 - before.x) / before.scale) < 3, "the middle moved away");
  await close(page);
});

test("anybody can use it, also on a telephone", async () => {
  const page = await openPoster({ ...small, viewport: { width: 360, height: 640 } });
  await assertReadable(page);
  await assertNoSidewaysScroll(page);
  for (const [name, scale] of [["Zoom in", 0.5], ["1 : 1", 1], ["Zoom out", 0.5]]) {
    await page.getByRole("button", { name }).click();
    await settle(page);
    assert.equal((await place(page)).scale, scale);
  }
  await close(page);
});

test("without JavaScript the picture is there", async () => {
  const page = await open(pathToFileURL("index.html").href, { context: { ...small, javaScriptEnabled: false } });
  const image = page.getByRole("img", { name: "A picture of the Mandelbrot set, 1300 x 900 pixels, 300 iterations" });
  assert.equal((await image.getAttribute("src")), "big_files/8/0_0.png");
  await close(page);
});

// Last, since it takes the tile away.
test("a tile that is missing is told, and a coarser one stands in", async () => {
  rmSync("big_files/11/0_0.png");
  const page = await openPoster(small, { hash: "#100,100,1", mayFail: /ERR_FILE_NOT_FOUND/ });
  await until(async () => /big_files\/11\/0_0\.png/.test(await page.textContent("#trouble")), "a sentence");
  const { x, y, width, height } = await place(page);
  const shown = await pixelsOf(await page.locator("#poster").screenshot(), width, height);
  assert.notEqual(shown.readUInt32LE(4 * ((y + 50) * width + x + 50)), 0xff181411, "nothing but the background");
  await close(page);
});
