import { escapeHtml, formatSeconds } from "../display/mod.ts";
import { dateText } from "./_html.ts";
import type { NotebookResult, ReportSettings } from "./results.ts";

/** A notebook as the index lists it. */
export interface NotebookEntry {
  readonly name: string;
  readonly title: string;
  /** Null where it has not run on this data. */
  readonly result: NotebookResult | null;
  /** An earlier, finished page that still stands beside an unfinished one, or that of other data. */
  readonly earlier: { readonly page: string; readonly at: string; readonly dataset: string } | null;
}

/** The list of notebooks: what ran, when, and how to run what did not. */
export function notebooksHtml(entries: readonly NotebookEntry[], settings: ReportSettings): string {
  return `<ol class="notebooks">${entries.map((entry) => entryHtml(entry, settings)).join("")}</ol>`;
}

/** What must be known before any number is read: notebooks that did not finish, and settings that differ. */
export function bannersHtml(entries: readonly NotebookEntry[]): string {
  const results = entries.flatMap(({ result }) => result === null ? [] : [result]);
  return entries.map(unfinishedBanner).join("") + mixedBanner(results);
}

/** "seed 1, engine onnx, budget 15m" */
export function settingsText({ seed, engine, budget }: ReportSettings): string {
  return `seed ${seed}, engine ${engine}, ${budget === "none" ? "no time limit" : `budget ${budget}`}`;
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
