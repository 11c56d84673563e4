import { parseArgs } from "node:util";
import { availableParallelism } from "node:os";
import { escapeTerminal } from "../display/mod.ts";
import { passwordHint, queueUrl, startQueueProcess } from "./_queue_process.ts";

const HELP = `Makes this machine train experiments of a queue, until Ctrl-C.

  deno task worker --queue redis://host:6379 [--data DIR] [--workers N]

  --queue URL      redis://[name:password@]host[:port][/database], or rediss:// with TLS. By default the environment
                   variable PLATEAU_QUEUE says it, which keeps a password off the command line; PLATEAU_QUEUE_PASSWORD
                   may hold the password alone, PLATEAU_QUEUE_CA the file of a certificate authority
  --data DIR       this machine's copy of the images: used where its content is what an experiment wants. Without it,
                   images come from the queue
  --seed N         what the copy's test set was drawn by, as the report's --seed; 1 by default
  --workers N      experiments at the same time, one thread each; one for each processor by default
  --engine NAME    onnx (default), tensorflow, tensorflow-gpu, webgpu, wasm or cpu. Experiments of another engine or
                   another version of the code are left to others, and it is said
  --mixed-engines  also take experiments that whoever asks allows to be trained with any engine
  --name NAME      how it is called in progress displays; by default the machine's name
  --lock SECONDS   without a sign of life for so long, its experiments are given to others; 30 by default
  --help           this text

Ctrl-C finishes the experiments under way and leaves; a second Ctrl-C hands them back to the queue. It can reach the
queue's host and no other.
`;

const INTERRUPTED = 130;
const MOST_WORKERS = 64;

/** What a machine was asked to do. */
export interface WorkerArguments {
  readonly queue: string | null;
  readonly data: string;
  readonly seed: number;
  readonly workers: number;
  readonly engine: string;
  readonly mixedEngines: boolean;
  readonly name: string | null;
  readonly lock: number;
  readonly help: boolean;
}

/** @throws Error in words where the command line cannot be understood. */
export function parseWorkerArguments(args: readonly string[]): WorkerArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      queue: { type: "string" },
      data: { type: "string" },
      seed: { type: "string" },
      workers: { type: "string" },
      engine: { type: "string" },
      "mixed-engines": { type: "boolean" },
      name: { type: "string" },
      lock: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  const whole = (name: "seed" | "workers" | "lock", from: number, to: number, otherwise: number) => {
    const value = Number(values[name] ?? otherwise);
    if (!(Number.isInteger(value) && value >= from && value <= to)) {
      throw new Error(`--${name} must be a whole number from ${from} to ${to}, it is "${values[name]}"`);
    }
    return value;
  };
  if (values.data?.trim() === "") throw new Error("--data must name a folder, it is empty");
  if (values.name !== undefined && !/^[\w.-]{1,40}$/.test(values.name)) {
    throw new Error(`--name must be 1 to 40 letters, digits, ".", "_" or "-", it is "${values.name}"`);
  }
  return {
    queue: queueUrl(values.queue),
    data: values.data ?? "",
    seed: whole("seed", 0, 2 ** 32 - 1, 1),
    workers: whole("workers", 1, MOST_WORKERS, Math.min(MOST_WORKERS, availableParallelism())),
    engine: values.engine ?? "onnx",
    mixedEngines: values["mixed-engines"] ?? false,
    name: values.name ?? null,
    lock: whole("lock", 1, 3600, 30),
    help: values.help ?? false,
  };
}

/** `deno task worker`. Returns the exit status: 0, 1 where it could not join, 2 for a wrong call. */
export async function worker(args: readonly string[]): Promise<number> {
  let options: WorkerArguments;
  try {
    options = parseWorkerArguments(args);
    if (!options.help && options.queue === null) {
      throw new Error("--queue must name a queue, as redis://host:6379, or PLATEAU_QUEUE in the environment");
    }
  } catch (error) {
    console.error(`${escapeTerminal((error as Error).message.split(". ")[0])}\n\n${HELP}`);
    return 2;
  }
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  if (passwordHint(args) !== "") console.error(passwordHint(args));
  try {
    const child = startQueueProcess(options.queue!, {
      script: "_worker_process.ts",
      args: ["--with-parent", ...withoutQueue(args)],
      trains: true,
      stdout: "inherit",
    });
    // Ctrl-C reaches both; the machine's process decides when it has finished.
    Deno.addSignalListener("SIGINT", () => {});
    if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", () => child.kill("SIGTERM"));
    const { code, signal } = await child.status;
    return signal === "SIGINT" ? INTERRUPTED : code;
  } catch (error) {
    console.error(escapeTerminal((error as Error).message));
    return 1;
  }
}

/** The URL is in the environment. */
function withoutQueue(args: readonly string[]): string[] {
  const rest: string[] = [];
  for (let i = 0; i < args.length; i++) {
    if (args[i] === "--queue") i++;
    else if (!args[i].startsWith("--queue=")) rest.push(args[i]);
  }
  return rest;
}

if (import.meta.main) {
  // Importing code from a few well-known hosts is allowed unless it is revoked, whatever permissions are given.
  Deno.permissions.revokeSync({ name: "import" });
  Deno.exit(await worker(Deno.args));
}
