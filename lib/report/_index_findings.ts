import { escapeHtml, findingHtml, type FindingRecord, type Severity } from "../display/mod.ts";
import { counted } from "./_html.ts";
import type { IndexCharts } from "./_index_charts.ts";
import { type Located, sourceHtml } from "./_located.ts";
import type { NotebookResult } from "./results.ts";

const SEVERITIES: readonly Severity[] = ["error", "warning", "info", "good"];

/** Numbers beside a finding that show without a click. Good news needs none. */
const SHOWN_NUMBERS = 3;

/**
 * The findings of all notebooks, each once: the gravest first, and of the same severity those first whose remedy surely
 * brings most (the largest lower bound of the measured gain, then the largest estimate). A remedy nobody has measured
 * stands behind those that help, and before those of which no effect can be told.
 */
export function rankedFindings(results: readonly NotebookResult[]): Located<FindingRecord>[] {
  const seen = new Set<string>();
  return results.flatMap((result) => result.findings.map((item) => ({ item, result })))
    .filter(({ item }) => {
      const key = `${item.code}\n${item.sentence}`;
      return !seen.has(key) && seen.add(key);
    })
    .sort(({ item: a }, { item: b }) =>
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
      sureGain(b) - sureGain(a) || (b.expectedGain?.value ?? 0) - (a.expectedGain?.value ?? 0)
    );
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

/** The list of findings, each with its first numbers, its remedy and, to be opened, the chart that shows it. */
export function findingsHtml(findings: readonly Located<FindingRecord>[], charts: IndexCharts): string {
  if (findings.length === 0) return "";
  const items = findings.map((located) => {
    const { item, result } = located;
    const shownNumbers = item.severity === "good" ? 0 : SHOWN_NUMBERS;
    const html = findingHtml(item, {
      shownNumbers,
      source: sourceHtml(located),
      chart: chartHtml(item, result, charts),
    });
    return `<li>${html}</li>`;
  });
  return `<ol class="plateau-findings">${items.join("")}</ol>`;
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
