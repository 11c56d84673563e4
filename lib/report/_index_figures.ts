import { escapeHtml, type Figure, formatBasis, formatFigure } from "../display/mod.ts";
import { type Located, sourceHtml } from "./_located.ts";
import type { NotebookResult } from "./results.ts";

/** The figures marked as key, each once; of two of the same name that differ the later counts. */
export function keyFigures(results: readonly NotebookResult[]): Located<Figure>[] {
  const byId = new Map<string, Located<Figure>>();
  for (const result of results) {
    for (const item of result.figures) {
      const known = byId.get(item.id)?.item;
      if (item.key && (known === undefined || formatFigure(known) !== formatFigure(item))) {
        byId.set(item.id, { item, result });
      }
    }
  }
  return [...byId.values()];
}

/** The key figures as cards. */
export function cardsHtml(figures: readonly Located<Figure>[]): string {
  if (figures.length === 0) return "";
  const items = figures.map((located) => {
    const { item } = located;
    // The number first, its bounds below: both are from the same rounding.
    const [, value, bounds] = /^(.*?)(?:\s(\[.*\]))?$/s.exec(formatFigure(item))!;
    const basis = formatBasis(item);
    return `<li class="card"><p class="card-label">${escapeHtml(item.label)}</p>` +
      `<p class="card-value">${escapeHtml(value)}</p>` +
      (bounds ? `<p class="card-bounds">95${"\u00a0"}% interval ${escapeHtml(bounds)}</p>` : "") +
      (basis === "" ? "" : `<p class="card-basis">${escapeHtml(basis)}</p>`) +
      `<p class="card-source">${sourceHtml(located)}</p></li>`;
  });
  return `<ul class="cards">${items.join("")}</ul>`;
}
