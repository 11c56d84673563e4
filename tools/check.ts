/**
 * `deno task check`: format, lint, import directions, notebooks, types and the examples in docstrings. All of them run,
 * even after one has failed; the exit status tells.
 */
import { deno } from "./_run.ts";
import { wrongImports } from "./directions.ts";
import { notebookFaults, writeNotebookModules } from "./notebooks.ts";

const steps: [name: string, run: () => Promise<boolean>][] = [
  ["format", () => deno("fmt", "--check", "--quiet")],
  ["lint", () => deno("lint", "--quiet")],
  ["import directions", async () => report(await wrongImports("lib"))],
  ["notebooks", async () => report(await notebookFaults("notebooks"))],
  ["types", async () => {
    const modules = await writeNotebookModules("notebooks", ".plateau/check");
    return await deno("check", "--quiet", "lib", "tests", "tools", ...modules);
  }],
  ["doc examples", () => deno("test", "--quiet", "-P", "--doc", "--no-check", "lib")],
];

let failed = 0;
for (const [name, run] of steps) {
  const fine = await run();
  console.log(`${fine ? "ok    " : "FAILED"}  ${name}`);
  if (!fine) failed++;
}
Deno.exit(failed === 0 ? 0 : 1);

function report(faults: string[]): boolean {
  faults.forEach((fault) => console.error(fault));
  return faults.length === 0;
}
