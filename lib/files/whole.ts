import { randomUUID } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { isAlive, showLife } from "./_life.ts";

/** A file or folder that cannot be written or read. The message names it. */
export class FileError extends Error {
  override name = "FileError";
}

const MARK = ".tmp-";

/** A name beside `path` to write to before the rename. It carries this process's id, so that {@link sweep} can tell whose it is. */
export function temporaryName(path: string): string {
  showLife();
  return join(dirname(path), `${MARK}${Deno.pid}-${randomUUID().slice(0, 8)}-${basename(path)}`);
}

/**
 * Writes a file whole or not at all: to a temporary name first, flushed to the disk, then renamed. Folders are made as
 * needed.
 *
 * @throws FileError naming the file, when the folder cannot be written or the disk is full. Nothing is left behind.
 */
export async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
    const file = await Deno.open(temporary, { write: true, createNew: true });
    try {
      let rest = typeof content === "string" ? new TextEncoder().encode(content) : content;
      while (rest.length > 0) rest = rest.subarray(await file.write(rest));
      await file.sync();
    } finally {
      file.close();
    }
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw new FileError(`Cannot write "${path}": ${reason(error)}`, { cause: error });
  }
}

/** Removes what killed processes left behind in `folder` (not below it). What a living process is writing stays. */
export async function sweep(folder: string): Promise<void> {
  let entries: Deno.DirEntry[];
  try {
    entries = await Array.fromAsync(Deno.readDir(folder));
  } catch {
    return; // no folder, nothing left behind
  }
  for (const { name } of entries) {
    if (!name.startsWith(MARK)) continue;
    const path = join(folder, name);
    const pid = Number(name.slice(MARK.length).split("-")[0]);
    if (pid !== Deno.pid && !(await isAlive(pid))) await Deno.remove(path, { recursive: true }).catch(() => {});
  }
}

function reason(error: unknown): string {
  const code = (error as { code?: string })?.code;
  if (code === "ENOSPC") return "the disk is full";
  if (code === "EROFS") return "the file system is read-only";
  if (code === "EACCES" || code === "EPERM") return "no permission to write there";
  if (code === "ENOTDIR" || code === "EEXIST") return "a part of the path is a file, not a folder";
  return error instanceof Error ? error.message.replace(/\s*\(os error \d+\).*$/s, "") : String(error);
}
