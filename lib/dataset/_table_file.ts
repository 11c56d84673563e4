import { parse } from "csv-parse/sync";
import { DatasetError, reasonOf } from "./errors.ts";

/** A row of a CSV file, with the line it stands on (the header is line 1). */
export interface Row {
  readonly line: number;
  readonly values: Readonly<Record<string, string>>;
}

/**
 * Reads a CSV file with a header.
 *
 * @param required Columns it must have.
 * @throws DatasetError naming the file, and the column or line that is wrong.
 */
export async function readTable(file: string, required: readonly string[]): Promise<Row[]> {
  let text: string;
  try {
    text = await Deno.readTextFile(file);
  } catch (error) {
    throw new DatasetError(`Cannot read "${file}": ${reasonOf(error)}`, { cause: error });
  }
  let header: string[] = [];
  let parsed: { info: { lines: number }; record: Record<string, string> }[];
  try {
    parsed = parse(text, {
      bom: true,
      columns: (names: string[]) => header = names.map((name) => name.trim()),
      info: true,
      skip_empty_lines: true,
    }) as unknown as typeof parsed;
  } catch (error) {
    throw new DatasetError(`Cannot read "${file}": ${(error as Error).message}`, { cause: error });
  }
  for (const column of required) {
    if (header.includes(column)) continue;
    throw new DatasetError(
      `Cannot read "${file}": it needs the column "${column}", and has ${header.join(", ") || "no header"}`,
    );
  }
  return parsed.map(({ info, record }) => ({ line: info.lines, values: record }));
}
