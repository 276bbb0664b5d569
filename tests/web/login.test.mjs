import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Program, closeBrowser, expectClean, go, keep, live, openPage, ready, until } from "./harness.mjs";

const kToken = "a secret & more"; // needs its encoding
const kRefused = /401|WebSocket connection to .* failed/; // what a browser writes of an answer that is meant so

describe("a device with a token", { timeout: 300_000 }, () => {
  let program;
  before(async () => (program = await Program.start({ config: `[auth]\ntoken = "${kToken}"\n` })));
  after(async () => {
    await closeBrowser();
    await program.kill();
    program.forget();
  });

  test("is asked for once, remembered, and forgotten on logging out", async () => {
    const page = await openPage(program);
    await page.locator(".dialogue[open] #token").waitFor();
    assert.equal(await page.getAttribute(".badge", "data-state"), "error", "an answer of 401 is a failed authentication, and is not tried again");
    await keep(page, "phone-login");
    await page.fill("#token", "wrong");
    await page.click(".dialogue[open] .button-strong");
    await page.locator(".dialogue[open]", { hasText: "That was not the device's token" }).waitFor();
    await page.fill("#token", kToken);
    await page.click(".dialogue[open] .button-strong");
    await live(page);
    await ready(page);
    await page.click('.shutter:not([data-busy="true"])');
    await until(page, () => (document.querySelector(".picture-image")?.naturalWidth ?? 0) > 0);
    await go(page, "machines");
    await page.locator('.state[data-lit="true"]').first().waitFor();
    await page.reload();
    await live(page);

    await page.click('[aria-label="Appearance"]');
    await page.click("text=Log out");
    await page.locator(".dialogue[open] #token").waitFor();
    assert.equal(await page.getAttribute(".badge", "data-state"), "disconnected");
    assert.equal(await page.locator(".camera-model").count(), 0, "nothing is left to see");
    assert.equal(await page.evaluate(() => JSON.stringify(localStorage).includes("secret")), false);
    expectClean(page, kRefused);
    await page.context().close();
  });

  test("is taken from the address, and out of it", async () => {
    const page = await openPage(program, { query: `?token=${encodeURIComponent(kToken)}` });
    await live(page);
    assert.doesNotMatch(page.url(), /token/);
    await page.reload();
    await live(page);
    expectClean(page);
    await page.context().close();
  });
});
