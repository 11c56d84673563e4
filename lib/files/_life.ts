import { join } from "node:path";
import { cacheRoot } from "./roots.ts";

/** Held open, and locked, until the process ends. */
let sign: Deno.FsFile | null = null;

const path = (pid: number) => join(cacheRoot(), "alive", String(pid));

/**
 * Shows other processes that this one lives: by a lock on a file, which the operating system takes away however the
 * process ends. Asking for processes by their id would need permissions that nothing else here needs.
 */
export function showLife(): void {
  if (sign) return;
  try {
    Deno.mkdirSync(join(cacheRoot(), "alive"), { recursive: true });
    sign = Deno.openSync(path(Deno.pid), { create: true, write: true });
    sign.lockSync(true);
  } catch {
    // The folder cannot be written: nobody can leave anything behind in it either.
  }
}

/** Whether the process with this id has shown its life and not ended since. */
export async function isAlive(pid: number): Promise<boolean> {
  if (pid === Deno.pid) return true;
  try {
    using file = await Deno.open(path(pid), { write: true });
    if (!await file.tryLock(true)) return true;
  } catch {
    return false;
  }
  await Deno.remove(path(pid)).catch(() => {});
  return false;
}
