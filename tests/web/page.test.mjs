import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Program, brightest, closeBrowser, expectClean, kDesk, kPhone, keep, live, openPage, ready, until } from "./harness.mjs";

const sizes = [["phone", kPhone], ["desk", kDesk]];

describe("the page", { timeout: 300_000 }, () => {
  let program;
  before(async () => (program = await Program.start()));
  after(async () => {
    await closeBrowser();
    await program.kill();
    program.forget();
  });

  for (const [name, size] of sizes) {
    test(`loads on a ${name}, shows the camera, complains of nothing and asks nobody else`, async () => {
      const page = await openPage(program, { size });
      await live(page);
      await ready(page);
      assert.match(await page.textContent(".camera-model"), /Canon/);
      for (const tile of await page.locator(".tile dd").allTextContents()) assert.notEqual(tile, "–");
      assert.ok(await page.locator(".shutter").isEnabled());
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `the page is ${wide} px wider than the screen`);
      await keep(page, `${name}-idle`);
      expectClean(page);
      await page.context().close();
    });
  }

  test("is served under a strict content security policy", async () => {
    const policy = (await fetch(program.url)).headers.get("content-security-policy") ?? "";
    assert.match(policy, /default-src 'none'|default-src 'self'/);
    assert.doesNotMatch(policy, /unsafe|\*/);
    assert.doesNotMatch(policy, /\b(https?|wss?|data|blob):(?=[\s;]|$)/, "a bare scheme lets requests leave the host");
  });

  test("takes a photo with the shutter and shows each new picture", async () => {
    const page = await openPage(program);
    await ready(page);
    const before = (await program.shots()).length;
    const pictures = [];
    for (const count of [1, 2]) {
      const answered = page.waitForResponse((response) => response.url().includes("/api/camera/last-picture"));
      await page.click('.shutter:not([data-busy="true"])');
      pictures.push(await (await answered).body());
      const shown = page.locator(".picture-image");
      await shown.waitFor();
      await until(page, (old) => document.querySelector(".picture-image").src !== old, page.lastPicture ?? "");
      page.lastPicture = await shown.evaluate((image) => image.src);
      assert.ok((await shown.evaluate((image) => image.naturalWidth)) > 0);
      assert.equal((await program.shots()).length, before + count);
      await page.locator('.shutter[data-busy="false"]').waitFor();
    }
    for (const jpeg of pictures) assert.equal(jpeg.subarray(0, 2).toString("hex"), "ffd8");
    assert.notDeepEqual(pictures[0], pictures[1], "the second picture is another one");
    await keep(page, "phone-picture");
    expectClean(page);
    await page.context().close();
  });

  test("works by keyboard alone", async () => {
    const page = await openPage(program, { size: kDesk });
    await ready(page);
    const before = (await program.shots()).length;
    await page.locator('.shutter[data-busy="false"]').focus();
    await page.keyboard.press("Enter");
    await page.locator(".picture-image").waitFor();
    assert.equal((await program.shots()).length, before + 1);
    const names = await page.evaluate(() => {
      const nameless = [];
      for (const control of document.querySelectorAll("button, input")) {
        const name = control.getAttribute("aria-label") || control.textContent || [...(control.labels ?? [])].map((label) => label.textContent).join("");
        if (!name.trim()) nameless.push(control.outerHTML);
      }
      return nameless;
    });
    assert.deepEqual(names, [], "controls without a name for screen readers");
    expectClean(page);
    await page.context().close();
  });

  test("night mode is pure red on black, and is remembered", async () => {
    const page = await openPage(program);
    await ready(page);
    await page.click('.shutter:not([data-busy="true"])');
    await page.locator(".picture-image").waitFor();
    await page.click('[aria-label="Night mode"]');
    await page.reload();
    await ready(page);
    assert.equal(await page.getAttribute("html", "data-theme"), "night");
    await page.click('.shutter:not([data-busy="true"])');
    await page.locator(".picture-image").waitFor();
    const other = await brightest(page);
    assert.deepEqual(other.slice(0, 2), [0, 0], "the brightest green and blue on the screen");
    assert.ok(other[2] > 200, "there is something to see");
    await keep(page, "phone-night");
    await page.click('[aria-label="Night mode"]');
    assert.equal(await page.getAttribute("html", "data-theme"), "dark");
    await page.context().close();
  });

  test("the form says at once what the device would refuse", async () => {
    const page = await openPage(program, { screen: "timelapse" });
    await ready(page);
    const cases = [
      ["#interval", "0.9", /From 1 s/, false],
      ["#interval", "86401", /From 1 s/, false],
      ["#interval", "ten", /interval in seconds/, false],
      ["#interval", "4.9", /Below 5 s/, true],
      ["#interval", "86400", /Takes/, true],
      ["#interval", "5", /Takes/, true],
      ["#shots", "0", /From 1 to/, false],
      ["#shots", "100001", /From 1 to/, false],
      ["#shots", "2.5", /whole number/, false],
      ["#shots", "100000", /Takes/, true],
    ];
    for (const [field, value, note, allowed] of cases) {
      await page.fill(field, value);
      assert.match(await page.textContent("#form-note"), note, `${field} ${value}`);
      assert.equal(await page.locator(".start").isEnabled(), allowed, `${field} ${value}`);
    }
    await page.locator('input[value="stop-at"]').check({ force: true });
    await page.fill("#stop-time", "");
    assert.match(await page.textContent("#form-note"), /HH:MM/);
    await page.fill("#stop-time", "05:30");
    assert.match(await page.textContent("#form-note"), /shots in/);
    await page.locator('input[value="unlimited"]').check({ force: true });
    assert.match(await page.textContent("#form-note"), /until you stop it/);
    assert.ok(await page.locator(".start").isEnabled());
    expectClean(page);
    await page.context().close();
  });

  test("connects to a camera by address and says so when there is none", async () => {
    const page = await openPage(program, { screen: "cameras" });
    await ready(page);
    await page.fill("#address-input", "300.1.1.1");
    await page.click(".address button");
    assert.match(await page.textContent("#address-problem"), /An address such as/);
    await page.fill("#address-input", "127.0.0.1:1");
    await page.click(".address button");
    await page.locator(".toast", { hasText: "Failed to connect to camera at IP" }).waitFor({ timeout: 20_000 });
    await page.context().close();
  });
});
