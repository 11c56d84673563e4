import { escapeHtml, type Shown } from "../display/mod.ts";
import { counted, dateText } from "./_html.ts";
import { IndexCharts } from "./_index_charts.ts";
import { cardsHtml, keyFigures } from "./_index_figures.ts";
import { findingsHtml, findingsSummary, rankedFindings } from "./_index_findings.ts";
import { bannersHtml, type NotebookEntry, notebooksHtml } from "./_index_notebooks.ts";
import { ladderHtml, type LadderSource } from "./ladder.ts";
import { pageHtml } from "./page.ts";
import { mergedLines, provenanceHtml } from "./provenance.ts";
import type { ReportSettings } from "./results.ts";

export interface IndexOptions {
  readonly settings: ReportSettings;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly notebooks: readonly NotebookEntry[];
  /** Labelled lines for the foot of the page, before those of the notebooks. */
  readonly provenance?: Readonly<Record<string, string>>;
  /** All accuracies on one axis; whoever draws charts makes it. */
  readonly ladder?: LadderSource;
  /** What has changed since the report before this one, on the same data set. */
  readonly since?: Shown;
  /** Files with the data behind the page, relative to it. */
  readonly files?: readonly { readonly path: string; readonly label: string }[];
}

/** The page that sums all notebooks up, self-contained as they are. */
export async function renderIndex(options: IndexOptions): Promise<string> {
  const { settings, at, notebooks, ladder, files = [] } = options;
  const results = notebooks.flatMap(({ result }) => result === null ? [] : [result]);
  const findings = rankedFindings(results);
  const done = results.filter(({ status }) => status === "done").length;
  const lead = `${done} of ${counted(notebooks.length, "notebook")} finished; ${
    findingsSummary(findings.map(({ item }) => item))
  }. ${dateText(at)}.`;
  const charts = new IndexCharts();
  // In the order of the page: a chart stands where it is first wanted.
  const sections = [
    { id: "since", title: "Since the last report", body: options.since?.html() ?? "" },
    { id: "ladder", title: "The accuracy ladder", body: ladder === undefined ? "" : ladderHtml(ladder, charts) },
    { id: "findings", title: "Findings", body: findingsHtml(findings, charts) },
    { id: "key-figures", title: "Key figures", body: cardsHtml(keyFigures(results)) },
    { id: "charts", title: "Further charts", body: charts.othersHtml(results) },
    { id: "notebooks", title: "Notebooks", body: notebooksHtml(notebooks, settings) },
    { id: "data", title: "Data", body: filesHtml(files) },
  ].filter(({ body }) => body !== "");
  return await pageHtml({
    title: `${settings.dataset} – Plateau`,
    header: `<span class="wordmark">Plateau</span>`,
    main: [
      `<p class="eyebrow">Why is the classifier stuck, and what would help?</p>`,
      `<h1>${escapeHtml(settings.dataset)}</h1>`,
      `<p class="lead">${escapeHtml(lead)}</p>`,
      bannersHtml(notebooks),
      contentsHtml(sections),
      ...sections.map(({ id, title, body }) =>
        `<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${body}</section>`
      ),
    ].filter((part) => part !== "").join("\n"),
    footer: provenanceHtml({
      ...options.provenance,
      ...mergedLines(results.map(({ name, footer }) => ({ name, lines: footer }))),
    }),
  });
}

/** The findings alone are some screens long: what lies behind them must be in reach. */
function contentsHtml(sections: readonly { readonly id: string; readonly title: string }[]): string {
  const links = sections.map(({ id, title }) => `<a href="#${id}">${title}</a>`);
  return links.length < 2
    ? ""
    : `<nav class="contents contents-line" aria-label="On this page">${links.join("")}</nav>`;
}

function filesHtml(files: NonNullable<IndexOptions["files"]>): string {
  if (files.length === 0) return "";
  const items = files.map(({ path, label }) =>
    `<li><a href="${escapeHtml(path)}">${escapeHtml(label)}</a> <span class="path">${escapeHtml(path)}</span></li>`
  );
  return `<ul class="files">${items.join("")}</ul>`;
}
