import { htmlPage } from "../display/mod.ts";
import { runtime } from "./_runtime.ts";

/** A page without what all pages share. */
export interface PageParts {
  readonly title: string;
  /** HTML. */
  readonly header: string;
  readonly main: string;
  readonly footer: string;
}

/**
 * A page of the report. Charts' scripts are in it where it has charts.
 */
export async function pageHtml({ title, header, main, footer }: PageParts): Promise<string> {
  const { style, scripts } = await runtime();
  const hasCharts = main.includes("data-chart=");
  const used = scripts.filter(({ forCharts }) => hasCharts || !forCharts).map(({ text }) => text);
  const body = `<a class="skip" href="#content">Skip to the content</a>
<header class="masthead">${header}</header>
<main id="content" tabindex="-1">
${main}
</main>
<footer class="colophon">${footer}</footer>`;
  return htmlPage({ title, style, body, scripts: used, styledElements: true }).html;
}
