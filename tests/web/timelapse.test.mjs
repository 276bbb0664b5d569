import assert from "node:assert/strict";
import { after, afterEach, beforeEach, describe, test } from "node:test";
import { Program, closeBrowser, expectClean, go, hold, kDesk, kPhone, keep, live, openPage, ready, startTimelapse, until } from "./harness.mjs";

describe("a timelapse from the page", { timeout: 300_000 }, () => {
  let program;
  beforeEach(async () => (program = await Program.start()));
  afterEach(async () => {
    await program.kill();
    program.forget();
  });
  after(closeBrowser);

  test("three shots two seconds apart, watched by a second phone, saved under a new title", async () => {
    const page = await openPage(program);
    const second = await openPage(program, { size: kDesk });
    await ready(page);
    await live(second);
    await startTimelapse(page, { interval: 2, shots: 3, title: "Ridge" });
    await second.locator(".ring").waitFor();
    assert.equal(await second.textContent(".progress-head h2"), "Ridge");
    await counted(page, 2);
    await counted(second, 2);
    assert.equal(await page.textContent(".ring-total"), "of 3");
    assert.match(await page.textContent(".figure-next dd"), /^\d+\.\d s$/);
    await keep(page, "phone-running");
    await keep(second, "desk-running");

    await page.locator(".dialogue[open]").waitFor();
    await second.locator(".dialogue[open]").waitFor();
    assert.match(await page.textContent(".dialogue p"), /^3 shots taken\./);
    assert.equal(await page.inputValue("#report-title"), "Ridge");
    await keep(page, "phone-unsaved");
    await page.fill("#report-title", "Ridge at dusk");
    await page.click(".dialogue .button-strong");
    await page.locator(".dialogue[open]").waitFor({ state: "detached" });
    await second.locator(".dialogue[open]").waitFor({ state: "detached" });
    const reports = program.reports();
    assert.deepEqual(reports.map((report) => report.title), ["Ridge at dusk"]);
    assert.equal((await program.shots()).length, 3);
    expectClean(page);
    expectClean(second);
    await page.context().close();
    await second.context().close();
  });

  test("a tap does not stop it, holding does; put off, the question returns with the next start; holding discards", async () => {
    const page = await openPage(program);
    await ready(page);
    await startTimelapse(page, { interval: 2, shots: 1000, title: "First" });
    await counted(page, 1);
    await page.click(".stop");
    await counted(page, 2); // it runs on
    const release = await hold(page, ".stop");
    await page.locator(".dialogue[open]").waitFor();
    await release();
    await page.click("text=Decide later");
    await page.locator(".unsaved-strip").waitFor();
    assert.match(await page.textContent(".unsaved-strip"), /First.*Not saved yet/s);

    await go(page, "timelapse");
    await page.fill("#title", "Second");
    await page.click(".start");
    await page.locator(".dialogue[open]").waitFor();
    const let_go = await hold(page, ".discard");
    await page.locator(".dialogue[open]").waitFor({ state: "detached" });
    await let_go();
    await page.locator(".ring").waitFor();
    assert.equal(await page.textContent(".progress-head h2"), "Second");
    assert.deepEqual(program.reports(), []);
    expectClean(page);
    await page.context().close();
  });

  test("another interval and another end while it runs, seen by a second phone", async () => {
    const page = await openPage(program, { size: kPhone });
    const second = await openPage(program, { size: kDesk });
    await ready(page);
    await startTimelapse(page, { interval: 2, shots: 1000, title: "Clouds" });
    await counted(page, 1);
    await page.click(".progress-change");
    await page.locator("#new-shots").waitFor();
    assert.equal(await page.inputValue("#new-interval"), "2");
    assert.equal(await page.inputValue("#new-shots"), "1000");
    await page.fill("#new-interval", "0.2");
    await page.locator(".dialogue[open] .problem", { hasText: "From 1 s" }).waitFor();
    assert.equal(await page.isDisabled(".dialogue[open] .button-strong"), true);
    await keep(page, "phone-plan");
    await page.fill("#new-interval", "1");
    await page.fill("#new-shots", "15");
    await page.click(".dialogue[open] .button-strong");
    await Promise.all([page, second].map((one) => one.locator(".ring-total", { hasText: "of 15" }).waitFor()));
    for (const one of [page, second]) await one.locator(".dialogue[open] #report-title").waitFor({ timeout: 30_000 }); // it has ended
    const release = await hold(page, ".discard");
    await page.locator(".dialogue[open]").waitFor({ state: "detached" });
    await release();
    expectClean(page);
    expectClean(second);
    await page.context().close();
    await second.context().close();
  });

  test("a camera lost and found in mid-session is shown, and the timelapse goes on", async () => {
    const page = await openPage(program, { size: kPhone });
    await ready(page);
    await startTimelapse(page, { interval: 2, shots: 1000, title: "Long night" });
    await counted(page, 1);
    await program.atCamera("power", { on: false });
    await page.locator('.camera-state[data-state="backing_off"]').waitFor({ timeout: 30_000 });
    assert.match(await page.textContent(".camera-state"), /Reconnecting in \d+ s \(attempt \d+\)/);
    await until(page, () => Number(document.querySelector(".figure-failed dd").textContent) > 0);
    await keep(page, "phone-camera-lost");
    await program.atCamera("power", { on: true });
    await ready(page);
    await program.atCamera("condition", { temperature: "disablerelease" });
    await page.getByText("Long night paused: The camera is too hot").waitFor();
    await page.getByText("Too hot", { exact: true }).waitFor();
    await program.atCamera("condition", { temperature: "normal" });
    await page.getByText("Long night goes on").waitFor({ timeout: 30_000 });
    const taken = Number(await page.textContent(".ring-count"));
    await counted(page, taken + 1);
    expectClean(page, /status of (404|502|503|504)/); // the picture that was on the camera when it went
    await page.context().close();
  });
});

/// Waits until at least so many shots are shown as taken.
const counted = (page, shots) => until(page, (least) => Number(document.querySelector(".ring-count")?.textContent) >= least, shots);
