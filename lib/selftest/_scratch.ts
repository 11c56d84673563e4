import { join } from "node:path";
import { cacheRoot, sweep, temporaryName } from "../files/mod.ts";

/** Where the self-test keeps what it has measured so far, and its copies while it runs. */
export function selfTestFolder(): string {
  return join(cacheRoot(), "selftest");
}

/**
 * Runs `body` with a folder of its own in the cache, which is also the cache meanwhile: pixels of planted images, runs,
 * and reads of the copies' test sets do not mix with a person's own. All of it is removed at the end; what a killed
 * process left behind is removed at the start.
 */
export async function inScratch<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const home = selfTestFolder();
  await sweep(home);
  const folder = temporaryName(join(home, "scratch"));
  await Deno.mkdir(folder, { recursive: true });
  const before = Deno.env.get("PLATEAU_CACHE");
  Deno.env.set("PLATEAU_CACHE", join(folder, "cache"));
  try {
    return await body(folder);
  } finally {
    if (before === undefined) Deno.env.delete("PLATEAU_CACHE");
    else Deno.env.set("PLATEAU_CACHE", before);
    await Deno.remove(folder, { recursive: true });
  }
}
