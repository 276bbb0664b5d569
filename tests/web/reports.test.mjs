import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { Program, closeBrowser, expectClean, go, openPage, ready, startTimelapse } from "./harness.mjs";

describe("a report", { timeout: 300_000 }, () => {
  let program;
  before(async () => (program = await Program.start()));
  after(async () => {
    await closeBrowser();
    await program.kill();
    program.forget();
  });

  test("is listed when it is saved, drawn shot by shot, and taken home as CSV and JSON", async () => {
    const page = await openPage(program);
    await ready(page);
    await startTimelapse(page, { interval: 1, shots: 4, title: "First light" });
    await page.locator(".dialogue[open] .button-strong").click({ timeout: 30_000 });
    await go(page, "timelapse");
    await page.locator(".report-entry").click();
    await page.locator("#report-heading", { hasText: "First light" }).waitFor();
    assert.match(await page.textContent(".report .facts"), /Interval1 s.*Shots4/s);
    await page.locator(".plot canvas").nth(1).waitFor();
    const csv = await downloaded(page, "Save as CSV");
    assert.match(csv.name, /^First-light\.csv$/);
    const lines = csv.text.trim().split("\r\n");
    assert.deepEqual([lines[0], lines.length], ["shot,outcome,late_ms,took_ms", 5]);
    for (const line of lines.slice(1)) assert.match(line, /^\d,saved,-?\d+(\.\d+)?,\d+$/);
    const json = await downloaded(page, "Save as JSON");
    assert.deepEqual(JSON.parse(json.text), program.reports()[0]);
    expectClean(page);
    await page.context().close();
  });
});

async function downloaded(page, words) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.click(`text=${words}`)]);
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), "utf8") };
}
