import { escapeHtml, findingHtml, type FindingRecord, type Severity } from "../display/mod.ts";
import { counted } from "./_html.ts";
import type { IndexCharts } from "./_index_charts.ts";
import { type Located, sourceHtml } from "./_located.ts";
import type { NotebookResult } from "./results.ts";

const SEVERITIES: readonly Severity[] = ["error", "warning", "info", "good"];

/** So many of a severity are in view, where the others wait behind a click. What is wrong is always in view. */
const IN_VIEW: Readonly<Record<Severity, number>> = { error: Infinity, warning: Infinity, info: 8, good: 4 };

/** Numbers beside a finding that show without a click. Good news needs none. */
const SHOWN_NUMBERS = 3;

/**
 * The findings of all notebooks, each once: the gravest first, and of the same severity those first whose remedy surely
 * brings most (the largest lower bound of the measured gain, then the largest estimate). A remedy nobody has measured
 * stands behind those that help, and before those of which no effect can be told. Good news of later notebooks comes
 * first: they conclude from the earlier ones.
 */
export function rankedFindings(results: readonly NotebookResult[]): Located<FindingRecord>[] {
  const seen = new Set<string>();
  const later = (a: Located<FindingRecord>, b: Located<FindingRecord>) =>
    a.item.severity === "good" ? results.indexOf(b.result) - results.indexOf(a.result) : 0;
  return results.flatMap((result) => result.findings.map((item) => ({ item, result })))
    .filter(({ item }) => {
      const key = `${item.code}\n${item.sentence}`;
      return !seen.has(key) && seen.add(key);
    })
    .sort((left, right) => {
      const a = left.item, b = right.item;
      return SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || sureGain(b) - sureGain(a) ||
        (b.expectedGain?.value ?? 0) - (a.expectedGain?.value ?? 0) || later(left, right);
    });
}

function sureGain({ expectedGain }: FindingRecord): number {
  return expectedGain?.low ?? expectedGain?.value ?? 0;
}

/** "2 errors, 1 warning": the findings in a few words. */
export function findingsSummary(findings: readonly { readonly severity: Severity }[]): string {
  const count = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
  const parts = [
    [count("error"), "error"] as const,
    [count("warning"), "warning"] as const,
    [count("info"), "note"] as const,
  ].filter(([n]) => n > 0).map(([n, word]) => counted(n, word));
  if (count("good") > 0) parts.push(`${count("good")} in good order`);
  return parts.length === 0 ? "no findings" : parts.join(", ");
}

/**
 * The list of findings, each with its first numbers, its remedy and, to be opened, the chart that shows it. Of many notes
 * and much good news the rest is folded.
 */
export function findingsHtml(findings: readonly Located<FindingRecord>[], charts: IndexCharts): string {
  return SEVERITIES.map((severity) => {
    const items = findings.filter(({ item }) => item.severity === severity)
      .map((located) => `<li>${oneHtml(located, charts)}</li>`);
    // A fold for a single one would be as long as what it hides.
    const shown = items.length === IN_VIEW[severity] + 1 ? items.length : IN_VIEW[severity];
    const rest = items.slice(shown);
    return listHtml(items.slice(0, shown)) + (rest.length === 0 ? "" : foldedHtml(severity, rest));
  }).join("");
}

function oneHtml(located: Located<FindingRecord>, charts: IndexCharts): string {
  const { item, result } = located;
  return findingHtml(item, {
    shownNumbers: item.severity === "good" ? 0 : SHOWN_NUMBERS,
    source: sourceHtml(located),
    chart: chartHtml(item, result, charts),
  });
}

function listHtml(items: readonly string[]): string {
  return items.length === 0 ? "" : `<ol class="plateau-findings">${items.join("")}</ol>`;
}

function foldedHtml(severity: Severity, items: readonly string[]): string {
  const what = severity === "good" ? "in good order" : "notes";
  return `<details class="further-findings"><summary>${items.length} more ${what}</summary>${
    listHtml(items)
  }</details>`;
}

/** Findings may share a chart: it stands with the first, and the others link to it. */
function chartHtml({ chart }: FindingRecord, result: NotebookResult, charts: IndexCharts): string {
  const source = chart === undefined ? undefined : result.charts.find(({ id }) => id === chart);
  if (source === undefined) return "";
  const place = charts.placeOf(source);
  if (place !== null) return `<p class="chart-link"><a href="#${place}">Chart: ${escapeHtml(source.title)}</a></p>`;
  return `<details class="plateau-more"><summary>Chart: ${escapeHtml(source.title)}</summary>${
    charts.html(source)
  }</details>`;
}
