import { deno } from "./_run.ts";

/** How many tests ended how. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * Runs `deno test` with the permissions that deno.json grants tests.
 *
 * @param args For `deno test`.
 * @returns Whether there were tests and all went well, and how many.
 */
export async function runTests(args: readonly string[]): Promise<{ readonly fine: boolean; readonly counts: Counts }> {
  const results = await Deno.makeTempFile({ suffix: ".xml" });
  const fine = await deno("test", "-P", "--no-check", "--hide-stacktraces", `--junit-path=${results}`, ...args);
  const junit = await Deno.readTextFile(results);
  await Deno.remove(results);
  const [, tests, failures, errors] = junit.match(/<testsuites[^>]* tests="(\d+)" failures="(\d+)" errors="(\d+)"/) ??
    ["", "0", "0", "0"];
  const failed = Number(failures) + Number(errors);
  const skipped = junit.match(/<skipped/g)?.length ?? 0;
  return {
    fine: fine && Number(tests) > 0,
    counts: { passed: Number(tests) - failed - skipped, failed, skipped },
  };
}

/** The plain last line. */
export function countsText({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
