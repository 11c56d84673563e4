import { cacheRoot, projectRoot } from "../files/mod.ts";
import { type QueueAddress, queueAddress } from "../train/experiments/queue/_address.ts";
import { QueueError } from "../train/experiments/queue/errors.ts";

/** What a process on a queue may do besides reaching it. */
export interface QueueProcessOptions {
  /** File in `lib/cli`. */
  readonly script: string;
  readonly args: readonly string[];
  /** Reaches 127.0.0.1, too. */
  readonly local?: boolean;
  /** Loads native libraries and writes to the cache, as training needs. */
  readonly trains?: boolean;
  readonly stdout: "inherit" | "piped";
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * The queue that was asked for, as it was typed or else as the environment variable `PLATEAU_QUEUE` has it; null where
 * neither says anything, or where "none" was typed.
 */
export function queueUrl(typed: string | undefined): string | null {
  const url = typed ?? Deno.env.get("PLATEAU_QUEUE") ?? "";
  return url === "" || url === "none" ? null : url;
}

/** What to say where a password was typed; empty where none was. */
export function passwordHint(args: readonly string[]): string {
  return args.some((arg) => /^(--queue=)?rediss?:\/\/[^@/]*:[^@/]+@/.test(arg))
    ? "A password on the command line can be read by others on this machine: the environment variable PLATEAU_QUEUE keeps it."
    : "";
}

/**
 * Starts a program of ours that may reach the queue's host and port, and no other. The process ends when its standard
 * input is closed, which happens when this one ends.
 *
 * @throws QueueError where the URL cannot be used.
 */
export function startQueueProcess(url: string, options: QueueProcessOptions): Deno.ChildProcess {
  const { args, env } = queueProcess(url, options);
  try {
    return new Deno.Command("deno", { args, env, stdin: "piped", stdout: options.stdout, stderr: "inherit" }).spawn();
  } catch (error) {
    const reason = error instanceof Deno.errors.NotFound ? "`deno` is not on the PATH" : (error as Error).message;
    throw new QueueError(`Cannot reach the queue ${queueAddress(url).shown}: ${reason}`);
  }
}

/**
 * How it is started. Permissions in deno.json are fixed, so this is how the one host that is asked for is granted. The URL
 * goes through the environment: other people on the machine see command lines.
 */
export function queueProcess(
  url: string,
  { script, args, local = false, trains = false, env = {} }: QueueProcessOptions,
): { readonly args: string[]; readonly env: Record<string, string> } {
  const hosts = [hostAndPort(queueAddress(url)), ...(local ? ["127.0.0.1"] : [])];
  return {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      `--allow-net=${hosts.join(",")}`,
      "--allow-read",
      "--allow-env",
      "--allow-sys",
      ...(trains ? ["--allow-ffi", `--allow-write=${env.PLATEAU_CACHE ?? cacheRoot()}`] : []),
      `${projectRoot()}/lib/cli/${script}`,
      ...args,
    ],
    env: { PLATEAU_QUEUE: url, DENO_NO_UPDATE_CHECK: "1", ...env },
  };
}

/** In the started process: tells when the one that started it is gone. */
export async function whenParentEnds(): Promise<void> {
  try {
    for await (const _ of Deno.stdin.readable);
  } catch {
    // as good as its end
  }
}

function hostAndPort({ host, port }: QueueAddress): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
