import { dirname, join, relative } from "node:path";
import { filesBelow } from "./_run.ts";

/** What each folder of lib/ may import. CONTRIBUTING.md has the same table in words. */
const ALLOWED: Record<string, readonly string[]> = {
  files: [],
  stats: [],
  hub: ["files"],
  display: [],
  engine: ["files"],
  notebook: [],
  chart: ["display"],
  dataset: ["files", "stats", "display"],
  augment: ["stats"],
  model: ["engine", "stats"],
  train: ["files", "model", "dataset", "augment", "engine", "stats", "chart", "display"],
  quiz: ["files", "dataset", "stats", "display"],
  diagnose: ["train", "quiz", "files", "model", "dataset", "augment", "engine", "stats", "chart", "display"],
  pipeline: ["diagnose", "train", "files", "model", "dataset", "augment", "engine", "stats", "chart", "display"],
  improve: [
    "pipeline",
    "hub",
    "diagnose",
    "train",
    "files",
    "model",
    "dataset",
    "augment",
    "engine",
    "stats",
    "chart",
    "display",
  ],
  selftest: ["diagnose", "train", "files", "model", "dataset", "augment", "engine", "stats", "display"],
  report: ["files", "display", "notebook"],
};

const IMPORT =
  /^\s*(?:import|export)\b[^;]*?\bfrom\s+"(\.[^"]+)"|\bimport\(\s*"(\.[^"]+)"\s*\)|^\s*import\s+"(\.[^"]+)"/gm;

/** Imports that cross folders in a direction the design rules out, or that reach behind another folder's mod.ts. */
export async function wrongImports(lib: string): Promise<string[]> {
  const faults: string[] = [];
  for (const file of await filesBelow(lib, ".ts")) {
    const source = await Deno.readTextFile(file);
    const from = room(lib, file);
    for (const match of source.matchAll(IMPORT)) {
      const target = join(dirname(file), match[1] ?? match[2] ?? match[3]);
      const to = room(lib, target);
      if (from === to || from === "cli" || from === "") continue;
      if (!ALLOWED[from]?.includes(to)) {
        faults.push(`${file}: lib/${from} may not import lib/${to} (CONTRIBUTING.md has the table)`);
      } else if (relative(lib, target) !== join(to, "mod.ts")) {
        faults.push(`${file}: imports ${target}, which is behind lib/${to}/mod.ts`);
      }
    }
  }
  return faults;
}

/** The folder below `lib` that a file lies in; "" for lib/mod.ts itself. */
function room(lib: string, file: string): string {
  const parts = relative(lib, file).split("/");
  return parts.length > 1 ? parts[0] : "";
}
