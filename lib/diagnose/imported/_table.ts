import { parse } from "csv-parse/sync";

/** A table as it stands in a file. */
export interface ImportedTable {
  readonly columns: readonly string[];
  readonly rows: readonly ImportedRow[];
}

export interface ImportedRow {
  /** As "line 3", to be named in an error. */
  readonly where: string;
  /** Text as it stands there, without spaces around it; empty where there is nothing. */
  readonly values: Readonly<Record<string, string>>;
}

/** Makes an error of a clause that says what is wrong. */
export type Fault = (what: string) => Error;

/**
 * Reads a CSV with a header; its columns may be parted by commas, semicolons or tabs.
 *
 * @throws What `fault` makes of a clause that says what is wrong, and on which line.
 */
export function parseCsv(text: string, fault: Fault): ImportedTable {
  const header = text.replace(/^\uFEFF/, "").split(/\r?\n/, 1)[0];
  const delimiter = [",", ";", "\t"].toSorted((a, b) => header.split(b).length - header.split(a).length)[0];
  let columns: string[] = [];
  let records: { info: { lines: number }; record: Record<string, string> }[];
  try {
    records = parse(text, {
      bom: true,
      columns: (names: string[]) => columns = names.map((name) => name.trim()),
      delimiter,
      info: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as typeof records;
  } catch (error) {
    throw fault(lowerFirst((error as Error).message));
  }
  const twice = columns.find((name, i) => columns.indexOf(name) < i);
  if (twice !== undefined) throw fault(`each column must have a name of its own, "${twice}" stands there twice`);
  if (records.length === 0) throw fault(columns.length === 0 ? "it is empty" : "it has a header and no rows");
  return { columns, rows: records.map(({ info, record }) => ({ where: `line ${info.lines}`, values: record })) };
}

/** A number as Python and its libraries write it; null where nothing is written. */
export function numberIn(text: string, where: string, column: string, fault: Fault): number | null {
  const plain = text.toLowerCase();
  // "NA" is what Keras's CSVLogger writes for a metric it does not have.
  if (plain === "" || plain === "na" || plain === "none" || plain === "null") return null;
  if (/^[+-]?nan$/.test(plain)) return NaN;
  if (/^[+-]?inf(inity)?$/.test(plain)) return plain.startsWith("-") ? -Infinity : Infinity;
  const value = Number(plain);
  if (Number.isNaN(value)) throw fault(`"${column}" must be a number, on ${where} it is "${text}"`);
  return value;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
