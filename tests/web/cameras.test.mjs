import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Program, closeBrowser, expectClean, hold, kDesk, openPage, ready } from "./harness.mjs";

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
});
