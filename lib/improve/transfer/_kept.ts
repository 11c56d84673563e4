import { join } from "node:path";
import { cacheRoot, writeWhole } from "../../files/mod.ts";

/** What was made from the same content before, or null. A file that cannot be read counts as missing. */
export async function kept<T>(kind: string, key: string): Promise<T | null> {
  try {
    return JSON.parse(await Deno.readTextFile(pathOf(kind, key)), (_, value) => {
      return typeof value?.float32 === "string" ? new Float32Array(Uint8Array.fromBase64(value.float32).buffer) : value;
    });
  } catch {
    return null;
  }
}

/**
 * Keeps plain data, and arrays of `Float32Array`, by the content it was made from.
 *
 * @throws FileError when it cannot be written.
 */
export async function keep(kind: string, key: string, made: unknown): Promise<void> {
  const text = JSON.stringify(made, (_, value) => {
    if (!(value instanceof Float32Array)) return value;
    return { float32: new Uint8Array(value.buffer, value.byteOffset, value.byteLength).toBase64() };
  });
  await writeWhole(pathOf(kind, key), text);
}

function pathOf(kind: string, key: string): string {
  return join(cacheRoot(), "transfer", `${kind}-${key.slice(0, 24)}.json`);
}
