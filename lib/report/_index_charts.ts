import { chartHtml, type ChartSource } from "./chart.ts";
import { type Located, sourceHtml } from "./_located.ts";
import type { ChartResult, NotebookResult } from "./results.ts";

const MOST_CHARTS = 12;

/** The charts of one index page: each is in it once, and has an id that links can lead to. */
export class IndexCharts {
  readonly #places = new Map<ChartSource, string>();

  /** The id of a chart that is in the page already, or null. */
  placeOf(source: ChartSource): string | null {
    return this.#places.get(source) ?? null;
  }

  /** The chart, to be put into the page. */
  html(source: ChartSource): string {
    const id = `chart${this.#places.size}`;
    this.#places.set(source, `${id}-place`);
    return `<div id="${id}-place">${chartHtml(source, id)}</div>`;
  }

  /** Those of the notebooks that are nowhere else in the page, as a section of their own. */
  othersHtml(results: readonly NotebookResult[]): string {
    const others: Located<ChartResult>[] = results
      .flatMap((result) => result.charts.map((item) => ({ item, result })))
      .filter(({ item }) => this.placeOf(item) === null)
      .slice(0, MOST_CHARTS);
    const cards = others.map((located) =>
      `<div class="chart-card">${this.html(located.item)}<p class="chart-source">${sourceHtml(located)}</p></div>`
    );
    return cards.length === 0 ? "" : `<div class="chart-grid">${cards.join("")}</div>`;
  }
}
