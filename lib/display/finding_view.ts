import { escapeHtml, escapeTerminal } from "./escape.ts";
import { formatBasis, formatFigure } from "./format.ts";
import type { Figure, FindingRecord, ResultRecord, Severity } from "./record.ts";
import { Shown } from "./shown.ts";

/** How a severity is marked: never by colour alone. */
export const SEVERITY_MARKS: Readonly<Record<Severity, { readonly mark: string; readonly word: string }>> = {
  error: { mark: "✕", word: "Error" },
  warning: { mark: "▲", word: "Warning" },
  info: { mark: "●", word: "Note" },
  good: { mark: "✓", word: "Good" },
};

/** Findings, in the order given: what was seen, the numbers it rests on, what to do. */
export class FindingView extends Shown {
  readonly findings: readonly FindingRecord[];

  constructor(findings: readonly FindingRecord[]) {
    super();
    this.findings = findings;
  }

  override html(): string {
    if (this.findings.length === 0) return '<p class="plateau-note">No findings.</p>';
    return `<div class="plateau-findings">${this.findings.map(findingHtml).join("")}</div>`;
  }

  override text(): string {
    return this.findings.length === 0 ? "No findings." : this.findings.map(findingText).join("\n\n");
  }

  override record(): ResultRecord | undefined {
    return { findings: this.findings };
  }

  /** The same to look at, but kept out of the report's list of findings: for an example that is not about these data. */
  asExample(): FindingView {
    return new ExampleView(this.findings);
  }
}

class ExampleView extends FindingView {
  override record(): undefined {
    return undefined;
  }
}

/** Findings as a result that shows itself. */
export function findings(list: readonly FindingRecord[]): FindingView {
  return new FindingView(list);
}

function findingHtml({ severity, sentence, evidence, remedy, expectedGain }: FindingRecord): string {
  const { mark, word } = SEVERITY_MARKS[severity];
  const figures = evidence.map((figure) => {
    const basis = formatBasis(figure);
    return `<li>${escapeHtml(figure.label)}: <strong>${escapeHtml(formatFigure(figure))}</strong>` +
      (basis === "" ? "" : ` <span class="plateau-basis">${escapeHtml(basis)}</span>`) + "</li>";
  });
  return `<section class="plateau-finding plateau-${severity}">` +
    `<p class="plateau-severity"><span aria-hidden="true">${mark}</span> ${word}</p>` +
    `<p class="plateau-sentence">${escapeHtml(sentence)}</p>` +
    (figures.length === 0 ? "" : `<ul class="plateau-evidence">${figures.join("")}</ul>`) +
    (remedy === "" ? "" : `<p class="plateau-remedy"><strong>What to do:</strong> ${escapeHtml(remedy)}</p>`) +
    (expectedGain === undefined
      ? ""
      : `<p class="plateau-gain"><strong>Measured gain:</strong> ${escapeHtml(gain(expectedGain))}</p>`) +
    "</section>";
}

function findingText({ severity, sentence, evidence, remedy, expectedGain }: FindingRecord): string {
  const { mark, word } = SEVERITY_MARKS[severity];
  return [
    `${mark} ${word}: ${sentence}`,
    ...evidence.map((figure) => {
      const basis = formatBasis(figure);
      return `    ${figure.label}: ${formatFigure(figure)}${basis === "" ? "" : ` (${basis})`}`;
    }),
    ...(remedy === "" ? [] : [`  What to do: ${remedy}`]),
    ...(expectedGain === undefined ? [] : [`  Measured gain: ${gain(expectedGain)}`]),
  ].map(escapeTerminal).join("\n");
}

function gain(figure: Figure): string {
  return `${figure.label}, ${formatFigure(figure)}`;
}
