// Every screen in every look at both sizes: what a person cannot look at each day, a machine does.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { Program, brightest, closeBrowser, expectClean, go, hold, kDesk, kPhone, keep, live, openPage, ready, startTimelapse } from "./harness.mjs";

const kScreens = ["now", "timelapse", "cameras", "links", "machines"];
const kModes = ["dark", "light", "night"];
const kWeightMax = 120_000; // bytes as they cross the air, of everything the page is made of
const kPaintMax = 1000; // ms on a slow phone
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

describe("every screen", { timeout: 600_000 }, () => {
  let program;
  before(async () => {
    program = await Program.start();
    // A report to look at, and a session that runs.
    const page = await openPage(program);
    await ready(page);
    await startTimelapse(page, { interval: 1, shots: 3, title: "First light" });
    await page.locator(".dialogue[open] .button-strong").click({ timeout: 30_000 });
    await page.locator(".dialogue[open]").waitFor({ state: "detached" });
    await startTimelapse(page, { interval: 2, shots: 5000, title: "Ridge at dusk" });
    await page.context().close();
  });
  after(async () => {
    await closeBrowser();
    await program.kill();
    program.forget();
  });

  for (const [name, size] of [["phone", kPhone], ["desk", kDesk]]) {
    for (const mode of kModes) {
      test(`on a ${name}, ${mode}: nothing sticks out, nothing is hidden from screen readers`, async () => {
        const found = [];
        const page = await openPage(program, { size, look: { mode } });
        await live(page);
        await ready(page);
        for (const screen of kScreens) {
          await go(page, screen);
          if (screen === "machines") await page.locator('.state[data-lit="true"]').first().waitFor();
          if (screen === "timelapse") await page.locator(".report-entry").first().waitFor();
          found.push(...(await flaws(page, `${name}-${mode}-${screen}`, mode)));
        }
        await go(page, "timelapse");
        await page.locator(".report-entry").first().click();
        await page.locator(".plot canvas").first().waitFor();
        found.push(...(await flaws(page, `${name}-${mode}-report`, mode)));
        await page.click('[aria-label="Appearance"]');
        await page.locator(".dialogue[open]").waitFor();
        found.push(...(await flaws(page, `${name}-${mode}-appearance`, mode)));
        await page.click(".dialogue[open] .button-strong");
        await go(page, "now");
        await page.click(".progress-change");
        await page.locator(".dialogue[open]").waitFor();
        found.push(...(await flaws(page, `${name}-${mode}-plan`, mode)));
        assert.deepEqual(found, []);
        expectClean(page);
        await page.context().close();
      });
    }
  }

  test("the question at a session's end is as accessible as the rest", async () => {
    const page = await openPage(program);
    await ready(page);
    const release = await hold(page, ".stop");
    await page.locator(".dialogue[open]").waitFor();
    await release();
    for (const mode of kModes) {
      await page.evaluate((name) => (document.documentElement.dataset.theme = name), mode);
      assert.deepEqual(await flaws(page, `phone-${mode}-unsaved`, mode), []);
    }
    await page.click(".dialogue[open] .button-strong");
    await page.locator(".dialogue[open]").waitFor({ state: "detached" });
    await page.context().close();
  });

  test("the page weighs less than 120 KB in all, and is there within a second on a slow phone", async () => {
    const weights = new Map();
    const page = await openPage(program, {
      before: (fresh) =>
        fresh.on("response", async (response) => {
          const { pathname } = new URL(response.url());
          if (!pathname.startsWith("/api/")) weights.set(pathname, Number((await response.allHeaders())["content-length"] ?? 0)); // none: the icon, which browsers keep from page to page
        }),
    });
    await ready(page);
    for (const screen of kScreens) await go(page, screen);
    await page.locator('.state[data-lit="true"]').first().waitFor();
    await go(page, "timelapse");
    await page.locator(".report-entry").first().click();
    await page.locator(".plot canvas").first().waitFor();
    const weight = [...weights.values()].reduce((sum, bytes) => sum + bytes, 0);
    assert.ok(weights.size >= 6, `all parts were fetched: ${[...weights.keys()]}`);
    assert.ok(weight > 60_000 && weight < kWeightMax, `the page weighs ${weight} bytes: ${JSON.stringify([...weights])}`);
    await page.context().close();

    const paints = [];
    for (let load = 0; load < 5; ++load) paints.push(await firstPaint(program)); // the quickest is the page's own doing, the others the machine's
    assert.ok(Math.min(...paints) < kPaintMax, `first paint after ${paints} ms`);
  });

  test("whoever wants less motion gets none", async () => {
    const page = await openPage(program, { before: (fresh) => fresh.emulateMedia({ reducedMotion: "reduce" }) });
    await live(page);
    await go(page, "machines");
    await page.locator('.state[data-lit="true"]').first().waitFor();
    const moving = await page.evaluate(() => document.getAnimations().filter((one) => Number(one.effect.getComputedTiming().activeDuration) > 1).length);
    assert.equal(moving, 0);
    await page.context().close();
  });

  test("the browser's back button goes back a screen, and a bookmark opens one", async () => {
    const page = await openPage(program, { screen: "links" });
    await page.locator('.main[data-screen="links"]').waitFor();
    await go(page, "cameras");
    await page.goBack();
    await page.locator('.main[data-screen="links"]').waitFor();
    assert.match(await page.title(), /^Links/);
    await page.goto(`${program.url}/#/no-such-screen`);
    await page.locator('.main[data-screen="now"]').waitFor();
    await page.context().close();
  });
});

async function flaws(page, name, mode) {
  await keep(page, name);
  const out = await page.evaluate(axe).then(() => page.evaluate(judged));
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) out.push(`${wide} px wider than the screen`);
  if (mode === "night") {
    const [green, blue, red] = await brightest(page);
    if (green + blue > 0) out.push(`green ${green} and blue ${blue} on the screen`);
    if (red < 200) out.push("nothing to see");
  }
  return out.map((flaw) => `${name}: ${flaw}`);
}

/// In the page. Every rule of WCAG 2.2 A and AA, and of good practice.
async function judged() {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations } = await axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
  return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.html.slice(0, 160)} ${node.any.map((check) => check.message).join(" ").slice(0, 200)}`));
}

async function firstPaint(program) {
  const page = await openPage(program, {
    before: async (fresh) => {
      const session = await fresh.context().newCDPSession(fresh);
      await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
    },
  });
  await live(page);
  const paint = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0].startTime);
  await page.context().close();
  return Math.round(paint);
}
