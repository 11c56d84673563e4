import {
  escapeHtml,
  type Figure,
  type FindingRecord,
  formatBasis,
  formatFigure,
  formatSeconds,
  type Severity,
  SEVERITY_MARKS,
} from "../display/mod.ts";
import { counted, dateText } from "./_html.ts";
import { chartHtml } from "./chart.ts";
import { pageHtml } from "./page.ts";
import { mergedLines, provenanceHtml } from "./provenance.ts";
import type { NotebookResult, Placed, ReportSettings } from "./results.ts";

/** A notebook as the index lists it. */
export interface NotebookEntry {
  readonly name: string;
  readonly title: string;
  /** Null where it has not run on this data. */
  readonly result: NotebookResult | null;
  /** An earlier, finished page that still stands beside an unfinished one, or that of other data. */
  readonly earlier: { readonly page: string; readonly at: string; readonly dataset: string } | null;
}

export interface IndexOptions {
  readonly settings: ReportSettings;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly notebooks: readonly NotebookEntry[];
  /** Labelled lines for the foot of the page, before those of the notebooks. */
  readonly provenance?: Readonly<Record<string, string>>;
  /** Files with the data behind the page, relative to it. */
  readonly files?: readonly { readonly path: string; readonly label: string }[];
}

const SEVERITIES: readonly Severity[] = ["error", "warning", "info", "good"];
const MOST_CHARTS = 12;

/** Something a notebook said, with the notebook. */
export interface Located<T> {
  readonly item: Placed<T>;
  readonly result: NotebookResult;
}

/** The findings of all notebooks, the gravest first, each once. */
export function rankedFindings(results: readonly NotebookResult[]): Located<FindingRecord>[] {
  const seen = new Set<string>();
  return results.flatMap((result) => result.findings.map((item) => ({ item, result })))
    .filter(({ item }) => {
      const key = `${item.code}\n${item.sentence}`;
      return !seen.has(key) && seen.add(key);
    })
    .sort((a, b) => SEVERITIES.indexOf(a.item.severity) - SEVERITIES.indexOf(b.item.severity));
}

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

/** The page that sums all notebooks up, self-contained as they are. */
export async function renderIndex(options: IndexOptions): Promise<string> {
  const { settings, at, notebooks, files = [] } = options;
  const results = notebooks.flatMap(({ result }) => result === null ? [] : [result]);
  const findings = rankedFindings(results);
  const done = results.filter(({ status }) => status === "done").length;
  return await pageHtml({
    title: `${settings.dataset} – Plateau`,
    header: `<span class="wordmark">Plateau</span>`,
    main: `<p class="eyebrow">Why is the classifier stuck, and what would help?</p>
<h1>${escapeHtml(settings.dataset)}</h1>
<p class="lead">${
      escapeHtml(
        `${done} of ${counted(notebooks.length, "notebook")} finished; ${
          findingsSummary(findings.map(({ item }) => item))
        }. ${dateText(at)}.`,
      )
    }</p>
${notebooks.map(unfinishedBanner).join("")}
${mixedBanner(results)}
${section("key-figures", "Key figures", cards(keyFigures(results)))}
${
      section(
        "findings",
        "Findings",
        findings.length === 0 ? "" : `<ol class="findings">${findings.map(findingHtml).join("")}</ol>`,
      )
    }
${section("charts", "Charts", charts(results))}
${
      section(
        "notebooks",
        "Notebooks",
        `<ol class="notebooks">${notebooks.map((entry) => entryHtml(entry, settings)).join("")}</ol>`,
      )
    }
${
      section(
        "data",
        "Data",
        files.length === 0
          ? ""
          : `<ul class="files">${
            files.map(({ path, label }) =>
              `<li><a href="${escapeHtml(path)}">${escapeHtml(label)}</a> <span class="path">${
                escapeHtml(path)
              }</span></li>`
            ).join("")
          }</ul>`,
      )
    }`,
    footer: provenanceHtml({
      ...options.provenance,
      ...mergedLines(results.map(({ name, footer }) => ({ name, lines: footer }))),
    }),
  });
}

function section(id: string, title: string, body: string): string {
  return body === "" ? "" : `<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${body}</section>`;
}

/** Where something was said. */
function source({ item, result }: Located<object>): string {
  const anchor = item.cell > 0 ? `#cell-${item.cell}` : "";
  const number = result.name.replace(/_.*/, "");
  return `<a class="source" href="${escapeHtml(`${result.page}${anchor}`)}">${
    escapeHtml(`${number}${"\u00a0"}· ${result.title}`)
  }</a>`;
}

function cards(figures: readonly Located<Figure>[]): string {
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
      `<p class="card-source">${source(located)}</p></li>`;
  });
  return `<ul class="cards">${items.join("")}</ul>`;
}

function findingHtml(located: Located<FindingRecord>): string {
  const { severity, sentence, evidence, remedy, expectedGain } = located.item;
  const { mark, word } = SEVERITY_MARKS[severity];
  const numbers = evidence.map((figure) => {
    const basis = formatBasis(figure);
    return `<li>${escapeHtml(figure.label)}: <strong>${escapeHtml(formatFigure(figure))}</strong>` +
      (basis === "" ? "" : ` <span class="plateau-basis">${escapeHtml(basis)}</span>`) + "</li>";
  });
  return `<li class="finding finding-${severity}">` +
    `<p class="severity"><span aria-hidden="true">${mark}</span> ${word} ${source(located)}</p>` +
    `<p class="sentence">${escapeHtml(sentence)}</p>` +
    (remedy === "" ? "" : `<p class="remedy"><strong>What to do:</strong> ${escapeHtml(remedy)}</p>`) +
    (expectedGain === undefined
      ? ""
      : `<p class="remedy"><strong>Measured gain:</strong> ${escapeHtml(expectedGain.label)}, ${
        escapeHtml(formatFigure(expectedGain))
      }</p>`) +
    (numbers.length === 0
      ? ""
      : `<details class="evidence"><summary>${counted(numbers.length, "number")} behind it</summary><ul>${
        numbers.join("")
      }</ul></details>`) +
    "</li>";
}

function charts(results: readonly NotebookResult[]): string {
  const all = results.flatMap((result) => result.charts.map((item) => ({ item, result })));
  const figures = all.slice(0, MOST_CHARTS).map((located, i) =>
    `<div class="chart-card">${chartHtml(located.item, `chart${i}`)}<p class="chart-source">${
      source(located)
    }</p></div>`
  );
  return figures.length === 0 ? "" : `<div class="chart-grid">${figures.join("")}</div>`;
}

function unfinishedBanner({ name, result }: NotebookEntry): string {
  if (result === null || result.failure === null) return "";
  const { status, failure, page } = result;
  const where = failure.cell === 0 ? "before its first cell" : `in cell ${failure.cell}`;
  const why = status === "interrupted" ? "" : ` ${escapeHtml(`${failure.name}: ${failure.message}`)}`;
  return `<div class="banner banner-${status}" role="note"><p><strong>Notebook ${escapeHtml(name)} ` +
    `${status === "interrupted" ? "was interrupted" : "failed"} ${where}.</strong>${why} ` +
    `<a href="${escapeHtml(page)}">What was finished</a></p></div>`;
}

/** Numbers from runs with different settings must not be compared without knowing it. */
function mixedBanner(results: readonly NotebookResult[]): string {
  const kinds = new Set(results.map(({ settings }) => settingsText(settings)));
  if (kinds.size < 2) return "";
  return `<div class="banner" role="note"><p><strong>These notebooks ran with different settings</strong> (${
    escapeHtml([...kinds].join("; "))
  }), so their numbers may not belong together.</p></div>`;
}

/** "seed 1, engine onnx, budget 15m" */
export function settingsText({ seed, engine, budget }: ReportSettings): string {
  return `seed ${seed}, engine ${engine}, ${budget === "none" ? "no time limit" : `budget ${budget}`}`;
}

function entryHtml({ name, title, result, earlier }: NotebookEntry, settings: ReportSettings): string {
  const link = result === null
    ? `<span class="entry-title">${escapeHtml(title)}</span>`
    : `<a class="entry-title" href="${escapeHtml(result.page)}">${escapeHtml(title)}</a>`;
  const isOther = result !== null && settingsText(result.settings) !== settingsText(settings);
  const notes = [
    result === null
      ? `<code>deno task report --only ${escapeHtml(name.replace(/_.*/, ""))}</code> runs it`
      : escapeHtml(`${formatSeconds(result.seconds)}, ${dateText(result.at)}`),
    isOther ? escapeHtml(settingsText(result.settings)) : "",
    result?.failure && result.status === "failed"
      ? `cell ${result.failure.cell}: ${escapeHtml(`${result.failure.name}: ${result.failure.message}`)}`
      : "",
    earlier === null
      ? ""
      : `<a href="${escapeHtml(earlier.page)}">an earlier report${
        earlier.dataset === settings.dataset ? "" : ` of ${escapeHtml(earlier.dataset)}`
      }</a> of ${dateText(earlier.at)} is still there`,
  ].filter((note) => note !== "");
  const status = result?.status ?? "missing";
  const words = { done: "Done", failed: "Failed", interrupted: "Interrupted", missing: "Not run" };
  return `<li class="entry"><span class="entry-number">${escapeHtml(name.replace(/_.*/, ""))}</span>` +
    `<span class="entry-main">${link}<span class="entry-notes">${notes.join("; ")}</span></span>` +
    `<span class="status status-${status}">${words[status]}</span></li>`;
}
