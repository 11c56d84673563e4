import { deno, denoAtOnce, filesBelow } from "./_run.ts";

/** How many tests ended how. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Whether there were tests and all went well, how many, and the names of those that failed. */
export interface Outcome {
  readonly fine: boolean;
  readonly counts: Counts;
  readonly failed: readonly string[];
}

/** Files that one process takes: starting it costs little beside loading them, and the last one is not waited for long. */
const FILES_A_PROCESS = 5;

/** More would only compete: an operator uses several threads. */
const MOST_PROCESSES = 4;

/**
 * Runs `deno test` with the permissions that deno.json grants tests.
 *
 * @param args For `deno test`.
 * @param pass What becomes of its output: shown as it comes, or once it has ended.
 */
export async function runTests(args: readonly string[], pass: typeof deno = deno): Promise<Outcome> {
  const results = await Deno.makeTempFile({ suffix: ".xml" });
  const fine = await pass("test", "-P", "--no-check", "--hide-stacktraces", `--junit-path=${results}`, ...args);
  const junit = await Deno.readTextFile(results);
  await Deno.remove(results);
  const [, tests, failures, errors] = junit.match(/<testsuites[^>]* tests="(\d+)" failures="(\d+)" errors="(\d+)"/) ??
    ["", "0", "0", "0"];
  const failed = Number(failures) + Number(errors);
  const skipped = junit.match(/<skipped/g)?.length ?? 0;
  return {
    fine: fine && Number(tests) > 0,
    counts: { passed: Number(tests) - failed - skipped, failed, skipped },
    failed: [...junit.matchAll(/<testcase name="([^"]*)"[^>]*>\s*<(?:failure|error)/g)].map(([, name]) => name),
  };
}

/**
 * Runs all tests below a folder, several processes at a time: half of most files' time is loading. Processes share
 * neither environment nor memory, so that no file notices another.
 */
export async function runAllTests(folder: string): Promise<Outcome> {
  const files = await filesBelow(folder, "_test.ts");
  const batches: string[][] = [];
  for (let at = 0; at < files.length; at += FILES_A_PROCESS) batches.push(files.slice(at, at + FILES_A_PROCESS));
  const outcomes: Outcome[] = [];
  const worker = async () => {
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
      outcomes.push(await runTests(batch, denoAtOnce));
    }
  };
  const processes = Math.max(1, Math.min(navigator.hardwareConcurrency, MOST_PROCESSES));
  await Promise.all(Array.from({ length: processes }, worker));
  return joined(outcomes);
}

/** Outcomes of several runs as one. */
export function joined(outcomes: readonly Outcome[]): Outcome {
  const sum = (key: keyof Counts) => outcomes.reduce((total, { counts }) => total + counts[key], 0);
  return {
    fine: outcomes.every(({ fine }) => fine),
    counts: { passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped") },
    failed: outcomes.flatMap(({ failed }) => failed),
  };
}

/** The plain last line. */
export function countsText({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
