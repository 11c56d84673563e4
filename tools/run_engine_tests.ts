/**
 * `deno task test:engines [NAME…]`: runs `tests/engines.ts` for each engine, in a process of its own, and ends with the
 * plain line `N passed, N failed, N skipped`.
 */
import { countsText, runTests } from "./_tests.ts";

const ENGINES = ["onnx", "tensorflow", "tensorflow-gpu", "webgpu"];

let fine = true;
const all = { passed: 0, failed: 0, skipped: 0 };
for (const name of Deno.args.length > 0 ? Deno.args : ENGINES) {
  console.log(`\n${name}`);
  Deno.env.set("PLATEAU_TEST_ENGINE", name);
  const one = await runTests(["tests/engines.ts"]);
  fine &&= one.fine;
  for (const key of ["passed", "failed", "skipped"] as const) all[key] += one.counts[key];
}
console.log(countsText(all));
Deno.exit(fine ? 0 : 1);
