/**
 * `deno task test`: runs the tests with the permissions that deno.json grants them, and ends with the plain line
 * `N passed, N failed, N skipped`. Arguments go on to `deno test`: `deno task test tests/stats --filter wilson`.
 */
import { countsText, runTests } from "./_tests.ts";

const { fine, counts } = await runTests(Deno.args);
console.log(countsText(counts));
Deno.exit(fine ? 0 : 1);
