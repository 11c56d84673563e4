import { QueueError } from "../train/experiments/queue/errors.ts";
import { startQueueProcess } from "./_queue_process.ts";
import type { RelayLine } from "./_queue_relay_process.ts";

/** A queue that another process of ours holds. */
export interface QueueRelay extends AsyncDisposable {
  /** On 127.0.0.1. */
  readonly port: number;
  readonly token: string;
  /** "redis://host:6379", without name and password. */
  readonly shown: string;
}

/** What taking back jobs may take, in milliseconds. */
const FAREWELL = 5000;

/**
 * Starts the process that holds the queue.
 *
 * @throws QueueError where the queue cannot be used.
 */
export async function startQueueRelay(url: string, mixedEngines: boolean): Promise<QueueRelay> {
  const child = startQueueProcess(url, {
    script: "_queue_relay_process.ts",
    args: mixedEngines ? ["--mixed-engines"] : [],
    local: true,
    stdout: "piped",
  });
  const line = await firstLine(child.stdout);
  const said: RelayLine = line === "" ? { error: "Cannot use the queue: its process ended" } : JSON.parse(line);
  if ("error" in said) {
    await child.stdin.close().catch(() => {});
    await child.status;
    throw new QueueError(said.error);
  }
  return {
    ...said,
    async [Symbol.asyncDispose]() {
      await child.stdin.close().catch(() => {}); // it ends then
      const late = setTimeout(() => child.kill("SIGKILL"), FAREWELL);
      await child.status;
      clearTimeout(late);
    },
  };
}

/** Reads on, so that the other side never waits for a reader. */
async function firstLine(stream: Deno.ChildProcess["stdout"]): Promise<string> {
  const line = Promise.withResolvers<string>();
  (async () => {
    let text = "";
    for await (const part of stream.pipeThrough(new TextDecoderStream())) {
      text += part;
      if (text.includes("\n")) line.resolve(text.split("\n")[0]);
    }
    line.resolve("");
  })();
  return await line.promise;
}

/** Code with which a notebook's kernel, before it gives up the network, opens its one connection to that process. */
export function relayCode({ port, token }: QueueRelay): string {
  const module = new URL("../train/mod.ts", import.meta.url).href;
  return `void await (await import(${JSON.stringify(module)})).useRelay(${port}, ${JSON.stringify(token)});`;
}
