import { extname } from "node:path";
import type { EpochMetrics } from "../../train/mod.ts";
import { DiagnosisError } from "../errors.ts";
import { epochsOf } from "./_epochs.ts";
import { type Fault, type ImportedTable, parseCsv } from "./_table.ts";
import { nameOf, readText } from "./_text.ts";

/** What another framework wrote while it trained. */
export interface ImportedHistory {
  /** The file's name, without extension. */
  readonly name: string;
  /** Epochs from 1; `seconds` is not known and NaN. Training accuracies are those that training saw in passing. */
  readonly history: readonly EpochMetrics[];
  /** What had to be done to read it, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Reads the history of a training elsewhere:
 *
 * - the `.csv` of Keras's `CSVLogger`;
 * - a `.json` of `history.history`, one list for each metric (or what pandas makes of it);
 * - the `metrics.csv` of Lightning's `CSVLogger`, where training and validation may stand in rows of their own.
 *
 * Loss and accuracy are needed, in training and validation, for every epoch. Accuracies are shares from 0 to 1, losses
 * mean cross-entropies in nats.
 *
 * @throws DiagnosisError naming the file, what it needs and what it has.
 */
export async function importHistory(path: string): Promise<ImportedHistory> {
  const fault: Fault = (what) => new DiagnosisError(`Cannot use the history "${path}": ${what}`);
  const extension = extname(path).toLowerCase();
  if (extension !== ".csv" && extension !== ".json" && extension !== ".tsv") {
    throw fault(`it must be a .csv or .json file, it is ${extension === "" ? "one without extension" : extension}`);
  }
  const text = await readText(path, "the history");
  if (text.trim() === "") throw fault("it is empty");
  const table = extension === ".json" ? parseJson(text, fault) : parseCsv(text, fault);
  return { name: nameOf(path), ...epochsOf(table, fault) };
}

/** One list for each metric, or one object for each epoch. */
function parseJson(text: string, fault: Fault): ImportedTable {
  let json: unknown;
  try {
    // Python writes these, though JSON has none of them.
    json = JSON.parse(text.replaceAll(/(?<=[[,:\s])(NaN|-?Infinity)(?=\s*[\],}])/g, '"$1"'));
  } catch (error) {
    throw fault(`it must be JSON, but ${(error as Error).message}`);
  }
  if (isObject(json) && isObject(json.history)) json = json.history;
  if (Array.isArray(json) && json.length > 0 && json.every(isObject)) {
    const columns = [...new Set(json.flatMap((row) => Object.keys(row)))];
    return {
      columns,
      rows: json.map((row, i) => ({ where: `row ${i + 1}`, values: texts(columns, (key) => row[key]) })),
    };
  }
  if (!isObject(json)) throw fault("it must be an object with one list for each metric, and is none");
  // pandas writes { "0": 2.7, "1": 2.4 } for a list.
  const lists = Object.entries(json).map(([name, list]) => [name, isObject(list) ? Object.values(list) : list] as const)
    .filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]));
  if (lists.length === 0) throw fault("it must be an object with one list for each metric, and has no list");
  const lengths = [...new Set(lists.map(([, list]) => list.length))];
  if (lengths.length > 1) {
    throw fault(
      `its lists must be equally long, they have ${lists.map(([name, list]) => `${list.length} (${name})`).join(", ")}`,
    );
  }
  const columns = lists.map(([name]) => name);
  const byName = Object.fromEntries(lists);
  return {
    columns,
    rows: Array.from({ length: lengths[0] }, (_, i) => ({
      where: `place ${i + 1}`,
      values: texts(columns, (name) => byName[name][i] ?? NaN),
    })),
  };
}

function texts(columns: readonly string[], value: (column: string) => unknown): Record<string, string> {
  return Object.fromEntries(columns.map((column) => [column, String(value(column) ?? "")]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
