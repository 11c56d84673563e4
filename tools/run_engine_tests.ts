/**
 * `deno task test:engines [NAME…]`: runs `tests/engines.ts` for each engine, in a process of its own, and ends with the
 * plain line `N passed, N failed, N skipped`.
 */
import { countsText, joined, type Outcome, runTests } from "./_tests.ts";

const ENGINES = ["onnx", "tensorflow", "tensorflow-gpu", "webgpu"];

const outcomes: Outcome[] = [];
for (const name of Deno.args.length > 0 ? Deno.args : ENGINES) {
  console.log(`\n${name}`);
  Deno.env.set("PLATEAU_TEST_ENGINE", name);
  outcomes.push(await runTests(["tests/engines.ts"]));
}
const { fine, counts } = joined(outcomes);
console.log(countsText(counts));
Deno.exit(fine ? 0 : 1);
