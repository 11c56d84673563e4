import { escapeHtml, escapeTerminal } from "./escape.ts";
import { formatInterval, formatNumber, formatValue, NO_VALUE } from "./format.ts";
import type { Column, ResultRecord, Table } from "./record.ts";
import { Shown } from "./shown.ts";

/** A table as HTML, everything escaped, in a wrapper that scrolls on narrow screens. Numbers are right-aligned. */
export function tableHtml(table: Table): string {
  const cells = formattedCells(table);
  const numeric = table.columns.map((column) => isNumeric(table, column));
  // JupyterLab aligns all cells to the right, unless they say otherwise themselves.
  const attribute = (index: number) => numeric[index] ? ' class="plateau-number"' : ' style="text-align:left"';
  const head = table.columns
    .map((column, index) => `<th scope="col"${attribute(index)}>${escapeHtml(column.label)}</th>`).join("");
  const body = cells
    .map((row) => `<tr>${row.map((cell, index) => `<td${attribute(index)}>${escapeHtml(cell)}</td>`).join("")}</tr>`)
    .join("");
  const caption = table.title === "" ? "" : `<caption>${escapeHtml(table.title)}</caption>`;
  // Scrollable regions must be reachable by keyboard.
  const label = table.title === "" ? "" : ` role="region" aria-label="${escapeHtml(table.title)}"`;
  return `<div class="plateau-table" tabindex="0"${label}><table>${caption}<thead><tr>${head}</tr></thead>` +
    `<tbody>${body}</tbody></table></div>`;
}

/** A table for a terminal: aligned columns, a rule below the head. */
export function tableText(table: Table): string {
  const head = table.columns.map((column) => escapeTerminal(column.label));
  const body = formattedCells(table).map((row) => row.map(escapeTerminal));
  const widths = head.map((_, index) => Math.max(...[head, ...body].map((row) => displayWidth(row[index]))));
  const line = (row: readonly string[]) =>
    row.map((cell, index) => {
      const padding = " ".repeat(widths[index] - displayWidth(cell));
      return isNumeric(table, table.columns[index]) ? padding + cell : cell + padding;
    }).join("  ").trimEnd();
  return [
    ...(table.title === "" ? [] : [escapeTerminal(table.title)]),
    line(head),
    widths.map((width) => "─".repeat(width)).join("  "),
    ...body.map(line),
  ].join("\n");
}

/** A table that shows itself; it goes into the report's data and CSV files under its `id`. */
export class TableView extends Shown {
  readonly table: Table;
  readonly #note: string | undefined;

  /** @param options `note`: a sentence below the table. */
  constructor(table: Table, options: { readonly note?: string } = {}) {
    super();
    this.table = table;
    this.#note = options.note;
  }

  override html(): string {
    return tableHtml(this.table) +
      (this.#note === undefined ? "" : `<p class="plateau-note">${escapeHtml(this.#note)}</p>`);
  }

  override text(): string {
    return tableText(this.table) + (this.#note === undefined ? "" : `\n${escapeTerminal(this.#note)}`);
  }

  override record(): ResultRecord {
    return { tables: [this.table] };
  }
}

function formattedCells(table: Table): string[][] {
  const decimals = table.columns.map((column) => numberDecimals(table, column));
  return table.rows.map((row) =>
    table.columns.map((column, index) => {
      const value = row[column.key];
      if (value === null || value === undefined) return NO_VALUE;
      if (typeof value === "string") return value;
      const [low, high] = (column.bounds ?? []).map((key) => row[key]);
      if (typeof low === "number" && typeof high === "number") {
        return formatInterval({ estimate: value, low, high }, column.unit);
      }
      if (column.unit === undefined || column.unit === "number") return formatNumber(value, decimals[index]);
      // "epoch 7" below a column called "Epoch" would say it twice.
      return formatValue(value, column.unit === "epoch" ? "count" : column.unit);
    })
  );
}

/** A column whose cells are all numbers, or nothing, with at least one number. */
function isNumeric(table: Table, column: Column): boolean {
  const values = table.rows.map((row) => row[column.key] ?? null).filter((value) => value !== null);
  return values.length === 0 ? column.unit !== undefined : values.every((value) => typeof value === "number");
}

/** Decimals shared by a column of plain numbers, so that their points stand below each other. */
function numberDecimals(table: Table, column: Column): number {
  const values = table.rows.map((row) => row[column.key])
    .filter((value): value is number => typeof value === "number" && Number.isFinite(value));
  if (values.every(Number.isInteger)) return 0;
  const largest = Math.max(...values.map(Math.abs));
  return Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(largest))));
}

/** Columns a text takes in a terminal: emoji and East Asian characters take two, marks that combine none. */
function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    width +=
      /\p{Emoji_Presentation}|\ufe0f|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/u
          .test(segment)
        ? 2
        : 1;
  }
  return width;
}
