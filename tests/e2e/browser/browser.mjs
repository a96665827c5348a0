// A real browser for tests of pages: one for all tests of a file, and in each a fresh context. Whatever a page logs as an
// error, and whatever it asks of another machine, fails the test.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after } from "node:test";
import { chromium } from "playwright-core";
import { endAll, until } from "./programs.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
after(() => {
  endAll();
  return browser.close();
});

export async function open(url, { context: options = {}, mayFail = /^$/ } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  page.problems = [];
  page.asked = [];
  page.on("console", (message) => message.type() === "error" && !mayFail.test(message.text()) && page.problems.push(message.text()));
  page.on("pageerror", (error) => page.problems.push(error.stack));
  context.on("request", (request) => {
    page.asked.push(request.url());
    const { protocol, hostname } = new URL(request.url());
    if (!["file:", "blob:"].includes(protocol) && hostname !== "127.0.0.1") page.problems.push(`asks ${request.url()}`);
  });
  await page.goto(url);
  return page;
}
export async function close(page) {
  assert.deepEqual(page.problems, []);
  await page.context().close();
}

// What both have in the browser: bytes that leave it as text.
export const inBrowser = () => {
  globalThis.textOfBytes = (bytes) =>
    new Promise((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result.split(",")[1]);
      reader.readAsDataURL(new Blob([bytes]));
    });
};
export const bytesOf = (base64) => Buffer.from(base64, "base64");

// A PNG by the rule of the display: of so many columns and rows, each the one that stands there.
export async function pixelsOf(bytes, width, height) {
  const page = await browser.newPage();
  await page.evaluate(inBrowser);
  const data = await page.evaluate(
    async ({ png, width, height }) => {
      const image = await createImageBitmap(new Blob([Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0))]));
      const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
      const pen = canvas.getContext("2d");
      pen.drawImage(image, 0, 0);
      const all = new Uint32Array(pen.getImageData(0, 0, image.width, image.height).data.buffer);
      const some = new Uint32Array(width * height);
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++)
          some[y * width + x] = all[Math.floor((y * image.height) / height) * image.width + Math.floor((x * image.width) / width)];
      return globalThis.textOfBytes(some);
    },
    { png: bytes.toString("base64"), width, height },
  );
  await page.close();
  return bytesOf(data);
}

export async function assertReadable(page) {
  await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), []);
}
// A window that has just changed is drawn anew with the next frame.
export const assertNoSidewaysScroll = (page) =>
  until(() => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "the page as narrow as its window");
