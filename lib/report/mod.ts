/**
 * Executed notebooks as self-contained HTML pages, an index of them, and their data.
 *
 * @module
 */
export { ReportError } from "./errors.ts";
export { ReportFolder } from "./folder.ts";
export { type IndexOptions, renderIndex } from "./index_page.ts";
export { keyFigures } from "./_index_figures.ts";
export { findingsSummary, rankedFindings } from "./_index_findings.ts";
export { type NotebookEntry, settingsText } from "./_index_notebooks.ts";
export { ladderNotes, type LadderRung, ladderRungs, type LadderSource } from "./ladder.ts";
export type { ChartSource } from "./chart.ts";
export type { Located } from "./_located.ts";
export { type NotebookPageOptions, type PageLink, renderNotebook } from "./notebook_page.ts";
export { dataRoot, redact, redactAll, type Root } from "./redact.ts";
export { findingsOf, type NotebookResult, type Placed, type ReportSettings, resultsOf, titleOf } from "./results.ts";
export { tableCsv } from "./csv.ts";
export { sanitise, type SanitiseOptions } from "./sanitise.ts";
