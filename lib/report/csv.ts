import type { Table } from "../display/mod.ts";

/**
 * A table as CSV (RFC 4180: commas, CRLF, quotes doubled), numbers unrounded, a header row; bounds of intervals are
 * columns of their own. A text that a spreadsheet would take for a formula gets an apostrophe before it: class and file
 * names are data.
 */
export function tableCsv(table: Table): string {
  const columns = table.columns.flatMap(({ key, label, bounds }) => [
    { key, label },
    ...(bounds ?? []).map((bound, index) => ({ key: bound, label: `${label}, ${index === 0 ? "from" : "to"}` })),
  ]);
  const rows = [
    columns.map(({ label }) => field(label)),
    ...table.rows.map((row) => columns.map(({ key }) => field(row[key] ?? null))),
  ];
  return rows.map((row) => `${row.join(",")}\r\n`).join("");
}

function field(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  const inert = /^[\s]*[=+\-@|]/.test(value) || /^[\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
