import { join } from "node:path";
import { resolve } from "./_metadata.ts";
import { readTable } from "./_table_file.ts";
import { DatasetError } from "./errors.ts";

/**
 * Which group each file belongs to, by path below `folder`: out of a CSV file with the columns `file_name` and `group`.
 * Files without a row, or with an empty group, are groups of their own.
 *
 * @param file Where the list is; undefined for `groups.csv` in the folder, which may be missing.
 * @returns null where there is no list.
 * @throws DatasetError naming the list and the line for a file that is missing or listed twice.
 */
export async function readGroups(folder: string, file: string | undefined): Promise<Map<string, string> | null> {
  const path = file ?? join(folder, "groups.csv");
  if (file === undefined && !(await Deno.stat(path).catch(() => null))?.isFile) return null;
  const groups = new Map<string, string>();
  for (const { line, values } of await readTable(path, ["file_name", "group"])) {
    const wrong = (what: string) => new DatasetError(`Cannot use line ${line} of "${path}": ${what}`);
    const named = values.file_name.trim();
    const image = await resolve(folder, named.replaceAll("\\", "/"));
    if (image === null || image === "outside") {
      throw wrong(`the file "${named}" does not exist in "${folder}" (name it relative to that folder)`);
    }
    if (groups.has(image)) throw wrong(`"${named}" is listed already`);
    groups.set(image, values.group.trim());
  }
  return groups;
}
