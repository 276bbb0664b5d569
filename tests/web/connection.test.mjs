import assert from "node:assert/strict";
import { after, afterEach, beforeEach, describe, test } from "node:test";
import { Program, badge, closeBrowser, expectClean, keep, kDesk, live, openPage, ready, startTimelapse, until } from "./harness.mjs";

// What a browser itself writes when nobody listens, of the socket and of a picture that was on its way.
const kRefused = /WebSocket connection to .* failed|ERR_CONNECTION_(REFUSED|RESET)|ERR_EMPTY_RESPONSE/;
const kDelays = [1, 2, 4, 8, 16, 30, 30, 30, 30, 30]; // s, before attempt 1, 2, ...

describe("the page's connection", { timeout: 300_000 }, () => {
  let program;
  beforeEach(async () => (program = await Program.start()));
  afterEach(async () => {
    await program.kill();
    program.forget();
  });
  after(closeBrowser);

  test("a server killed in mid-session: values freeze, the page comes back by itself, and the session with it", async () => {
    const page = await openPage(program);
    await ready(page);
    await startTimelapse(page, { interval: 2, shots: 1000, title: "Power cut" });
    await until(page, () => Number(document.querySelector(".ring-count").textContent) >= 2);
    await program.kill("SIGKILL");
    await shows(page, /Reconnecting\.\.\. \(attempt \d+\/10\)/);
    assert.equal(await page.getAttribute(".page", "data-frozen"), "true");
    assert.match(await page.textContent(".banner"), /Values frozen at \d\d:\d\d:\d\d/);
    assert.ok(await page.locator(".shutter").isDisabled());
    assert.ok(await page.locator(".stop").isDisabled());
    const frozen = await page.textContent(".dock-clock time");
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, "the longest badge fits beside the buttons");
    await keep(page, "phone-frozen");
    await until(page, () => /attempt [2-9]/.test(document.querySelector(".badge").textContent));
    assert.equal(await page.textContent(".dock-clock time"), frozen, "a frozen clock stands still");

    program = await Program.start({ port: program.port, state: program.state });
    await live(page);
    assert.equal(await page.getAttribute(".page", "data-frozen"), "false");
    await page.locator(".dialogue[open]").waitFor();
    assert.equal(await page.inputValue("#report-title"), "Power cut");
    const taken = Number.parseInt(await page.textContent(".dialogue p"), 10);
    assert.ok(taken >= 2, `of at least two shots ${taken} came back`);
    expectClean(page, kRefused);
    await page.context().close();
  });

  test("ten attempts after 1, 2, 4, 8, 16, 30, 30, 30, 30, 30 s, then an error and Retry", async () => {
    // The page's clock is ours: no real waiting, and not a millisecond's doubt.
    const page = await openPage(program, { size: kDesk, before: (fresh) => fresh.clock.install() });
    await ready(page);
    await page.clock.pauseAt(new Date(Date.now() + 5000));
    await program.kill("SIGKILL");
    for (const [i, delay] of kDelays.entries()) {
      await shows(page, `attempt ${i + 1}/10`);
      await page.clock.runFor(delay * 1000 - 1);
      assert.equal(await page.getAttribute(".badge", "data-state"), "reconnecting", `attempt ${i + 1} waits its ${delay} s`);
      await page.clock.runFor(1);
    }
    await badge(page, "error");
    assert.match(await page.textContent(".badge"), /Connection Failed/);
    assert.match(await page.textContent(".banner"), /Unable to connect\./);
    await keep(page, "desk-error");
    await page.clock.runFor(3600_000);
    assert.equal(await page.getAttribute(".badge", "data-state"), "error", "nothing but a finger leads out of an error");

    program = await Program.start({ port: program.port, state: program.state });
    await page.click(".banner .button");
    await live(page);
    expectClean(page, kRefused);
    await page.context().close();
  });

  test("a close with 1008 is an error at once", async () => {
    let connections = 0;
    const refuse = (fresh) =>
      fresh.routeWebSocket(/\/ws$/, (socket) => {
        connections += 1;
        socket.close({ code: 1008, reason: "no" });
      });
    const page = await openPage(program, { before: refuse });
    await badge(page, "error");
    assert.match(await page.textContent(".banner"), /Unable to connect\. ?The device refused this page\./);
    assert.equal(connections, 1);
    await page.context().close();
  });

  test("a line that has gone silent is given up after 25 s", async () => {
    const speak = (model) => device.send(JSON.stringify({ type: "status_update", timestamp: new Date().toISOString(), camera: { connected: true, model } }));
    let device;
    const page = await openPage(program, {
      before: async (fresh) => {
        await fresh.clock.install();
        await fresh.routeWebSocket(/\/ws$/, (socket) => {
          device = socket;
          speak("First word");
        });
      },
    });
    await live(page);
    await page.clock.pauseAt(new Date(Date.now() + 5000));
    speak("Last word");
    await page.locator(".camera-model", { hasText: "Last word" }).waitFor();
    await page.clock.runFor(24_999);
    assert.equal(await page.getAttribute(".badge", "data-state"), "receiving_data");
    await page.clock.runFor(1);
    assert.equal(await page.getAttribute(".badge", "data-state"), "reconnecting");
    await page.context().close();
  });
});

const shows = (page, words) => page.locator(".badge", { hasText: words }).waitFor();
