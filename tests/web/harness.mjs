// Starts the program and a browser for the tests, and keeps watch over both.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as nextLook } from "node:timers/promises";
import { chromium } from "playwright-core";

export const kPhone = { width: 390, height: 844 };
export const kDesk = { width: 1280, height: 800 };

export const binary = process.env.NIGHTJAR;
if (!binary) throw new Error("NIGHTJAR is not set: the path of the program");
const kWithRadio = new URL("../contracts/with_network_manager_mock.py", import.meta.url).pathname;
const shotsFolder = process.env.NIGHTJAR_SCREENSHOTS;

/// One run of `nightjar run` with its simulated camera, and with `networks`, [SSID, passphrase] each, on a mock NetworkManager's radio. Its state folder outlives it, so that it can be started again.
export class Program {
  static async start({ port = 0, state = mkdtempSync(join(tmpdir(), "nightjar-web-")), config, networks = [], board = "host" } = {}) {
    const program = new Program();
    program.state = state;
    if (config) writeFileSync(join(state, "settings.toml"), config);
    const more = config ? ["--config", join(state, "settings.toml")] : [];
    const run = [binary, "run", "--board", board, "--port", String(port), "--state", state, ...more];
    const [command, ...rest] = networks.length ? [kWithRadio, ...networks.flatMap(([ssid, passphrase]) => ["--network", ssid, passphrase]), ...run] : run;
    program.child = spawn(command, rest, { stdio: ["ignore", "pipe", "pipe"], detached: true }); // a group of its own: what it is started by ends with it
    program.output = "";
    program.child.stderr.on("data", (part) => (program.output += part));
    await new Promise((resolve, reject) => {
      program.child.stdout.on("data", (part) => {
        program.output += part;
        program.url = /Nightjar is ready: (http:\/\/\S+)/.exec(program.output)?.[1];
        program.control = /control (http:\/\/[^)\s]+)\)/.exec(program.output)?.[1];
        if (program.url && (program.control || board !== "host")) resolve();
      });
      program.child.once("error", reject);
      program.child.once("exit", (code) => reject(new Error(`the program ended with ${code} before it was ready:\n${program.output}`)));
    });
    program.port = Number(new URL(program.url).port);
    return program;
  }

  async kill(signal = "SIGTERM") {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    process.kill(-this.child.pid, signal);
    await once(this.child, "exit");
  }

  /// What a hand does at the camera: `power` {on}, `dial` {mode}, `settings` {name, value}.
  async atCamera(what, body) {
    const answer = await fetch(`${this.control}/${what}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    assert.ok(answer.ok, `the camera's control answers ${answer.status}`);
  }

  async shots() {
    return (await (await fetch(`${this.control}/shots`)).json()).shots;
  }

  reports() {
    const folder = join(this.state, "reports");
    const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];
    return names.map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
  }

  forget() {
    rmSync(this.state, { recursive: true, force: true });
  }
}

/// `nightjar-sim-camera`, which announces itself: a camera that is nobody's part.
export async function announcedCamera(uuid, address) {
  const child = spawn(join(dirname(binary), "nightjar-sim-camera"), [
    ...["--https", "--ssdp", "--listen", address, "--announce", address, "--port", "0", "--description-port", String(await freePort(address))],
    ...["--uuid", uuid, "--serial", uuid.slice(-12), "--model", "Canon EOS Test"],
  ]);
  const ended = once(child, "exit");
  await once(child.stdout, "data"); // it is ready
  return async () => {
    child.kill();
    await ended;
  };
}

async function freePort(address) {
  const probe = createServer().listen(0, address);
  await once(probe, "listening");
  const { port } = probe.address();
  await new Promise((closed) => probe.close(closed));
  return port;
}

let browser;

/// Every page notes what it must not do; `expectClean` is the assertion.
export async function openPage(program, { size = kPhone, screen = "now", query = "", look, before, context } = {}) {
  browser ??= await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  const own = context ?? (await browser.newContext({ viewport: size, deviceScaleFactor: size === kPhone ? 2 : 1, hasTouch: size === kPhone }));
  own.setDefaultTimeout(60_000); // a busy machine starts a browser in half a minute
  const page = await own.newPage();
  page.complaints = [];
  page.foreign = [];
  page.on("console", (message) => message.type() === "error" && page.complaints.push(message.text()));
  page.on("pageerror", (error) => page.complaints.push(error.message));
  const { host } = new URL(program.url);
  page.on("request", (request) => new URL(request.url()).host !== host && page.foreign.push(request.url()));
  page.on("websocket", (socket) => new URL(socket.url()).host !== host && page.foreign.push(socket.url()));
  if (look) await page.addInitScript((value) => localStorage.getItem("nightjar.look") ?? localStorage.setItem("nightjar.look", JSON.stringify(value)), look);
  await before?.(page);
  await page.goto(`${program.url}/${query}#/${screen}`);
  return page;
}

/// By the way a finger takes.
export async function go(page, screen) {
  await page.click(`.nav-entry[data-screen="${screen}"]`);
  await page.locator(`.main[data-screen="${screen}"]`).waitFor();
}

export async function closeBrowser() {
  await browser?.close();
  browser = undefined;
}

export function expectClean(page, allowed = /^$/) {
  assert.deepEqual(page.complaints.filter((complaint) => !allowed.test(complaint)), [], "console errors");
  assert.deepEqual(page.foreign, [], "requests that left the host");
}

export const badge = (page, state) => page.locator(`.badge[data-state="${state}"]`).waitFor();
export const live = (page) => badge(page, "receiving_data");
export const ready = (page) => page.locator('.page[data-camera="ready"]').waitFor({ timeout: 30_000 });

/// Waits until `predicate` holds in the page. (Playwright's own waitForFunction evaluates a string, which the page's policy forbids.)
export async function until(page, predicate, argument, timeout = 30_000) {
  const deadline = performance.now() + timeout;
  while (!(await page.evaluate(predicate, argument))) {
    if (performance.now() > deadline) assert.fail(`not within ${timeout} ms: ${predicate}`);
    await nextLook(25);
  }
}

/// For the README and for looking at.
export async function keep(page, name) {
  if (!shotsFolder) return;
  mkdirSync(shotsFolder, { recursive: true });
  await page.screenshot({ path: join(shotsFolder, `${name}.png`) });
}

export async function startTimelapse(page, { interval, shots, title }) {
  await go(page, "timelapse");
  await page.fill("#interval", String(interval));
  await page.fill("#shots", String(shots));
  if (title) await page.fill("#title", title);
  await page.click(".start");
  await page.locator(".ring").waitFor();
  await go(page, "now");
}

/// Presses for as long as it takes.
export async function hold(page, selector) {
  const button = page.locator(selector);
  await button.scrollIntoViewIfNeeded();
  const box = await button.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  return () => page.mouse.up();
}

/// The brightest green, blue and red of what is on the screen.
export async function brightest(page) {
  const png = (await page.screenshot()).toString("base64");
  const judge = await page.context().newPage();
  const found = await judge.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const pen = canvas.getContext("2d");
    pen.drawImage(bitmap, 0, 0);
    const { data } = pen.getImageData(0, 0, bitmap.width, bitmap.height);
    const most = [0, 0, 0];
    for (let at = 0; at < data.length; at += 4) {
      most[0] = Math.max(most[0], data[at + 1]);
      most[1] = Math.max(most[1], data[at + 2]);
      most[2] = Math.max(most[2], data[at]);
    }
    return most;
  }, png);
  await judge.close();
  return found;
}
