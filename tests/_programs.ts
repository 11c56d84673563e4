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

/**
 * Path of a Python that has a package and one of others beside it, or null: that of `PLATEAU_TEST_PYTHON`, or the first
 * on the PATH.
 */
export async function findPythonWith(name: string, anyOf: readonly string[]): Promise<string | null> {
  const given = Deno.env.get("PLATEAU_TEST_PYTHON");
  const folders = (Deno.env.get("PATH") ?? "").split(delimiter);
  const seen = `import sys, importlib.util as u
sys.exit(not (u.find_spec(${JSON.stringify(name)}) and any(u.find_spec(n) for n in ${JSON.stringify(anyOf)})))`;
  for (const path of given ? [given] : [...new Set(folders)].map((folder) => join(folder, "python3"))) {
    if (!await Deno.stat(path).then(({ isFile }) => isFile, () => false)) continue;
    const { code } = await new Deno.Command(path, { args: ["-c", seen], stdout: "null", stderr: "null" }).output();
    if (code === 0) return path;
  }
  return null;
}
