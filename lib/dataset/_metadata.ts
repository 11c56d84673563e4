import { isAbsolute, join, normalize } from "node:path";
import { partNames, partOf } from "./_parts.ts";
import type { Candidate, Scan } from "./_scan.ts";
import { readTable } from "./_table_file.ts";
import { DatasetError } from "./errors.ts";
import type { Part } from "./types.ts";

/** A folder with a `metadata.csv`, as a path below the data set's folder ("" or with a closing "/"). */
interface Described {
  readonly prefix: string;
  /** What the folder's name says; null where the `split` column may say it. */
  readonly part: Part | null;
}

/**
 * Lists the images that `metadata.csv` files name: columns `file_name` and `label`, and if they are there `group` and
 * `split`. Images without a row do not belong to the data set.
 *
 * @throws DatasetError naming the file and the line for an empty cell, an unknown split, a file that is missing, listed
 * twice or outside of the folder.
 */
export async function scanMetadata(folder: string, described: readonly Described[]): Promise<Scan> {
  const candidates: Candidate[] = [];
  const lines = new Map<string, number>();
  for (const { prefix, part } of described) {
    const file = join(folder, prefix, "metadata.csv");
    const rows = await readTable(file, ["file_name", "label"]);
    if (rows.length === 0) throw new DatasetError(`Cannot open "${folder}": "${file}" has no rows`);
    for (const { line, values } of rows) {
      const wrong = (what: string) => new DatasetError(`Cannot use line ${line} of "${file}": ${what}`);
      const named = values.file_name.trim();
      const label = values.label.trim().normalize("NFC");
      if (named === "") throw wrong("file_name is empty");
      if (label === "") throw wrong(`label is empty (file_name "${named}")`);
      const path = await resolve(folder, prefix + named.replaceAll("\\", "/"));
      if (path === "outside") throw wrong(`"${named}" lies outside of the data set's folder`);
      if (path === null) throw wrong(`the file "${named}" does not exist`);
      if (lines.has(path)) throw wrong(`"${named}" is listed on line ${lines.get(path)} already`);
      lines.set(path, line);
      const split = values.split?.trim() ?? "";
      if (part === null && split !== "" && partOf(split) === null) {
        throw wrong(`split is "${split}", it must be ${partNames} (or empty)`);
      }
      candidates.push({
        path,
        class: label,
        part: part ?? (split === "" ? null : partOf(split)),
        group: values.group?.trim() || null,
      });
    }
  }
  const unassigned = candidates.filter(({ part }) => part === null).length;
  if (unassigned > 0 && unassigned < candidates.length) {
    throw new DatasetError(
      `Cannot open "${folder}": the split column of its metadata.csv is empty in ${unassigned} of ${candidates.length} ` +
        `rows. Fill in all of them, or none`,
    );
  }
  const classes = [...new Set(candidates.map((candidate) => candidate.class))].sort();
  return { candidates, skipped: [], others: [], classes };
}

/** The path as it is spelled on disk: a name in composed form may be decomposed there, or the other way round. */
export async function resolve(folder: string, path: string): Promise<string | "outside" | null> {
  const clean = normalize(path).replaceAll("\\", "/");
  if (isAbsolute(clean) || clean === ".." || clean.startsWith("../")) return "outside";
  for (const spelling of new Set([clean, clean.normalize("NFC"), clean.normalize("NFD")])) {
    const info = await Deno.stat(join(folder, spelling)).catch(() => null);
    if (info?.isFile) return spelling;
  }
  return null;
}
