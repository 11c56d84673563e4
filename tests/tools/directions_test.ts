import assert from "node:assert/strict";
import { join } from "node:path";
import { wrongImports } from "../../tools/directions.ts";

async function faultsOf(files: Record<string, string>): Promise<string[]> {
  const lib = await Deno.makeTempDir();
  for (const [path, source] of Object.entries(files)) {
    await Deno.mkdir(join(lib, path, ".."), { recursive: true });
    await Deno.writeTextFile(join(lib, path), source);
  }
  const faults = await wrongImports(lib);
  await Deno.remove(lib, { recursive: true });
  return faults;
}

Deno.test("wrongImports() finds an import against the direction of the design", async () => {
  const faults = await faultsOf({ "stats/mean.ts": 'import { tf } from "../engine/mod.ts";' });
  assert.equal(faults.length, 1);
  assert.match(faults[0], /lib\/stats may not import lib\/engine/);
});

Deno.test("wrongImports() finds an import behind another folder's mod.ts, over several lines too", async () => {
  const faults = await faultsOf({ "chart/bars.ts": 'import {\n  escapeHtml,\n} from "../display/escape.ts";' });
  assert.equal(faults.length, 1);
  assert.match(faults[0], /behind lib\/display\/mod.ts/);
});

Deno.test("wrongImports() has nothing against the allowed ways", async () => {
  const faults = await faultsOf({
    "chart/bars.ts": 'import { bundle } from "../display/mod.ts";\nimport { theme } from "./theme.ts";',
    "cli/report.ts": 'import { x } from "../engine/onnx/backend.ts";',
    "mod.ts": 'export * as stats from "./stats/mod.ts";',
  });
  assert.deepEqual(faults, []);
});
