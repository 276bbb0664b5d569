import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Program, binary, closeBrowser, expectClean, go, hold, kDesk, keep, openPage, ready, startTimelapse, until } from "./harness.mjs";

describe("the machines' screen", { timeout: 300_000 }, () => {
  let program;
  before(async () => (program = await Program.start()));
  after(async () => {
    await closeBrowser();
    await program.kill();
    program.forget();
  });

  test("draws every lifecycle of the program with all its states and transitions", async () => {
    const tables = JSON.parse(execFileSync(binary, ["machines", "--format", "json"], { encoding: "utf8" }));
    const page = await openPage(program, { size: kDesk, screen: "machines" });
    await page.locator(".wall-tile").first().waitFor();
    const shown = (await page.locator(".wall-name").allTextContents()).map((name) => name.replace(/ /g, "_"));
    assert.deepEqual(shown, tables.map((table) => table.name));
    for (const { name, states, rows } of tables) {
      await page.goto(`${program.url}/#/machines/${name}`);
      await page.locator(".machine-head h2", { hasText: new RegExp(`^${name.replace(/_/g, " ")}$`) }).waitFor();
      await page.locator(".diagram .state").first().waitFor();
      const leaves = states.filter((state) => !state.composite);
      assert.deepEqual((await page.locator(".diagram .state").evaluateAll((all) => all.map((one) => one.getAttribute("aria-label")))).sort(), leaves.map((state) => state.name).sort(), name);
      const known = new Set(leaves.map((state) => state.name));
      const pairs = new Set(rows.filter((row) => row.to && known.has(row.from) && known.has(row.to)).map((row) => `${row.from}>${row.to}`));
      assert.equal(await page.locator(".diagram .arrow-group").count(), pairs.size, `arrows of ${name}`);
      assert.deepEqual(await overlapping(page), [], `states of ${name} that lie over each other`);
    }
    expectClean(page);
    await page.context().close();
  });

  test("lights the state a machine is in, shows the transition just taken, and goes back in time", async () => {
    const page = await openPage(program, { size: kDesk, screen: "machines/intervalometer" });
    await lit(page, "idle");
    const other = await openPage(program, { size: kDesk });
    await ready(other);
    await startTimelapse(other, { interval: 2, shots: 1000, title: "Seen" });
    await lit(page, "waiting");
    await page.locator('.arrow-group[data-taken="true"]').waitFor();
    await page.locator(".step", { hasText: "ShotSaved" }).first().waitFor();
    await keep(page, "desk-machines-running");

    // Back to the step that began it: the diagram shows how it was then, and stays there while the device goes on.
    await page.fill('input[type="search"]', "intervalometer CameraReady");
    await until(page, () => document.querySelectorAll(".step").length === 1);
    await page.click(".step");
    await page.locator(".timeline-live").waitFor();
    await lit(page, "waiting");
    await page.click('[aria-label="Step before"]');
    await lit(page, "validating");
    await page.click('[aria-label="Step before"]');
    await lit(page, "idle");
    assert.match(await page.textContent(".timeline-live"), /−\d+/);
    await page.click('[aria-label="Back to live"]');
    await lit(page, "waiting");

    // The rows of a state one asks for.
    await page.fill('input[type="search"]', "");
    await page.click('.state[aria-label="unsaved"]');
    assert.match(await page.textContent(".rows"), /In unsaved.*Save.*→ saving/s);

    const release = await hold(other, ".stop");
    await lit(page, "unsaved");
    await release();
    await other.locator(".dialogue[open] .button-strong").click(); // saved, so that nothing is asked of the next page
    await lit(page, "idle");
    expectClean(page);
    await other.context().close();
    await page.context().close();
  });

  test("opens the trace of a simulated night, and refuses what is none", async () => {
    const trace = join(program.state, "night.trace");
    execFileSync(binary, ["simulate", "--seed", "4", "--hours", "1", "--trace", trace]);
    const page = await openPage(program, { screen: "machines/intervalometer" });
    await page.locator(".wall-tile").first().waitFor();
    await page.setInputFiles("#trace-file", { name: "x.trace", mimeType: "text/plain", buffer: Buffer.from("no trace\n") });
    await page.locator(".file-bar .problem", { hasText: "no trace of nightjar" }).waitFor();
    await page.setInputFiles("#trace-file", trace);
    await page.locator(".file-name", { hasText: "night.trace" }).waitFor();
    assert.equal(await page.locator(".machine .warning").count(), 0, "the tables are this program's own");
    await page.locator(".timeline-when", { hasText: /^\d\d:\d\d:\d\d\.\d{3}$/ }).waitFor();
    await page.fill('input[type="search"]', "intervalometer ShotFailed");
    await page.locator(".step").first().click();
    await page.locator('.arrow-group[data-taken="true"]').waitFor();
    await keep(page, "phone-machines-file");
    await page.click("text=Close the file");
    await page.locator(".timeline-when", { hasText: "Live" }).waitFor();
    expectClean(page);
    await page.context().close();
  });

  test("goes on after the program was restarted", async () => {
    const page = await openPage(program, { screen: "machines/camera_link" });
    await lit(page, "ready");
    await program.kill("SIGKILL");
    program = await Program.start({ port: program.port, state: program.state });
    await page.locator('.badge[data-state="receiving_data"]').waitFor();
    await lit(page, "ready");
    await page.fill('input[type="search"]', "camera_link Opened");
    await until(page, () => document.querySelectorAll(".step").length === 1); // those of the run before are gone with the first answer
    await go(page, "now");
    await page.context().close();
  });
});

const lit = (page, state) => page.locator(`.diagram .state[data-lit="true"][aria-label="${state}"]`).waitFor({ timeout: 30_000 });

const overlapping = (page) =>
  page.locator(".diagram .state-box").evaluateAll((boxes) => {
    const places = boxes.map((box) => [box.closest(".state").getAttribute("aria-label"), box.getBoundingClientRect()]);
    const apart = (a, b) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
    return places.flatMap(([name, place], i) => places.slice(i + 1).filter(([, other]) => !apart(place, other)).map(([other]) => `${name} and ${other}`));
  });
