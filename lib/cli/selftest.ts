import { parseArgs } from "node:util";
import { escapeTerminal } from "../display/mod.ts";
import { writeWhole } from "../files/mod.ts";
import { queueUrl } from "./_queue_process.ts";
import { startQueueRelay } from "./_queue_relay.ts";
import { typedPath } from "./_report_options.ts";

const HELP = `Plants known faults into copies of a data set, one at a time, and counts which findings fire.

  deno task selftest [--data DIR] [--seeds 5] [--faults a,b] [--json FILE] [--queue URL]

  --data DIR      the images; the bundled sample emoji16 without it. They stay as they are
  --seeds N       how often each fault is planted, each time elsewhere; 5 by default
  --faults LIST   only these faults, by name: watermark,wrong-loss
  --engine NAME   onnx (default), tensorflow, tensorflow-gpu, webgpu, wasm or cpu
  --queue URL     trains on the machines of a queue, as of the report; by default what PLATEAU_QUEUE says
  --json FILE     writes every finding of every copy there, too
  --help          this text

It fails when a fault is found in fewer than four of five seeds, or when a clean copy has an error. Stopped with Ctrl-C,
the same command goes on from there.
`;

const INTERRUPTED = 130;
const MOST_SEEDS = 100;

/** Where the command prints; other than the defaults in tests only. */
export interface SelfTestHost {
  readonly print?: (text: string) => void;
  readonly printError?: (text: string) => void;
}

/** `deno task selftest`. Returns the exit status: 0, 1 where it failed, 2 for a wrong call, 130 after Ctrl-C. */
export async function selftest(args: readonly string[], host: SelfTestHost = {}): Promise<number> {
  const print = host.print ?? console.log;
  const printError = host.printError ?? console.error;
  let options: ReturnType<typeof parse>;
  try {
    options = parse(args);
  } catch (error) {
    printError(`${escapeTerminal((error as Error).message.split(". ")[0])}\n\n${HELP}`);
    return 2;
  }
  if (options.help) {
    print(HELP);
    return 0;
  }
  // Late: a typing error on the command line need not wait for the engines.
  const { selfTest } = await import("../selftest/mod.ts");
  const engine = await import("../engine/mod.ts");
  try {
    await engine.use(options.engine);
    await using relay = options.queue === null ? null : await startQueueRelay(options.queue, false);
    if (relay !== null) {
      const { useRelay } = await import("../train/mod.ts");
      await useRelay(relay.port, relay.token);
      print(`Experiments are trained on the machines of ${relay.shown}.`);
    }
    const report = await selfTest({ data: options.data, seeds: options.seeds, faults: options.faults });
    print(report.text());
    if (options.json !== null) await writeWhole(options.json, report.json());
    return report.passed ? 0 : 1;
  } catch (error) {
    const { name, message } = error as Error;
    printError(message.split("\n").map(escapeTerminal).join("\n"));
    if (name === "Interrupted") return INTERRUPTED;
    return name === "SelfTestError" ? 2 : 1;
  }
}

function parse(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: "string" },
      seeds: { type: "string" },
      faults: { type: "string" },
      engine: { type: "string" },
      json: { type: "string" },
      queue: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  const seeds = Number(values.seeds ?? 5);
  if (!(Number.isInteger(seeds) && seeds >= 1 && seeds <= MOST_SEEDS)) {
    throw new Error(`--seeds must be a whole number from 1 to ${MOST_SEEDS}, it is "${values.seeds}"`);
  }
  for (const name of ["data", "json", "faults"] as const) {
    if (values[name]?.trim() === "") throw new Error(`--${name} must not be empty`);
  }
  return {
    data: values.data === undefined ? "" : typedPath(values.data),
    seeds,
    faults: values.faults?.split(",").map((name) => name.trim()).filter((name) => name !== ""),
    engine: values.engine ?? "onnx",
    json: values.json === undefined ? null : typedPath(values.json),
    queue: queueUrl(values.queue),
    help: values.help ?? false,
  };
}

if (import.meta.main) {
  // Importing code from a few well-known hosts is allowed unless it is revoked, whatever permissions are given.
  Deno.permissions.revokeSync({ name: "import" });
  Deno.exit(await selftest(Deno.args));
}
