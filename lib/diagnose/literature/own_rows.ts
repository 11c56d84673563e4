import { basename, join } from "node:path";
import { parse } from "csv-parse/sync";
import { DiagnosisError } from "../errors.ts";
import { CITATION_FIELDS, readRow, type Refusal } from "./_validate.ts";
import type { LiteratureRow } from "./types.ts";

/** A person's own rows: those that can be used, and why the others cannot. */
export interface OwnRows {
  readonly rows: readonly LiteratureRow[];
  readonly refused: readonly Refusal[];
}

/** Looked for in the folder of the images. */
const NAMES = ["literature.json", "literature.csv"];

/**
 * Reads a person's own published (or private) accuracies.
 *
 * A JSON file is a list of objects with the fields of a row. A CSV file has the same as columns, with those of the
 * citation (`authors`, `title`, `year`, `venue`, `url`) among them. Needed are `dataset`, `classes`, `method`,
 * `methodKind`, `accuracy`, `authors` and `title`; without `imagesPerClassTrain` or `trainImages` a row is comparable
 * with nothing.
 *
 * @param where `file`: the file itself. `folder`: that of the images; a `literature.json` or `literature.csv` in it is
 *   used where there is one.
 * @returns Bad rows are refused one by one, with the reason; the good ones stay.
 * @throws DiagnosisError where `file` is named and cannot be read.
 */
export async function ownRows(where: { readonly file?: string; readonly folder?: string }): Promise<OwnRows> {
  const paths = where.file
    ? [where.file]
    : where.folder
    ? await existing(NAMES.map((name) => join(where.folder!, name)))
    : [];
  const parts = await Promise.all(paths.map(readFile));
  return { rows: parts.flatMap(({ rows }) => rows), refused: parts.flatMap(({ refused }) => refused) };
}

async function existing(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(paths.map((path) => Deno.stat(path).then(({ isFile }) => isFile, () => false)));
  return paths.filter((_, i) => found[i]);
}

async function readFile(path: string): Promise<OwnRows> {
  const file = basename(path);
  let content: string;
  try {
    content = await Deno.readTextFile(path);
  } catch (error) {
    const reason = error instanceof Deno.errors.NotFound ? "it does not exist" : (error as Error).message;
    throw new DiagnosisError(`Cannot read published accuracies from "${path}": ${reason}`, { cause: error });
  }
  const isCsv = /\.csv$/i.test(file);
  let found: Found[];
  try {
    found = isCsv ? fromCsv(content) : fromJson(content);
  } catch (error) {
    const constraint = isCsv ? "a CSV file with a header" : "a JSON file with a list of rows";
    return {
      rows: [],
      refused: [{ file, place: null, field: null, constraint, value: `an error: ${(error as Error).message}` }],
    };
  }
  const read = found.map(({ place, value, fault }) =>
    fault ? [{ file, place, field: null, ...fault }] : readRow(value, { file, place, own: true })
  );
  return {
    rows: read.filter((row): row is LiteratureRow => !Array.isArray(row)),
    refused: read.flatMap((row) => Array.isArray(row) ? row : []),
  };
}

interface Found {
  /** "row 3", "line 4". */
  readonly place: string;
  readonly value?: unknown;
  /** Why there is no value. */
  readonly fault?: { readonly constraint: string; readonly value: string };
}

function fromJson(content: string): Found[] {
  const list: unknown = JSON.parse(content.replace(/^\ufeff/, ""));
  if (!Array.isArray(list)) throw new Error("it holds no list");
  return list.map((value, i) => ({ place: `row ${i + 1}`, value }));
}

function fromCsv(content: string): Found[] {
  // One row with a stray quote or comma must not spoil the others.
  const parsed = parse(content, {
    bom: true,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    trim: true,
  }) as unknown as { info: { lines: number }; record: string[] }[];
  const [header, ...rows] = parsed;
  if (!header) throw new Error("it is empty");
  return rows.map(({ info, record }) => {
    const place = `line ${info.lines}`;
    if (record.length !== header.record.length) {
      const constraint = `${header.record.length} values, as the header has`;
      return { place, fault: { constraint, value: String(record.length) } };
    }
    const filled = header.record.map((name, i) => [name, record[i]] as const).filter(([, value]) => value !== "");
    const citation = filled.filter(([name]) => CITATION_FIELDS.includes(name));
    const rest = filled.filter(([name]) => !CITATION_FIELDS.includes(name));
    return { place, value: { ...typed(rest), citation: typed(citation) } };
  });
}

const NUMBERS = ["classes", "pixels", "trainImages", "testImages", "imagesPerClassTrain", "accuracy", "year"];
const FLAGS = ["optimistic", "overlap"];

/** Numbers and flags as such; what is none stays a text, and is refused as one. */
function typed(fields: readonly (readonly [string, string])[]): Record<string, unknown> {
  return Object.fromEntries(fields.map(([name, value]) => {
    if (NUMBERS.includes(name) && Number.isFinite(Number(value))) return [name, Number(value)];
    if (FLAGS.includes(name) && /^(true|false)$/i.test(value)) return [name, value.toLowerCase() === "true"];
    return [name, value];
  }));
}
