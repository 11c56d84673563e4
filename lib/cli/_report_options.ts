import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { EngineName } from "../engine/mod.ts";
import { queueUrl } from "./_queue_process.ts";

/** What `deno task report` was asked for. */
export interface ReportOptions {
  /** As it was given; empty for the sample. */
  readonly data: string;
  /** Folder of the notebooks, as typed; null for the project's. */
  readonly notebooks: string | null;
  /** Names of notebooks; null for all. */
  readonly only: readonly string[] | null;
  /** Time for the whole report, as "15m", "90s" or "1h"; "none" for no limit. */
  readonly budget: string;
  /** A model of the person's own, as typed: a .ts file or a model.json; empty for none. */
  readonly model: string;
  /** A training history from elsewhere, as typed: .csv or .json; empty for none. */
  readonly history: string;
  /** Predictions from elsewhere, as typed: .csv; empty for none. */
  readonly predictions: string;
  /** Pre-trained networks, as typed: .onnx files, a model.json, or hf:OWNER/NAME; empty for the bundled one alone. */
  readonly backbone: readonly string[];
  /** Whether a backbone hf:OWNER/NAME may be downloaded, which is what the network is used for. */
  readonly download: boolean;
  /** Whether notebook 10 may open the sealed test set. */
  readonly unseal: boolean;
  readonly seed: number;
  /** "auto" for the fastest that is here. */
  readonly engine: EngineName | "auto";
  /** Experiments that are trained at the same time. */
  readonly workers: number;
  /** URL of the queue on whose machines experiments are trained; null to train here. */
  readonly queue: string | null;
  /** Whether machines with other engines may take them. */
  readonly mixedEngines: boolean;
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

  deno task report [--data DIR] [--only 01,03] [--budget 15m] [--seed N] [--workers N] [--engine NAME] [--out DIR]

  --data DIR          the images, as DIR/<class>/*; the bundled sample emoji16 without it
  --model FILE        your model: a .ts file whose default export makes a tf.LayersModel, or a model.json of
                      TensorFlow.js or Keras; it is linted, trained and diagnosed like the CNN of the question
  --history FILE      a training history from elsewhere: .csv or .json of Keras, .csv of Lightning
  --predictions FILE  predictions from elsewhere: .csv with a path and one probability per class
  --backbone FILE     a pre-trained network for notebook 09, again for each more: a .onnx file, a model.json of TensorFlow.js, or
                      hf:OWNER/NAME for one from Hugging Face that was downloaded (deno task backbone hf:OWNER/NAME)
  --download          downloads it where it is not there yet, by that command, before anything else: only that
                      command may use the network, and only huggingface.co
  --unseal            notebook 10 opens the sealed test set: once, when everything is decided
  --notebooks DIR     the notebooks of a study of your own, as \`deno task new\` makes it; the report goes to DIR/reports
  --only LIST         only these notebooks, by number: 01,03
  --budget TIME       time for the whole report from nothing, as 15m (default), 90s or 1h: folds, seeds and epochs adapt
  --quick             the same as --budget 3m: to see whether everything works
  --thorough          no limit
  --seed N            where every random choice comes from; 1 by default
  --workers N         trainings at the same time, one thread each; one for each processor by default, 4 at most
  --queue URL         train on the machines of a queue, where \`deno task worker\` runs: redis://host:6379, or rediss://
                      with TLS; by default what the environment variable PLATEAU_QUEUE says, which keeps a password off
                      the command line; "none" trains here
  --mixed-engines     machines with other engines may take experiments, too; each run says which it was
  --engine NAME       onnx, tensorflow, tensorflow-gpu, webgpu, wasm or cpu; by default the fastest that is there, which
                      \`deno task doctor\` lists
  --out DIR           where to; reports by default
  --no-images         leave the pictures out; charts stay
  --verbose           where in the code an error came from
  --help              this text

docs/own-data.md says how a folder may look, docs/reading-the-report.md what the report says.
`;

// Named here and not asked for: loading the engines takes seconds that a typing error should not cost.
const ENGINES = ["auto", "onnx", "tensorflow", "tensorflow-gpu", "webgpu", "wasm", "cpu"] as const satisfies readonly (
  | EngineName
  | "auto"
)[];
const LARGEST_SEED = 2 ** 31 - 1;
const MOST_WORKERS = 64;

/** The folder of notebooks that a command line names, before anything else of it is read; null for the project's. */
export function notebooksOf(args: readonly string[]): string | null {
  const at = args.findIndex((one) => one === "--notebooks" || one.startsWith("--notebooks="));
  if (at < 0) return null;
  return args[at].includes("=") ? args[at].slice(args[at].indexOf("=") + 1) : args[at + 1] ?? null;
}

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
  const engine = ENGINES.find((name) => name === (values.engine ?? "auto"));
  if (engine === undefined) {
    throw new UsageError(`--engine must be one of ${ENGINES.join(", ")}, it is "${values.engine}"`);
  }
  const workers = Number(values.workers ?? defaultWorkers());
  if (!/^\d+$/.test(values.workers ?? "1") || workers < 1 || workers > MOST_WORKERS) {
    throw new UsageError(`--workers must be a whole number from 1 to ${MOST_WORKERS}, it is "${values.workers}"`);
  }
  for (const name of ["data", "out"] as const) {
    if (values[name]?.trim() === "") throw new UsageError(`--${name} must name a folder, it is empty`);
  }
  for (const name of ["model", "history", "predictions"] as const) {
    if (values[name]?.trim() === "") throw new UsageError(`--${name} must name a file, it is empty`);
  }
  const backbone = values.backbone ?? [];
  if (backbone.some((one) => one.trim() === "")) throw new UsageError("--backbone must name a file, it is empty");
  if (values.download && !backbone.some((one) => one.startsWith("hf:"))) {
    throw new UsageError("--download needs a --backbone hf:OWNER/NAME to download");
  }
  return {
    data: values.data ?? "",
    notebooks: values.notebooks ?? null,
    only: values.only === undefined ? null : chosen(values.only, available),
    budget: budgetOf(values),
    model: values.model ?? "",
    history: values.history ?? "",
    predictions: values.predictions ?? "",
    backbone,
    download: values.download ?? false,
    unseal: values.unseal ?? false,
    seed,
    engine,
    workers,
    queue: queueUrl(values.queue),
    mixedEngines: values["mixed-engines"] ?? false,
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
        notebooks: { type: "string" },
        only: { type: "string" },
        budget: { type: "string" },
        quick: { type: "boolean" },
        thorough: { type: "boolean" },
        model: { type: "string" },
        history: { type: "string" },
        predictions: { type: "string" },
        backbone: { type: "string", multiple: true },
        download: { type: "boolean" },
        unseal: { type: "boolean" },
        seed: { type: "string" },
        engine: { type: "string" },
        workers: { type: "string" },
        queue: { type: "string" },
        "mixed-engines": { type: "boolean" },
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

/** One for each processor; but each takes memory of its own, and the budget's plan has seldom more than a few at hand. */
export function defaultWorkers(): number {
  return Math.max(1, Math.min(4, navigator.hardwareConcurrency));
}

function budgetOf({ budget, quick, thorough }: { budget?: string; quick?: boolean; thorough?: boolean }): string {
  if ([budget !== undefined, quick, thorough].filter(Boolean).length > 1) {
    throw new UsageError("--budget, --quick and --thorough exclude each other, give one of them");
  }
  if (quick) return "3m";
  if (thorough) return "none";
  if (budget !== undefined && !/^[1-9]\d*(\.\d+)?[smh]$/.test(budget)) {
    throw new UsageError(`--budget must be a time, as 15m, 90s or 1h, it is "${budget}"`);
  }
  return budget ?? "15m";
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
