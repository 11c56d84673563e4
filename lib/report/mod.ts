/**
 * Executed notebooks as self-contained HTML pages, an index of them, and their data.
 *
 * @module
 */
export { ReportError } from "./errors.ts";
export { ReportFolder } from "./folder.ts";
export {
  findingsSummary,
  type IndexOptions,
  keyFigures,
  type Located,
  type NotebookEntry,
  rankedFindings,
  renderIndex,
  settingsText,
} from "./index_page.ts";
export { type NotebookPageOptions, type PageLink, renderNotebook } from "./notebook_page.ts";
export { dataRoot, redact, redactAll, type Root } from "./redact.ts";
export { type NotebookResult, type Placed, type ReportSettings, resultsOf, titleOf } from "./results.ts";
export { tableCsv } from "./csv.ts";
export { sanitise, type SanitiseOptions } from "./sanitise.ts";
