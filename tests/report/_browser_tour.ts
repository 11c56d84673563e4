/// <reference lib="dom" />
/**
 * Opens every page of a report and prints, as JSON, what a person would stumble over: `deno run -A _browser_tour.ts
 * FOLDER CHROMIUM`. A program of its own, because Playwright does not run without all permissions.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [folder, executablePath] = Deno.args;
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const trouble: string[] = [];
let charts = 0;
for await (const { name } of Deno.readDir(folder)) {
  if (!name.endsWith(".html")) continue;
  for (const width of [1280, 390]) {
    const context = await browser.newContext({ viewport: { width, height: 800 } });
    const page = await context.newPage();
    const say = (what: string) => trouble.push(`${name} at ${width} px: ${what}`);
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && say(message.text()));
    page.on("pageerror", (error) => say(error.message));
    page.on("dialog", (dialog) => say(`dialog ${dialog.message()}`));
    page.on("request", (request) => /^(file|data):/.test(request.url()) || say(`request to ${request.url()}`));
    await page.goto(pathToFileURL(join(folder, name)).href);
    // What is folded away is drawn when it is opened.
    await page.evaluate(() => document.querySelectorAll("details").forEach((details) => details.open = true));
    const drawn = page.locator('.chart[data-drawn="interactive"] svg');
    const expected = await page.locator(".chart").count();
    if (expected > 0) {
      await drawn.nth(expected - 1).waitFor({ timeout: 10_000 }).catch(() => say("a chart is not drawn"));
    }
    charts += expected;
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wide > 0) say(`overflows by ${wide} px`);
    await context.close();
  }
}
await browser.close();
console.log(JSON.stringify({ trouble, charts }));
Deno.exit(0);
