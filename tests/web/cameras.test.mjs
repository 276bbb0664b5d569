import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { Program, announcedCamera, closeBrowser, expectClean, hold, kDesk, keep, live, openPage, ready, until } from "./harness.mjs";

describe("the cameras' screen", { timeout: 300_000 }, () => {
  let program;
  before(async () => (program = await Program.start()));
  after(async () => {
    await closeBrowser();
    await program.kill();
    program.forget();
  });

  test("shows what is known, names a camera on every phone, and forgets it when held", async () => {
    const page = await openPage(program, { screen: "cameras" });
    const second = await openPage(program, { size: kDesk, screen: "cameras" });
    await ready(page);
    const known = page.locator(".known");
    await known.waitFor();
    assert.match(await known.textContent(), /Canon EOS .*In use.*Primary.*Serial number/s);
    await known.getByText("Rename").click();
    await page.fill(".name-form .input", "North ridge");
    await page.click(".name-form .button");
    for (const one of [page, second]) await one.locator(".known strong", { hasText: "North ridge" }).waitFor();

    await page.click(".known .hold"); // a tap is not enough
    assert.equal(await known.count(), 1);
    const release = await hold(page, ".known .hold");
    for (const one of [page, second]) await one.locator(".known").waitFor({ state: "detached" });
    await release();
    expectClean(page);
    expectClean(second);
    await page.context().close();
    await second.context().close();
  });

  test("steps through the camera's settings, and says how long the shutter is open at bulb", async () => {
    await program.kill();
    program.forget();
    program = await Program.start(); // the camera was forgotten
    const page = await openPage(program, { screen: "cameras" });
    const second = await openPage(program, { size: kDesk, screen: "cameras" });
    await ready(page);
    const value = (one, name) => one.locator(`[data-setting="${name}"] output`);
    const step = (one, name, way) => one.click(`[data-setting="${name}"] [aria-label$="${way}"]`);
    await value(second, "iso").waitFor();
    const before = await value(page, "iso").textContent();
    await step(page, "iso", "more");
    const wanted = await value(page, "iso").textContent();
    assert.notEqual(wanted, before);
    await value(second, "iso").getByText(wanted, { exact: true }).waitFor();

    assert.equal(await value(page, "stillimagequality.jpeg").textContent(), "large fine");
    await step(page, "stillimagequality.raw", "more");
    for (const one of [page, second]) await value(one, "stillimagequality.raw").getByText("raw", { exact: true }).waitFor();
    assert.equal(await value(second, "stillimagequality.jpeg").textContent(), "large fine");

    assert.equal(await page.locator('[data-setting="bulb"]').count(), 0);
    await program.atCamera("dial", { mode: "bulb" });
    await value(page, "bulb").getByText("not set").waitFor();
    await page.click('.nav-entry[data-screen="timelapse"]');
    await page.locator(".form-note .warning", { hasText: "The camera is at bulb" }).waitFor();
    await page.goBack();
    await step(page, "bulb", "more");
    for (const one of [page, second]) await value(one, "bulb").getByText("1 s", { exact: true }).waitFor();
    await keep(page, "phone-bulb");
    await page.click('.nav-entry[data-screen="now"]');
    const shots = (await program.shots()).length;
    await page.click(".shutter");
    await until(page, () => document.querySelector(".picture-image")?.naturalWidth > 0);
    assert.equal((await program.shots()).length, shots + 1);
    expectClean(page);
    expectClean(second);
    await page.context().close();
    await second.context().close();
  });
});

describe("a camera that announces itself", { timeout: 300_000 }, () => {
  const uuid = randomUUID();
  let program;
  let end = async () => {};
  before(async () => (program = await Program.start({ board: "generic" })));
  after(async () => {
    await closeBrowser();
    await end();
    await program.kill();
    program.forget();
  });

  test("is found, chosen, and found again at another address, its earlier one kept", async () => {
    const page = await openPage(program, { screen: "cameras" });
    const second = await openPage(program, { size: kDesk, screen: "cameras" });
    await live(page);
    end = await announcedCamera(uuid, "127.0.0.1");
    const known = (one) => one.locator(".known", { hasText: "Canon EOS Test" });
    for (const one of [page, second]) await known(one).waitFor({ timeout: 60_000 });
    await ready(page);
    await end();
    end = await announcedCamera(uuid, "127.0.0.2");
    for (const one of [page, second]) await known(one).getByText(/127\.0\.0\.2:\d+/).first().waitFor({ timeout: 60_000 });
    for (const one of [page, second]) await known(one).locator(".fact", { hasText: "Earlier addresses" }).getByText(/127\.0\.0\.1/).waitFor();
    await ready(page);
    await keep(page, "phone-camera-moved");
    expectClean(page, /status of (404|502|503|504)/);
    expectClean(second, /status of (404|502|503|504)/);
    await page.context().close();
    await second.context().close();
  });
});
