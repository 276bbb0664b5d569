import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Program, binary, closeBrowser, expectClean, go, hold, keep, kDesk, openPage, ready } from "./harness.mjs";

describe("the links' screen", { timeout: 300_000 }, () => {
  let server;
  let program;
  before(async () => {
    // One device is the metrics server of the other.
    server = await Program.start({ config: `[metrics]\nsecret = "0123456789abcdef0123456789abcdef"\n` });
    const token = execFileSync(binary, ["token", "--subject", "roof", "--ttl", "1h", "--config", join(server.state, "settings.toml")], { encoding: "utf8" }).trim();
    program = await Program.start({ config: `[uplink]\nurl = "ws://127.0.0.1:${server.port}/api/ws/metrics"\ntoken = "${token}"\n` });
  });
  after(async () => {
    await closeBrowser();
    for (const one of [server, program]) {
      await one.kill();
      one.forget();
    }
  });

  test("the uplink wears the seed's badges: live, reconnecting with its attempt, live again", async () => {
    const page = await openPage(program, { screen: "links" });
    const badge = (state) => page.locator(`[data-link="uplink"] .badge[data-state="${state}"]`);
    await badge("receiving_data").waitFor({ timeout: 20_000 });
    assert.match(await badge("receiving_data").textContent(), /^Live/);
    assert.match(await page.textContent('[data-link="uplink"] .facts'), /Last word(just now|\d+ s ago)/);
    await keep(page, "phone-links-live");
    await server.kill("SIGKILL");
    await badge("reconnecting").waitFor({ timeout: 20_000 });
    assert.match(await badge("reconnecting").textContent(), /Reconnecting\.\.\. \(attempt \d+\/10\)/);
    await keep(page, "phone-links-lost");
    server = await Program.start({ port: server.port, state: server.state, config: `[metrics]\nsecret = "0123456789abcdef0123456789abcdef"\n` });
    await badge("receiving_data").waitFor({ timeout: 45_000 });
    expectClean(page);
    await page.context().close();
  });

  test("a refused token is an error with Retry, and what to do", async () => {
    const refused = await Program.start({ config: `[uplink]\nurl = "ws://127.0.0.1:${server.port}/api/ws/metrics"\ntoken = "no.real.token"\n` });
    const page = await openPage(refused, { size: kDesk, screen: "links" });
    const card = page.locator('[data-link="uplink"]');
    await card.locator('.badge[data-state="error"]').waitFor({ timeout: 20_000 });
    assert.match(await card.textContent(), /Connection Failed.*Authentication failed.*What to do.*uplink\.token/s);
    await page.locator('.nav-entry[data-screen="links"] .nav-mark').waitFor();
    await card.locator("text=Retry").click(); // it may, and is refused again
    await card.locator('.badge[data-state="error"]').waitFor({ timeout: 20_000 });
    await keep(page, "desk-links-error");
    expectClean(page);
    await page.context().close();
    await refused.kill();
    refused.forget();
  });

  test("a session is hosted, fired and ended; another phone sees each", async () => {
    const page = await openPage(program, { screen: "links" });
    const second = await openPage(program, { size: kDesk, screen: "links" });
    await ready(page);
    await page.fill("#session-name", "Ridge line");
    await page.click("text=Host a session");
    for (const one of [page, second]) await one.locator(".session-code", { hasText: /^[A-Z0-9]{3}-[A-Z0-9]{3}$/ }).waitFor({ timeout: 30_000 });
    assert.match(await second.textContent('[data-link="session"]'), /Hosting.*Ridge line.*host · this device/s);
    const before = (await program.shots()).length;
    await page.click("text=Fire all cameras");
    for (const one of [page, second]) await one.locator('[data-link="session"]', { hasText: /Last salvo1\/1 fired/ }).waitFor();
    assert.equal((await program.shots()).length, before + 1);
    await keep(page, "phone-session");
    const release = await hold(page, '[data-link="session"] .hold');
    for (const one of [page, second]) await one.locator("#session-code").waitFor();
    await release();
    await go(page, "now");
    expectClean(page);
    expectClean(second);
    await page.context().close();
    await second.context().close();
  });
});

describe("the time from the page", { timeout: 300_000 }, () => {
  let program;
  before(async () => (program = await Program.start()));
  after(async () => {
    await closeBrowser();
    await program.kill();
    program.forget();
  });

  test("is told by the phone's GPS where the browser gives it, and a fix that is too coarse is not believed", async () => {
    const page = await openPage(program, { screen: "links" });
    await ready(page);
    const card = page.locator(".card", { hasText: "Set by" });
    await card.getByText("A phone").waitFor();
    const context = page.context();
    await context.grantPermissions(["geolocation"]);
    await context.setGeolocation({ latitude: 46.5, longitude: 7.9, accuracy: 5000 });
    await page.getByText("Tell the time by this phone's GPS").click();
    await page.getByText("Poor GPS accuracy").first().waitFor();
    await context.setGeolocation({ latitude: 46.5, longitude: 7.9, accuracy: 8 });
    await page.getByText("Tell the time by this phone's GPS").click();
    await card.getByText("GPS, reliable").waitFor();
    await keep(page, "phone-gps");
    expectClean(page);
    await context.close();
  });
});

describe("Wi-Fi from the page", { timeout: 300_000 }, () => {
  const kHostile = "Café $(reboot)";
  let program;
  before(async () => (program = await Program.start({ networks: [["Hut", "edelweiss"], [kHostile, "it's \"quoted\""]] })));
  after(async () => {
    await closeBrowser();
    await program.kill();
    program.forget();
  });

  test("looks for networks, says why one was not joined, and joins another; a second phone sees each", async () => {
    const page = await openPage(program, { screen: "links" });
    const second = await openPage(program, { size: kDesk, screen: "links" });
    await ready(page);
    await page.click(".wifi > .button");
    const network = (one, ssid) => one.locator(".wifi li", { hasText: ssid });
    await network(page, "Hut").waitFor({ timeout: 30_000 });
    const join = async (ssid, password) => {
      await network(page, ssid).locator("button").first().click();
      await page.fill("#wifi-password", password);
      await keep(page, "phone-wifi");
      await page.click(".name-form .button-strong");
    };
    await join("Hut", "not the password");
    const seen = (words) => Promise.all([page, second].map((one) => one.getByText(words).first().waitFor({ timeout: 60_000 }))); // they go by
    await seen(/Hut was not joined: .*/);
    await join(kHostile, "it's \"quoted\"");
    await seen(`Joined ${kHostile}`);
    await network(page, kHostile).getByText("in use").waitFor();
    await page.locator(".facts", { hasText: `wlan0 · ${kHostile}` }).waitFor();
    expectClean(page);
    expectClean(second);
    await page.context().close();
    await second.context().close();
  });
});
