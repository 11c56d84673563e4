import { delimiter, join } from "node:path";

/** Path of the first of these programs that is on the PATH, or null. Tests that need it are skipped without. */
export function findProgram(...names: string[]): string | null {
  for (const folder of (Deno.env.get("PATH") ?? "").split(delimiter)) {
    for (const name of names) {
      try {
        const path = join(folder, name);
        if (Deno.statSync(path).isFile) return path;
      } catch {
        // not there
      }
    }
  }
  return null;
}

export const findChromium = () => findProgram("chromium", "chromium-browser", "google-chrome");
