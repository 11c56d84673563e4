import { escapeHtml, escapeTerminal } from "./escape.ts";
import { formatBasis, formatFigure } from "./format.ts";
import type { Figure, ResultRecord } from "./record.ts";
import { Shown } from "./shown.ts";

/** Labelled numbers side by side, each with what it rests on. */
export class Figures extends Shown {
  readonly figures: readonly Figure[];

  constructor(figures: readonly Figure[]) {
    super();
    this.figures = figures;
  }

  override html(): string {
    const cards = this.figures.map((figure) => {
      const basis = formatBasis(figure);
      return `<div class="plateau-figure" role="listitem"><div class="plateau-label">${
        escapeHtml(figure.label)
      }</div>` +
        `<div class="plateau-value">${escapeHtml(formatFigure(figure))}</div>` +
        (basis === "" ? "" : `<div class="plateau-basis">${escapeHtml(basis)}</div>`) + "</div>";
    });
    // Not a <dl>: JupyterLab floats what is in one.
    return `<div class="plateau-figures" role="list">${cards.join("")}</div>`;
  }

  override text(): string {
    return this.figures.map((figure) => {
      const basis = formatBasis(figure);
      return escapeTerminal(`${figure.label}: ${formatFigure(figure)}${basis === "" ? "" : ` (${basis})`}`);
    }).join("\n");
  }

  override record(): ResultRecord {
    return { figures: this.figures };
  }
}
