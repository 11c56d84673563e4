/**
 * `deno task test`: runs the tests with the permissions that deno.json grants them, and ends with the plain line
 * `N passed, N failed, N skipped`. Arguments go on to `deno test`: `deno task test tests/stats --filter wilson`.
 */
import { deno } from "./_run.ts";

const results = await Deno.makeTempFile({ suffix: ".xml" });
const fine = await deno("test", "-P", "--no-check", "--hide-stacktraces", `--junit-path=${results}`, ...Deno.args);
const junit = await Deno.readTextFile(results);
await Deno.remove(results);

const [, tests, failures, errors] = junit.match(/<testsuites[^>]* tests="(\d+)" failures="(\d+)" errors="(\d+)"/) ??
  ["", "0", "0", "0"];
const failed = Number(failures) + Number(errors);
const skipped = junit.match(/<skipped/g)?.length ?? 0;
console.log(`${Number(tests) - failed - skipped} passed, ${failed} failed, ${skipped} skipped`);
Deno.exit(fine && Number(tests) > 0 ? 0 : 1);
