/// <reference lib="dom" />
/**
 * What must hold of the pages in `folder` when a browser shows them: `deno run -A _browser_checks.ts FOLDER CHROMIUM`.
 * Prints a line of JSON for each check. A program of its own, because Playwright does not run without all permissions.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { HOSTILE } from "./_executed.ts";

const [folder, executablePath] = Deno.args;
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });

const PAGES = ["index.html", "03_training.html", "02_baselines.partial.html"];

const CHECKS: Record<string, () => Promise<void>> = {
  async "load nothing, say nothing on the console, and run nothing foreign"() {
    for (const file of PAGES) {
      for (const javaScriptEnabled of [true, false]) {
        await withPage(file, { javaScriptEnabled }, async (page, seen) => {
          assert.deepEqual(seen, [], file);
          if (javaScriptEnabled) assert.equal(await page.evaluate(() => document.querySelector("script[src]")), null);
        });
      }
    }
  },

  async "draw their charts interactively, with the same description as the picture"() {
    for (
      const [file, first] of [
        ["index.html", /^Accuracy on unseen images/],
        ["03_training.html", /^Loss and accuracy against epoch/],
      ] as const
    ) {
      await withPage(file, {}, async (page) => {
        const drawn = page.locator('.chart[data-drawn="interactive"] svg');
        assert.equal(await drawn.count(), 2);
        assert.match(await drawn.first().getAttribute("aria-label") ?? "", first);
        assert.ok((await drawn.first().boundingBox())!.height > 120);
      });
    }
  },

  async "show beside a finding its first numbers, and its chart once it is opened, drawn only then"() {
    for (const viewport of [{ width: 1280, height: 800 }, { width: 390, height: 844 }]) {
      for (const colorScheme of ["light", "dark"] as const) {
        await withPage("index.html", { viewport, colorScheme }, async (page) => {
          const finding = page.locator(".plateau-warning");
          assert.match(await finding.innerText(), /Accuracy on unseen images: 27\.1.%/);
          assert.match(await finding.innerText(), /No effect can be told: \+1\.2.points/);
          const chart = finding.locator("[data-chart]");
          assert.equal(await chart.getAttribute("data-drawn"), null);
          await finding.getByText("Chart: Loss and accuracy").click();
          await finding.locator('[data-drawn="interactive"] svg').waitFor();
          assert.ok((await chart.boundingBox())!.height > 200);
          const widths = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
          assert.equal(widths[0], widths[1]);
          // A second finding with the same chart leads to the first.
          const link = page.locator(".plateau-info .chart-link a");
          assert.equal(await page.locator(await link.getAttribute("href") ?? "none").count(), 1);
        });
      }
    }
  },

  async "show the chart of a finding as a picture where scripts are off"() {
    await withPage("index.html", { javaScriptEnabled: false }, async (page) => {
      await page.getByText("Chart: Loss and accuracy").first().click();
      assert.ok((await page.locator(".plateau-warning .chart svg").boundingBox())!.height > 200);
    });
  },

  async "have the accuracy ladder on top of the index, with what is missing below it"() {
    await withPage("index.html", {}, async (page) => {
      const [first] = await page.locator("main h2").allInnerTexts();
      assert.equal(first, "The accuracy ladder");
      const section = page.locator("section", { has: page.locator("#ladder") });
      assert.match(await section.innerText(), /thread-cnn <script>/);
      assert.match(await section.innerText(), /Simple methods: run notebook 02/);
      assert.equal(await section.locator("code").first().innerText(), "deno task report --model FILE.ts");
    });
  },

  async "answer the pointer over a chart, class names as text"() {
    await withPage("03_training.html", {}, async (page) => {
      const bar = page.locator(".chart").nth(1).locator(".mark-rect path").first();
      await bar.scrollIntoViewIfNeeded();
      await bar.hover();
      const tooltip = page.locator("#vg-tooltip-element.visible");
      await tooltip.waitFor();
      assert.match(await tooltip.innerText(), /Class/);
      assert.equal(await tooltip.locator("script, img").count(), 0);
    });
  },

  async "show their charts as pictures where scripts are off"() {
    await withPage("03_training.html", { javaScriptEnabled: false }, async (page) => {
      const still = page.locator(".chart svg[role=img]");
      assert.equal(await still.count(), 2);
      assert.ok((await still.first().boundingBox())!.height > 200);
      assert.equal(await page.locator("[data-toggle-code]").isVisible(), false);
    });
  },

  async "do not scroll sideways at 390 px, in light and dark"() {
    for (const file of PAGES) {
      for (const colorScheme of ["light", "dark"] as const) {
        await withPage(file, { viewport: { width: 390, height: 844 }, colorScheme }, async (page) => {
          const widths = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
          assert.deepEqual(widths, [390, 390], file);
        });
      }
    }
  },

  async "follow the system's dark mode with enough contrast, charts too"() {
    const lightness = async (colorScheme: "light" | "dark") => {
      let values: number[] = [];
      await withPage("index.html", { colorScheme }, async (page) => {
        values = await page.evaluate(() => {
          const rgb = (text: string) => (text.match(/\d+/g) ?? []).slice(0, 3).map(Number);
          const luminance = (text: string) => rgb(text).reduce((sum, part) => sum + part / 765, 0);
          const label = document.querySelector(".chart svg text")!;
          return [
            luminance(getComputedStyle(document.body).backgroundColor),
            luminance(getComputedStyle(document.body).color),
            luminance(getComputedStyle(label).fill),
          ];
        });
      });
      return values;
    };
    const [lightPaper, lightInk, lightLabel] = await lightness("light");
    assert.ok(lightPaper - lightInk > 0.7 && lightPaper - lightLabel > 0.7);
    const [darkPaper, darkInk, darkLabel] = await lightness("dark");
    assert.ok(darkInk - darkPaper > 0.7 && darkLabel - darkPaper > 0.7);
  },

  async "show hostile names as text, in notebooks and in the index"() {
    for (const file of PAGES.slice(0, 2)) {
      await withPage(file, {}, async (page) => {
        const text = await page.locator("main").innerText();
        assert.ok(text.includes(HOSTILE[0]), file);
        assert.equal(await page.locator("main [onclick], main [onerror], main iframe").count(), 0);
        assert.equal(await page.locator("main script:not([type='application/json'])").count(), 0);
      });
    }
  },

  async "refuse markup that got into a page by whatever way: the policy lets only the report's own scripts run"() {
    await withPage("03_training.html", {}, async (page) => {
      const result = await page.evaluate(async () => {
        const script = document.createElement("script");
        script.textContent = "window.intruder = true";
        document.body.append(script);
        const loaded = await fetch("data:text/plain,x").then(() => true, () => false);
        return { ran: "intruder" in window, loaded };
      });
      assert.deepEqual(result, { ran: false, loaded: false });
    }, { mayComplain: true });
  },

  async "open and close all code with one button, and have one title, landmarks and alt texts"() {
    await withPage("03_training.html", {}, async (page) => {
      assert.equal(await page.locator("details.code[open]").count(), 0);
      await page.getByRole("button", { name: "Show all code" }).click();
      assert.equal(await page.locator("details.code:not([open])").count(), 0);
      assert.equal(await page.locator("h1").count(), 1);
      assert.equal(await page.locator("main, header, footer").count(), 3);
      assert.equal(await page.locator("img:not([alt])").count(), 0);
    });
    for (const file of PAGES) {
      await withPage(file, {}, async (page) => {
        const ids = await page.evaluate(() => [...document.querySelectorAll("[id]")].map(({ id }) => id));
        assert.equal(new Set(ids).size, ids.length, file);
      });
    }
  },

  async "name notebook, cell and error where one failed"() {
    await withPage("02_baselines.partial.html", {}, async (page) => {
      const text = await page.locator("main").innerText();
      assert.match(text, /Failed in cell 1/);
      assert.match(text, /KernelError/);
      assert.match(text, /The Deno kernel is gone/);
    });
  },

  async "have no picture left with --no-images, and keep the charts"() {
    await withPage("plain/03_training.html", {}, async (page) => {
      assert.equal(await page.locator("img").count(), 0);
      assert.ok(await page.locator(".left-out").count() > 10);
      assert.equal(await page.locator(".chart svg").count(), 3);
    });
  },
};

/** Opens a page and collects what it should not do: requests, messages, errors, dialogs. */
async function withPage(
  file: string,
  context: BrowserContextOptions,
  use: (page: Page, seen: string[]) => Promise<void>,
  { mayComplain = false } = {},
): Promise<void> {
  const page = await browser.newPage(context);
  const seen: string[] = [];
  page.on("request", (request) => {
    if (!/^(file|data):/.test(request.url())) seen.push(`request ${request.url()}`);
  });
  page.on("console", (message) => seen.push(`console ${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => seen.push(`error ${error}`));
  page.on("dialog", (dialog) => {
    seen.push(`dialog ${dialog.message()}`);
    dialog.dismiss();
  });
  try {
    await page.goto(pathToFileURL(join(folder, file)).href);
    const hasCharts = context.javaScriptEnabled !== false && await page.locator("[data-chart]").count() > 0;
    if (hasCharts) await page.waitForSelector("html[data-charts=drawn]", { state: "attached" });
    await use(page, seen);
    if (!mayComplain) assert.deepEqual(seen, [], file);
  } finally {
    await page.close();
  }
}

for (const [name, check] of Object.entries(CHECKS)) {
  const error = await check().then(() => null, (thrown: Error) => thrown.message);
  console.log(JSON.stringify({ name, error }));
}
await browser.close();
