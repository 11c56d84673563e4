import { Interrupted } from "../../_loop.ts";
import type { Outcome } from "../job.ts";
import type { Remote, RemoteTask } from "../remote.ts";
import type { TaskHooks } from "../runner.ts";
import { unpackOutcome } from "../queue/_packed_outcome.ts";
import { QueueError } from "../queue/errors.ts";
import { Frames } from "./_frames.ts";
import type { Asked, QueueFacts, Told } from "./_messages.ts";

/** How soon an interrupt is passed on, in milliseconds. */
const LOOK = 100;

interface Open {
  readonly hooks: TaskHooks;
  readonly outcome: PromiseWithResolvers<Outcome>;
}

/**
 * Reaches a queue through another process on this machine, over one connection that is opened once. The process that
 * trains may then give up the network for good: what it can still do is ask for experiments.
 */
export class Relay implements Remote {
  readonly #open = new Map<number, Open>();
  readonly #sent = new Set<string>();
  #next = 0;
  #whereabouts = "";
  #gone: Error | null = null;

  private constructor(
    readonly frames: Frames,
    readonly facts: QueueFacts,
    reading: AsyncGenerator<{
      readonly header: unknown;
      readonly body: Uint8Array;
    }>,
  ) {
    this.#listen(reading);
  }

  get atOnce(): number {
    return this.facts.atOnce;
  }

  /**
   * @param port On 127.0.0.1, where the relay listens.
   * @param token What it knows its own by.
   * @throws QueueError where it does not answer.
   */
  static async connect(port: number, token: string): Promise<Relay> {
    try {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port });
      connection.setNoDelay(true);
      const frames = new Frames(connection);
      await frames.send({ kind: "hello", token } satisfies Asked);
      const reading = frames[Symbol.asyncIterator]();
      const { value } = await reading.next();
      const welcome = value?.header as Told | undefined;
      if (welcome?.kind !== "welcome") throw new Error("it does not know this process");
      return new Relay(frames, welcome.queue, reading);
    } catch (error) {
      throw new QueueError(`Cannot reach the queue: its relay on this machine is gone: ${(error as Error).message}`);
    }
  }

  async run({ job, images }: RemoteTask, hooks: TaskHooks): Promise<Outcome> {
    if (this.#gone) throw this.#gone;
    const n = this.#next++;
    const outcome = Promise.withResolvers<Outcome>();
    this.#open.set(n, { hooks, outcome });
    let stopped = false;
    const look = setInterval(() => {
      if (stopped || !hooks.stop.stopRequested()) return;
      stopped = true;
      this.#ask({ kind: "stop", n });
    }, LOOK);
    try {
      if (!this.#sent.has(images.hash)) {
        this.#sent.add(images.hash);
        this.#ask({ kind: "images", hash: images.hash }, images.bytes);
      }
      this.#ask({ kind: "train", n, job, images: images.hash });
      return await outcome.promise;
    } finally {
      clearInterval(look);
      this.#open.delete(n);
    }
  }

  whereabouts(): string {
    return this.#whereabouts;
  }

  close(): void {
    this.frames.close();
  }

  #ask(message: Asked, body?: Uint8Array): void {
    this.frames.send(message, body).catch((error) => this.#end(error as Error));
  }

  async #listen(reading: AsyncIterable<{ readonly header: unknown; readonly body: Uint8Array }>): Promise<void> {
    try {
      for await (const { header, body } of reading) {
        const told = header as Told;
        if (told.kind === "whereabouts") this.#whereabouts = told.text;
        if (!("n" in told)) continue;
        const open = this.#open.get(told.n);
        if (told.kind === "progress") open?.hooks.onProgress(told.epochs, told.last);
        else if (told.kind === "trained") open?.outcome.resolve(unpackOutcome(body));
        else if (told.kind === "failed") open?.outcome.reject(errorOf(told));
      }
      this.#end(new Error("it ended"));
    } catch (error) {
      this.#end(error as Error);
    }
  }

  #end(error: Error): void {
    this.#gone ??= new QueueError(
      `Cannot reach the queue any more: its relay on this machine is gone: ${error.message}`,
    );
    for (const { outcome } of this.#open.values()) outcome.reject(this.#gone);
  }
}

function errorOf({ name, message }: { readonly name: string; readonly message: string }): Error {
  if (name === "Interrupted") return new Interrupted(message);
  const error = name === "RangeError" ? new RangeError(message) : new Error(message);
  error.name = name;
  return error;
}
