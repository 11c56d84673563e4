import { escapeHtml, escapeTerminal } from "./escape.ts";
import { formatBasis, formatFigure } from "./format.ts";
import { gainWords } from "./gain.ts";
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
    return `<div class="plateau-findings">${this.findings.map((one) => findingHtml(one)).join("")}</div>`;
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

/** How a finding is shown in a page of its own kind; a notebook needs none of it. All texts are HTML, escaped already. */
export interface FindingHtmlOptions {
  /** Numbers that show at once; the others open on demand. All by default. */
  readonly shownNumbers?: number;
  /** Beside the severity: where it was said. */
  readonly source?: string;
  /** Below everything else: the chart that shows it. */
  readonly chart?: string;
}

/** One finding as HTML, everything in it escaped: what was seen, the numbers it rests on, what to do, what that brings. */
export function findingHtml(finding: FindingRecord, options: FindingHtmlOptions = {}): string {
  const { severity, sentence, evidence, remedy, expectedGain } = finding;
  const { shownNumbers = Infinity, source = "", chart = "" } = options;
  const { mark, word } = SEVERITY_MARKS[severity];
  const shown = evidence.slice(0, shownNumbers), more = evidence.slice(shownNumbers);
  const what = shown.length === 0 ? "number" : "more number";
  return `<section class="plateau-finding plateau-${severity}">` +
    `<p class="plateau-severity"><span aria-hidden="true">${mark}</span> ${word}${
      source === "" ? "" : ` ${source}`
    }</p>` +
    `<p class="plateau-sentence">${escapeHtml(sentence)}</p>` +
    evidenceHtml(shown) +
    (more.length === 0
      ? ""
      : `<details class="plateau-more"><summary>${more.length} ${what}${more.length === 1 ? "" : "s"}</summary>${
        evidenceHtml(more)
      }</details>`) +
    (remedy === "" ? "" : `<p class="plateau-remedy"><strong>What to do:</strong> ${escapeHtml(remedy)}</p>`) +
    (expectedGain === undefined ? "" : gainHtml(expectedGain)) + chart +
    "</section>";
}

function evidenceHtml(figures: readonly Figure[]): string {
  if (figures.length === 0) return "";
  const items = figures.map((figure) =>
    `<li>${escapeHtml(figure.label)}: <strong>${escapeHtml(formatFigure(figure))}</strong>${
      basisHtml(formatBasis(figure))
    }</li>`
  );
  return `<ul class="plateau-evidence">${items.join("")}</ul>`;
}

function gainHtml(gain: Figure): string {
  const { heading, text, basis } = gainWords(gain);
  return `<p class="plateau-gain"><strong>${heading}:</strong> ${escapeHtml(text)}${basisHtml(basis)}</p>`;
}

function basisHtml(basis: string): string {
  return basis === "" ? "" : ` <span class="plateau-basis">${escapeHtml(basis)}</span>`;
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
    ...(expectedGain === undefined ? [] : [`  ${gainText(expectedGain)}`]),
  ].map(escapeTerminal).join("\n");
}

/** A measured effect in one line: "Measured gain: …", "No effect can be told: …". */
export function gainText(figure: Figure): string {
  const { heading, text } = gainWords(figure);
  return `${heading}: ${text}`;
}
