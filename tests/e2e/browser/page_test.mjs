// node page_test.mjs BIN_FOLDER STRANGE_WORKER: does the live page show what is?
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import http from "node:http";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { spawnSync } from "node:child_process";
import { assertNoSidewaysScroll, assertReadable, bytesOf, close, inBrowser, open, pixelsOf } from "./browser.mjs";
import { liar, list, master, until, worker } from "./programs.mjs";

// Takes minutes on the slowest kernel: deep, all detail.
const endless = ["--size", "3000x3000", "--center", "-0.743643887037151,0.131825904205330", "--span", "1e-11", "--max-iter", "1000000"];

const textOf = (page, selector) => page.locator(selector).innerText();
const shows = (page, selector, expression) =>
  until(async () => expression.test(await textOf(page, selector)), async () => `${expression} in ${await textOf(page, selector)}`);

async function canvasOf(page) {
  await page.evaluate(inBrowser);
  const { data, ...size } = await page.evaluate(async () => {
    const { width, height } = document.getElementById("picture");
    const pixels = document.getElementById("picture").getContext("2d").getImageData(0, 0, width, height);
    return { width, height, data: await globalThis.textOfBytes(pixels.data) };
  });
  return { ...size, data: bytesOf(data) };
}
// Of a canvas of 1024 columns: how many have their pixels?
const rowsIn = (data) => data.filter((byte, at) => at % (4 * 1024) === 3 && byte === 255).length;

// A worker whose machine has this name, in its own namespace; as any where that is not allowed.
async function workerCalled(name) {
  const inside = ["unshare", "--uts", "sh", "-c", 'printf %s "$0" >/proc/sys/kernel/hostname && exec "$@"', name];
  const isAllowed = spawnSync(inside[0], [...inside.slice(1), "true"]).status === 0;
  if (!isAllowed) console.log("# no machine can be given a strange name here");
  return { isAllowed, started: await worker(isAllowed ? inside : []) };
}

test("a job that is over stays as it was", async (t) => {
  const strangeName = `<img onerror=1>.${"long-".repeat(8)}name`;  // as long as Linux allows
  const { isAllowed, started: odd } = await workerCalled(strangeName);
  const plain = await worker();
  const job = await master("--live", "127.0.0.1:0", "--live-stay", "--live-save", "saved.html", "--output", "picture.png", "--size", "1200x300",
    "--center", "-0.75,0", "--span", "3", "--max-iter", "300", "--chunks", "25", "--colours", "fire:log", "--hosts", list(odd, plain));
  const page = await open(job.url);
  await shows(page, "#summary", /^Done/);
  const png = await pixelsOf(readFileSync("picture.png"), 1024, 256);

  await t.test("its canvas is the PNG", () => until(async () => (await canvasOf(page)).data.equals(png), "the same pixels", 10));
  await t.test("a strange name is a text", async () => {
    if (isAllowed) await until(async () => (await textOf(page, "#machines")).includes(strangeName), "its row");
    assert.equal(await page.locator("img[onerror]").count(), 0);
  });
  await t.test("the keyboard goes through the bands", async () => {
    await page.focus("#stage");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await shows(page, "#chunk", /chunk\s+1 of 0 to 24\s+rows\s+12 to 23\s+state\s+done\s+machine\s+[AB], 127/);
  });
  for (const colorScheme of ["light", "dark"])
    await t.test(`anybody can read it, ${colorScheme}`, async () => {
      await page.emulateMedia({ colorScheme });
      await assertReadable(page);
    });
  await t.test("it fits a telephone", async () => {
    await page.setViewportSize({ width: 360, height: 700 });
    await assertNoSidewaysScroll(page);
  });
  await close(page);

  await t.test("without JavaScript the figures are there", async () => {
    const bare = await open(job.url, { context: { javaScriptEnabled: false } });
    assert.match(await textOf(bare, "#summary"), /^Done/);
    assert.match(await textOf(bare, "#machines"), new RegExp(plain.address));
    assert.match(await textOf(bare, "#parts"), /computing\s+\d/);
    assert.match(await textOf(bare, "#happenings"), /joined/);
    await close(bare);
  });
  await t.test("who should not ask gets no answer", () => assertGuarded(new URL(job.url)));
  const save = await (await fetch(new URL("/save", job.url))).text();
  await job.stop("SIGINT");

  writeFileSync("downloaded.html", save);
  for (const file of ["saved.html", "downloaded.html"])
    await t.test(`${file} replays it by itself`, async () => {
      const replay = await open(pathToFileURL(file).href, { context: { offline: true } });
      const goesTo = async (share, isAsWanted, what) => {
        await replay.locator("#when").evaluate((slider, part) => {
          slider.value = String(part * Number(slider.max));
          slider.dispatchEvent(new Event("input"));
        }, share);
        await until(async () => isAsWanted((await canvasOf(replay)).data), what);
      };
      await goesTo(0, (data) => rowsIn(data) === 0, "no row at the beginning");
      await goesTo(0.5, (data) => rowsIn(data) > 0 && rowsIn(data) < 256, "some rows at half time");
      await goesTo(1, (data) => data.equals(png), "the same pixels in the end");
      assert.match(await textOf(replay, "#machines"), new RegExp(plain.address));
      if (file === "saved.html") await assertReadable(replay);
      await close(replay);
    });
});

const ask = (url, options) =>
  new Promise((resolve, reject) => {
    http.request(url, options, (answer) => resolve(answer.resume())).on("error", reject).end();
  });
async function assertGuarded(base) {
  for (const path of ["/", "/page.css", "/page.js", "/state", "/events", "/rows?since=0", "/lanes?view=job&since=0", "/happenings?since=0", "/sweep.svg", "/save", "/none"]) {
    const url = new URL(path, base);
    assert.equal((await ask(url, { headers: { host: "evil.example" } })).statusCode, 403, path);
    assert.equal((await ask(url, { headers: { origin: "http://evil.example" } })).statusCode, 403, path);
    const posted = await ask(url, { method: "POST" });
    assert.equal(posted.statusCode, 405, path);
    assert.match(posted.headers["content-security-policy"], /default-src 'self'/);
  }
}

// Of the chunks that the sentence about its end names, one that the display has a row of.
async function assertStory(page, dead) {
  const sentence = await page.locator(`#happenings li:has-text("Lost ${dead.address}") span`).innerText();
  const named = [...sentence.matchAll(/chunks? ((?:\d+(?!\d| more)(?:, | and | to )?)+)/g)].flatMap(([, list]) =>
    list.split(/, | and /).filter(Boolean).flatMap((item) => {
      const [first, last] = item.split(" to ").map(Number);
      return Array.from({ length: (last ?? first) - first + 1 }, (_, k) => first + k);
    }));
  const isPointedAt = await page.evaluate(async (chunks) => {
    const data = new DataView(await (await fetch("/rows?since=0")).arrayBuffer());
    const count = data.getUint16(4, true);
    for (let k = 0, at = 6; k < count; k++) {
      const [y, hasPixels, chunk] = [data.getUint16(at, true), data.getUint8(at + 3), data.getUint32(at + 8, true)];
      at += 40 + (hasPixels ? 3 * document.getElementById("picture").width : 0);
      if (!chunks.includes(chunk)) continue;
      const box = document.getElementById("picture").getBoundingClientRect();
      const clientY = box.top + ((y + 0.5) * box.height) / document.getElementById("picture").height;
      document.getElementById("stage").dispatchEvent(new PointerEvent("pointermove", { clientX: box.left + 1, clientY }));
      return true;
    }
    return false;
  }, named);
  assert.ok(isPointedAt, `no row of ${named} in ${sentence}`);
  await shows(page, "#story", new RegExp(`Lost ${dead.address}`));
}

test("machines that go, freeze and lie are told of", async (t) => {
  const [stays, dies, freezes, lies] = [await worker(), await worker(), await worker(), await liar()];
  const job = await master("--live", "127.0.0.1:0", ...endless, "--chunks", "1000", "--audit", "0.5", "--hosts", list(stays, dies, freezes, lies));
  const page = await open(job.url);
  const row = (one) => `#machines tbody tr:has-text("${one.address}")`;
  await shows(page, row(lies), /counts|miscount/);
  await shows(page, "#happenings", new RegExp(`${lies.address}.* is not used any more`));

  dies.kill("SIGKILL");
  await shows(page, row(dies), /gone/);
  await shows(page, "#happenings", new RegExp(`Lost .*${dies.address}.*Its chunks? \\d+.* go(es)? on at`));

  await t.test("a band whose machine died has that in its story", () => assertStory(page, dies));

  freezes.kill("SIGSTOP");
  await shows(page, row(freezes), /silent for \d/);

  await assertReadable(page);
  await close(page);
  await job.stop("SIGINT");
});

test("when the master comes back, the page goes on", async () => {
  const one = await worker();
  const options = ["--hosts", one.address];
  const first = await master("--live", "127.0.0.1:0", ...endless, "--chunks", "3000", "--output", "resumed.png", ...options);
  const page = await open(first.url, { mayFail: /net::ERR_|favicon/ });
  await shows(page, "#summary", /^[1-9]\d* of 3,000 chunks/);
  await first.stop("SIGKILL");
  await shows(page, "#trouble", /does not answer/);
  const second = await master("--live", new URL(first.url).host, "--resume", "resumed.png.journal", ...options);
  await shows(page, "#summary", /^[1-9]\d* of 3,000 chunks/);
  await until(() => page.locator("#trouble").isHidden(), "the page goes on");
  await close(page);
  await second.stop("SIGINT");
});

test("from another machine it takes the token", async () => {
  const job = await master("--live", "0.0.0.0:0", "--live-stay", "--threads", "1");
  const url = new URL(job.url);
  url.hostname = "127.0.0.1";
  assert.match(url.searchParams.get("token"), /^[0-9a-f]{32}$/);
  for (const path of ["/", "/state", "/rows", "/save"]) assert.equal((await ask(new URL(path, url), {})).statusCode, 401, path);
  const page = await open(url.href);
  await shows(page, "#summary", /^Done/);
  assert.equal(new URL(page.url()).search, "");
  const [cookie] = await page.context().cookies();
  assert.deepEqual([cookie.httpOnly, cookie.sameSite], [true, "Strict"]);
  await close(page);
  await job.stop("SIGINT");
});

test("a sweep shows its plot as it grows", async () => {
  const one = await worker();
  const job = await master("sweep", "--live", "127.0.0.1:0", "--live-stay", "--chunks", "1,2,4,8", "--hosts", one.address);
  const page = await open(job.url);
  await until(() => page.locator("#sweep-plot").evaluate((image) => image.naturalWidth > 0), "a plot");
  await close(page);
  await job.stop("SIGINT");
});
