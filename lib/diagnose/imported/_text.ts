import { basename, extname } from "node:path";
import { DiagnosisError } from "../errors.ts";

/**
 * The text of a file that a person gave.
 *
 * @param what As "the history".
 * @throws DiagnosisError naming the file.
 */
export async function readText(path: string, what: string): Promise<string> {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await Deno.readFile(path));
  } catch (error) {
    throw new DiagnosisError(`Cannot read ${what} "${path}": ${reasonOf(error)}`, { cause: error });
  }
}

/** What is in a file goes by the file's name, as it can stand in an id: "my-run" for "my run.csv". */
export function nameOf(path: string): string {
  const stem = basename(path, extname(path)).normalize("NFC");
  return stem.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-").replaceAll(/^-+|-+$/g, "") || "elsewhere";
}

function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "it does not exist";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof Deno.errors.IsADirectory) return "it is a folder";
  if (error instanceof TypeError) return "it is no text in UTF-8";
  return (error as Error).message;
}
