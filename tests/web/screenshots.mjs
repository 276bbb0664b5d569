// What a visitor of the README sees: a timelapse that runs, the same at night, and the machines behind it.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Program, closeBrowser, kDesk, openPage, ready, startTimelapse, until } from "./harness.mjs";

const [folder] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const program = await Program.start();
try {
  const phone = await openPage(program);
  await ready(phone);
  await startTimelapse(phone, { interval: 2, shots: 24, title: "Ridge at dusk" });
  await until(phone, () => Number(document.querySelector(".ring-count").textContent) >= 9, undefined, 60_000);
  await take(phone, "now");
  await phone.click('[aria-label="Night mode"]');
  await take(phone, "night");
  const desk = await openPage(program, { size: kDesk, screen: "machines/capture" });
  await desk.locator(".diagram .arrow-group[data-taken=\"true\"]").first().waitFor();
  await take(desk, "machines");
} finally {
  await closeBrowser();
  await program.kill();
  program.forget();
}

async function take(page, name) {
  await until(page, () => (document.querySelector(".picture-image")?.naturalWidth ?? 1) > 0);
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
