import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder that holds `deno.json`, as an absolute path. */
export function projectRoot(): string {
  return dirname(dirname(dirname(fileURLToPath(import.meta.url))));
}

/**
 * Where decoded pixels, the sample and the experiment store lie: `.plateau` in the project, or the folder named by the
 * environment variable `PLATEAU_CACHE`. All of it can be made again.
 */
export function cacheRoot(): string {
  return Deno.env.get("PLATEAU_CACHE") || join(projectRoot(), ".plateau");
}
