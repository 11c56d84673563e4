import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { EngineName } from "../engine/mod.ts";

/** What `deno task report` was asked for. */
export interface ReportOptions {
  /** As it was given; empty for the sample. */
  readonly data: string;
  /** Names of notebooks; null for all. */
  readonly only: readonly string[] | null;
  readonly quick: boolean;
  readonly seed: number;
  readonly engine: EngineName;
  /** Null for `reports` in the project. */
  readonly out: string | null;
  readonly omitImages: boolean;
  readonly verbose: boolean;
  readonly help: boolean;
}

/** The command was called in a way it does not know. The message says what it expects. */
export class UsageError extends Error {
  override name = "UsageError";
}

export const REPORT_HELP = `Runs the notebooks on a folder of labelled images and writes a report.

  deno task report [--data DIR] [--only 01,03] [--quick] [--seed N] [--engine NAME] [--out DIR]

  --data DIR      the images, as DIR/<class>/*; the bundled sample emoji16 without it
  --only LIST     only these notebooks, by number: 01,03
  --quick         fewer epochs and folds: to see whether everything works
  --seed N        where every random choice comes from; 1 by default
  --engine NAME   onnx (default), wasm or cpu
  --out DIR       where to; reports by default
  --no-images     leave the pictures out; charts stay
  --verbose       where in the code an error came from
  --help          this text
`;

// Named here and not asked for: loading the engines takes seconds that a typing error should not cost.
const ENGINES = ["onnx", "wasm", "cpu"] as const satisfies readonly EngineName[];
const LARGEST_SEED = 2 ** 31 - 1;

/**
 * Reads the command line.
 *
 * @param available Names of the notebooks there are, as "01_dataset".
 * @throws UsageError
 */
export function parseReportOptions(args: readonly string[], available: readonly string[]): ReportOptions {
  const values = parse(args);
  const seed = Number(values.seed ?? "1");
  if (!/^\d+$/.test(values.seed ?? "1") || seed > LARGEST_SEED) {
    throw new UsageError(`--seed must be a whole number from 0 to ${LARGEST_SEED}, it is "${values.seed}"`);
  }
  const engine = ENGINES.find((name) => name === (values.engine ?? "onnx"));
  if (engine === undefined) {
    throw new UsageError(`--engine must be one of ${ENGINES.join(", ")}, it is "${values.engine}"`);
  }
  for (const name of ["data", "out"] as const) {
    if (values[name]?.trim() === "") throw new UsageError(`--${name} must name a folder, it is empty`);
  }
  return {
    data: values.data ?? "",
    only: values.only === undefined ? null : chosen(values.only, available),
    quick: values.quick ?? false,
    seed,
    engine,
    out: values.out ?? null,
    omitImages: values["no-images"] ?? false,
    verbose: values.verbose ?? false,
    help: values.help ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        data: { type: "string" },
        only: { type: "string" },
        quick: { type: "boolean" },
        seed: { type: "string" },
        engine: { type: "string" },
        out: { type: "string" },
        "no-images": { type: "boolean" },
        verbose: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    // Node's further sentences are about positional arguments, which there are none of here.
    throw new UsageError((error as Error).message.split(/\.\s/)[0]);
  }
}

function chosen(list: string, available: readonly string[]): string[] {
  const wanted = list.split(",").map((item) => item.trim()).filter((item) => item !== "");
  if (wanted.length === 0) throw new UsageError("--only must name notebooks, as 01,03");
  const names = wanted.map((item) => {
    const found = available.find((name) => name === item || name.startsWith(`${item.padStart(2, "0")}_`));
    if (found === undefined) {
      throw new UsageError(`--only names the notebook "${item}", there are ${available.join(", ")}`);
    }
    return found;
  });
  return available.filter((name) => names.includes(name));
}

/** A path that a person typed, as they meant it: `deno task` changes to the project's folder before it starts us. */
export function typedPath(path: string): string {
  return resolve(Deno.env.get("INIT_CWD") ?? Deno.cwd(), path);
}
