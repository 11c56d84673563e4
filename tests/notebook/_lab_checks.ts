/// <reference lib="dom" />
/**
 * Opens a notebook in a running JupyterLab, runs all of its cells, waits for the chart and the end, and saves it:
 * `deno run -A _lab_checks.ts URL CHROMIUM SCREENSHOT`. Prints a line of JSON with what it found. A program of its own,
 * because Playwright does not run without all permissions.
 */
import { chromium } from "playwright-core";

const [url, executablePath, screenshot] = Deno.args;
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1600 } });
  await page.goto(url);
  await page.locator(".jp-Notebook .jp-Cell").first().waitFor({ timeout: 60_000 });
  // No kernel is chosen by hand: the notebook names its own.
  await page.locator('.jp-Toolbar-kernelName:has-text("Deno")').waitFor({ timeout: 60_000 });
  await page.locator('.lm-MenuBar-itemLabel:has-text("Run")').first().click();
  await page.locator('.lm-Menu-itemLabel:text-is("Run All Cells")').click();
  const chart = page.locator(".jp-RenderedVegaCommon5 .vega-embed svg.marks").first();
  await chart.waitFor({ timeout: 240_000 });
  await chart.scrollIntoViewIfNeeded();
  const box = await chart.boundingBox();
  // JupyterLab's page scrolls within; what is in view is what a person sees.
  await page.screenshot({ path: screenshot });
  // Vega's own view, which draws SVG because charts ask for it; the picture that stands in where there is no Vega is an
  // image of another renderer.
  const marks = await chart.evaluate((element) => element.querySelectorAll("path, text").length);
  const errors = await page.locator('.jp-RenderedText[data-mime-type="application/vnd.jupyter.stderr"]')
    .allInnerTexts();
  await page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').waitFor({ timeout: 240_000 });
  await page.keyboard.press("Control+s");
  await page.locator(".jp-mod-dirty").waitFor({ state: "detached", timeout: 30_000 });
  console.log(JSON.stringify({ marks, width: box?.width ?? 0, height: box?.height ?? 0, errors }));
} finally {
  await browser.close();
}
