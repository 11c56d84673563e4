import { escapeHtml } from "../display/mod.ts";
import type { NotebookResult, Placed } from "./results.ts";

/** Something a notebook said, with the notebook. */
export interface Located<T> {
  readonly item: Placed<T>;
  readonly result: NotebookResult;
}

/** A link to where something was said, named after the section, or the notebook where it has none. */
export function sourceHtml({ item, result }: Located<object>): string {
  const anchor = item.cell > 0 ? `#cell-${item.cell}` : "";
  const number = result.name.replace(/_.*/, "");
  return `<a class="source" href="${escapeHtml(`${result.page}${anchor}`)}">${
    escapeHtml(`${number}${"\u00a0"}· ${item.section ?? result.title}`)
  }</a>`;
}
