import type { Redis } from "ioredis";
import type { Queue } from "bullmq";
import { Interrupted } from "../../_loop.ts";
import type { Outcome } from "../job.ts";
import type { TaskHooks } from "../runner.ts";
import type { Envelope } from "./_envelope.ts";
import { uploadImages } from "./_image_store.ts";
import { keys } from "./_names.ts";
import type { PackedImages } from "./_packed_images.ts";
import { unpackOutcome } from "./_packed_outcome.ts";

/** Seconds that a finished job is remembered for whoever asks for the same experiment; its result a little longer. */
export const REMEMBERED = 24 * 3600;
/** What a machine says of a job that it stopped because nobody wanted it any more. */
export const CANCELLED = "Interrupted: nobody wants it any more";
/** How long the queue is asked to forget a job before the person is given back the prompt, in milliseconds. */
const FAREWELL = 3000;

/** What a machine says of a job that it has done. */
export interface Done {
  /** Key of the packed outcome. */
  readonly result: string;
}

/** What it says while it trains. */
export interface Sign {
  readonly machine: string;
  readonly epochs: number;
  readonly last: Parameters<TaskHooks["onProgress"]>[1];
}

/** What the queue knows of a job. */
type State = "unknown" | "waiting" | { readonly done: Done } | { readonly failed: string };

/** One job, from the moment it is wanted until its outcome is there, whatever becomes of the queue meanwhile. */
export class Submission {
  readonly outcome: Promise<Outcome>;
  /** Where it is trained; empty while it waits. */
  machine = "";
  readonly #end = Promise.withResolvers<Outcome>();
  #settled = false;
  /** One look at a time. */
  #looking: Promise<void> = Promise.resolve();
  #looksWaiting = 0;

  constructor(
    readonly envelope: Envelope,
    readonly images: PackedImages,
    readonly hooks: TaskHooks,
    readonly queue: Queue,
    readonly redis: Redis,
  ) {
    this.outcome = this.#end.promise;
    this.outcome.catch(() => {});
  }

  get id(): string {
    return this.envelope.job.id;
  }

  sign({ machine, epochs, last }: Sign): void {
    this.machine = machine;
    if (!this.#settled) this.hooks.onProgress(epochs, last);
  }

  /**
   * Asks the queue how the job is, and does what follows: hands it in where it is not there, takes its outcome where it
   * is done. Safe to call at any time, any number of times.
   */
  look(first = false): void {
    if (this.#settled || this.#looksWaiting > 1) return;
    this.#looksWaiting++;
    this.#looking = this.#looking.then(() => this.#look(first)).finally(() => this.#looksWaiting--);
  }

  /** Nobody waits for it any more: takes it out of the queue, or stops the machine that trains it. */
  async cancel(): Promise<void> {
    if (this.#settled) return;
    this.#settled = true;
    this.#end.reject(new Interrupted("Training was interrupted. Finished runs are kept: run it again to go on."));
    const withdraw = async () => {
      if (await this.queue.remove(this.id).catch(() => 0) !== 1) {
        await this.redis.set(keys.stop(this.id), "1", "EX", 3600);
      }
    };
    let timer;
    await Promise.race([withdraw().catch(() => {}), new Promise((resolve) => timer = setTimeout(resolve, FAREWELL))]);
    clearTimeout(timer);
  }

  async #look(first: boolean): Promise<void> {
    if (this.#settled) return;
    try {
      const state = await this.#state();
      if (state === "waiting") {
        if (first) await this.redis.del(keys.stop(this.id)); // of somebody who has given up
        return;
      }
      if (state === "unknown") return await this.#handIn();
      if ("failed" in state) {
        // What failed for others, or before, is tried once more; so is what somebody else gave up.
        if (!first && state.failed !== CANCELLED) return this.#fail(errorOf(state.failed));
      } else if (await this.#take(state.done)) return;
      await this.queue.remove(this.id);
      await this.#handIn();
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  async #state(): Promise<State> {
    const [id, finished, value, failed] = await this.redis.hmget(
      this.queue.toKey(this.id),
      "timestamp",
      "finishedOn",
      "returnvalue",
      "failedReason",
    );
    if (id === null) return "unknown";
    if (finished === null) return "waiting";
    return failed === null ? { done: JSON.parse(value ?? "null") } : { failed };
  }

  async #handIn(): Promise<void> {
    this.machine = "";
    await uploadImages(this.redis, this.images);
    await this.redis.del(keys.stop(this.id));
    await this.queue.add("experiment", this.envelope, {
      jobId: this.id,
      attempts: 1,
      removeOnComplete: { age: REMEMBERED },
      removeOnFail: { age: REMEMBERED },
    });
  }

  /** Whether the outcome was there and whole. */
  async #take(done: Done | null): Promise<boolean> {
    if (typeof done?.result !== "string" || !done.result.startsWith(keys.result(this.id, ""))) return false;
    const bytes = await this.redis.getBuffer(done.result);
    if (bytes === null) return false;
    const outcome = unpackOutcome(bytes);
    const { parts, images } = this.envelope.job;
    if (outcome.probabilities.length !== parts.validation.length * images.classes) {
      throw new Error("Cannot take what a machine trained: it has not as many predictions as there are images");
    }
    if (this.#settled) return true;
    this.#settled = true;
    this.#end.resolve(outcome);
    return true;
  }

  #fail(error: Error): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#end.reject(error);
  }
}

/** "RangeError: Cannot …" as the error it was. */
function errorOf(reason: string): Error {
  const [, name, message] = reason.match(/^(\w*Error|Interrupted): (.*)$/s) ?? ["", "Error", reason];
  const error = name === "RangeError" ? new RangeError(message) : new Error(message);
  error.name = name;
  return error;
}
