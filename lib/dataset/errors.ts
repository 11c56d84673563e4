/** A data set cannot be used as it is. The message names the folder, class or row, the constraint and the value found. */
export class DatasetError extends Error {
  override readonly name: string = "DatasetError";
}

/** Somebody asked for content of the sealed test set without opening it for the record. */
export class SealedError extends DatasetError {
  override readonly name: string = "SealedError";
}

/** What the operating system says, in words a person can act on. */
export function reasonOf(error: unknown): string {
  const code = (error as { code?: string } | null)?.code;
  if (code === "ENOSPC" || /disk is full|no space left/i.test(String(error))) return "no space left on the device";
  if (code === "EROFS" || /read-?only (file system|database)/i.test(String(error))) return "it is read-only";
  if (code === "EACCES" || code === "EPERM" || error instanceof Deno.errors.PermissionDenied) {
    return "permission denied";
  }
  if (code === "ENOTDIR" || error instanceof Deno.errors.NotADirectory) return "part of its path is a file";
  if (code === "ENOENT" || error instanceof Deno.errors.NotFound) return "it does not exist";
  return error instanceof Error ? error.message : String(error);
}
