/**
 * `deno task test`: runs the tests with the permissions that deno.json grants them, and ends with the plain line
 * `N passed, N failed, N skipped`. Arguments go on to `deno test`: `deno task test tests/stats --filter wilson`.
 */
import { countsText, runAllTests, runTests } from "./_tests.ts";

const { fine, counts, failed } = Deno.args.length > 0 ? await runTests(Deno.args) : await runAllTests("tests");
if (failed.length > 0) console.log(`\nFailed:\n${failed.map((name) => `  ${name}`).join("\n")}\n`);
console.log(countsText(counts));
Deno.exit(fine ? 0 : 1);
