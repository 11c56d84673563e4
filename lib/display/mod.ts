/**
 * How results show themselves, in a notebook, a report and a terminal alike.
 *
 * @module
 */
export { escapeHtml, escapeMarkdown, escapeTerminal } from "./escape.ts";
export { Figures } from "./figures.ts";
export {
  findingHtml,
  type FindingHtmlOptions,
  findings,
  FindingView,
  gainText,
  SEVERITY_MARKS,
} from "./finding_view.ts";
export {
  formatBasis,
  formatCount,
  formatFigure,
  formatInterval,
  formatNumber,
  formatSeconds,
  formatShare,
  formatValue,
  type IntervalLike,
  NO_VALUE,
  type Precision,
} from "./format.ts";
export { type GainWords, gainWords } from "./gain.ts";
export { Group } from "./group.ts";
export { htmlPage, type HtmlPageParts } from "./html_page.ts";
export { type GridContent, type GridImage, ImageGrid } from "./image_grid.ts";
export { onInterrupt, type StopFlag } from "./interrupt.ts";
export {
  bundle,
  type BundleParts,
  type Displayable,
  jupyterDisplay,
  type MimeBundle,
  PROGRESS_MIME,
  RECORD_MIME,
  terminalInspect,
} from "./mime.ts";
export { type Progress, progress, type ProgressHost, type ProgressOptions } from "./progress.ts";
export type { ProgressRecord, ProgressSurface } from "./_progress_surface.ts";
export type { Column, Figure, FindingRecord, Judged, ResultRecord, Rung, Severity, Table } from "./record.ts";
export { Shown } from "./shown.ts";
export { tableHtml, tableText, TableView } from "./table.ts";
