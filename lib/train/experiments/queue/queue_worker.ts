import { type Job as QueueJob, UnrecoverableError, WaitingError, Worker } from "bullmq";
import { Buffer } from "node:buffer";
import { randomUUID } from "node:crypto";
import * as engine from "../../../engine/mod.ts";
import { Interrupted } from "../../_loop.ts";
import type { Job, Outcome } from "../job.ts";
import type { Runner } from "../runner.ts";
import { Workers } from "../workers.ts";
import { codeVersion } from "./_code_version.ts";
import { connectQueue, type QueueConnection } from "./_connect.ts";
import { type Envelope, parseEnvelope } from "./_envelope.ts";
import { ImageSource, type OwnImages } from "./_image_source.ts";
import { type Machine, showMachine } from "./_machines.ts";
import { keys, type Kind, PREFIX, queueName } from "./_names.ts";
import { packOutcome } from "./_packed_outcome.ts";
import { otherKinds } from "./_refusals.ts";
import { CANCELLED, type Done, REMEMBERED, type Sign } from "./_submission.ts";

/** What a machine offers. */
export interface QueueWorkerOptions {
  /** Experiments at the same time. */
  readonly atOnce: number;
  /** How it is called in progress displays. */
  readonly name: string;
  /** Its own copy of the images, if it has one: then they need not come from the queue. */
  readonly data?: OwnImages;
  /** Also takes experiments that may be trained with any engine. */
  readonly mixedEngines?: boolean;
  /** Seconds without a sign of life after which its jobs are given to others. */
  readonly lock?: number;
  /** For a line that a person should read. */
  readonly say: (text: string) => void;
  /** Other than Workers of this process in measurements only. */
  readonly runner?: Runner;
}

const LOCK = 30;
/** A job that its machine did not survive so often is not given to another: it may be what kills them. */
const MOST_DEATHS = 15;
/** Pauses in milliseconds. */
const SIGNS = 500;
const LOOK_FOR_STOP = 1000;
const SHOW = 5000;
const LOOK_AROUND = 10_000;

/** How a job ended that was not finished. */
type End = "handed back" | "cancelled" | "lost";

/**
 * Works on a queue: takes experiments that this machine trains bit for bit as asked, one per free lane, and hands back
 * what it does not finish. Redis may go away and come back meanwhile.
 */
export class QueueWorker implements AsyncDisposable {
  readonly #workers: Worker[] = [];
  readonly #timers: number[] = [];
  readonly #images: ImageSource;
  /** Jobs under way, each with what ends it early. */
  readonly #ends = new Map<string, (end: End) => void>();
  /** Who waits for a free lane. */
  readonly #waiting: (() => void)[] = [];
  #busy = 0;
  #leaving: Promise<void> | null = null;

  private constructor(
    readonly connection: QueueConnection,
    readonly machine: Machine,
    readonly own: Job["engine"],
    readonly options: QueueWorkerOptions,
    readonly runner: Runner,
  ) {
    this.#images = new ImageSource(connection.redis, options.data ?? null, options.say);
  }

  /**
   * Joins a queue with the engine in use.
   *
   * @throws QueueError where the queue cannot be used.
   */
  static async join(url: string, options: QueueWorkerOptions): Promise<QueueWorker> {
    const { name, threads, layout, label } = engine.currentWith(1);
    const version = await codeVersion();
    const arch = Deno.build.arch;
    const kinds: Kind[] = [
      { version, engine: label, arch },
      ...(options.mixedEngines ? [{ version, engine: null, arch: null }] : []),
    ];
    const connection = await connectQueue(url);
    const machine: Machine = {
      name: options.name,
      engine: label,
      arch,
      version,
      atOnce: options.atOnce,
      queues: kinds.map(queueName),
    };
    const runner = options.runner ?? new Workers(options.atOnce);
    const worker = new QueueWorker(connection, machine, { name, threads, layout, label }, options, runner);
    await worker.#start(kinds);
    return worker;
  }

  /** Experiments under way. */
  get busy(): number {
    return this.#ends.size;
  }

  /**
   * Takes nothing more and ends what is under way.
   *
   * @param how "finish" waits for it; "hand back" gives it to other machines. May be called again to hurry.
   */
  async leave(how: "finish" | "hand back"): Promise<void> {
    this.#leaving ??= this.#end();
    if (how === "hand back") { for (const end of this.#ends.values()) end("handed back"); }
    await this.#leaving;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.leave("hand back");
  }

  async #start(kinds: readonly Kind[]): Promise<void> {
    const { options, connection: { redis } } = this;
    const lock = (options.lock ?? LOCK) * 1000;
    await showMachine(redis, this.machine);
    for (const kind of kinds) {
      const worker = new Worker<unknown, Done>(
        queueName(kind),
        (job, token) => this.#process(job, token!, kind),
        {
          connection: redis,
          prefix: PREFIX,
          concurrency: options.atOnce,
          lockDuration: lock,
          stalledInterval: lock / 2,
          maxStalledCount: MOST_DEATHS,
          drainDelay: 1, // seconds: so long leaving may take
        },
      );
      worker.on("error", (error: Error) => this.#onError(error));
      worker.on("lockRenewalFailed", (ids: string[]) => ids.forEach((id) => this.#ends.get(id)?.("lost")));
      this.#workers.push(worker);
    }
    this.connection.redis.on("close", () => this.#leaving ?? options.say("The queue is gone: waiting for it."));
    this.connection.redis.on("ready", () => options.say("The queue is back."));
    const every = (pause: number, work: () => Promise<void>) =>
      this.#timers.push(setInterval(() => {
        if (this.connection.goneSince === null) work().catch(() => {}); // done again in a moment
      }, pause) as unknown as number);
    every(SHOW, () => showMachine(redis, this.machine));
    const others = otherKinds(redis, this.machine, options.say);
    every(LOOK_AROUND, others);
    await others();
  }

  async #end(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.close().catch(() => {})));
    this.#timers.forEach((timer) => clearInterval(timer));
    if (this.connection.goneSince === null) {
      await this.connection.redis.del(keys.machine(this.machine.name)).catch(() => {});
    }
    await this.runner[Symbol.asyncDispose]();
    await this.connection[Symbol.asyncDispose]();
  }

  async #process(queued: QueueJob<unknown, Done>, token: string, kind: Kind): Promise<Done> {
    const { say } = this.options;
    const id = queued.id ?? "";
    let envelope: Envelope;
    try {
      envelope = parseEnvelope(queued.data, id);
    } catch (error) {
      throw this.#refused(id, error as Error);
    }
    const { promise: free, resolve } = Promise.withResolvers<void>();
    if (this.#busy++ < this.options.atOnce) resolve();
    else this.#waiting.push(resolve);
    const start = performance.now();
    let end: End | null = null;
    this.#ends.set(id, (why) => end ??= why);
    try {
      await free;
      say(`${id.slice(0, 12)}: ${envelope.job.model.name}, ${envelope.job.config.epochs} epochs`);
      const outcome = await this.#train(envelope, queued, kind, () => end !== null, (why) => end ??= why);
      const done = await this.#keep(envelope.job.id, outcome, queued, token);
      say(`${id.slice(0, 12)}: done in ${((performance.now() - start) / 1000).toFixed(1)} s`);
      return done;
    } catch (error) {
      if (!(error instanceof Interrupted)) throw this.#refused(id, error as Error);
      if (end === "handed back") {
        await queued.moveToWait(token);
        say(`${id.slice(0, 12)}: handed back`);
        throw new WaitingError();
      }
      if (end === "cancelled") {
        say(`${id.slice(0, 12)}: stopped, nobody wants it any more`);
        throw new UnrecoverableError(CANCELLED);
      }
      say(`${id.slice(0, 12)}: another machine has it, what was trained here is dropped`);
      throw new UnrecoverableError("Interrupted: its lock was lost");
    } finally {
      this.#ends.delete(id);
      this.#busy--;
      this.#waiting.shift()?.();
    }
  }

  async #train(
    envelope: Envelope,
    queued: QueueJob,
    kind: Kind,
    stopRequested: () => boolean,
    end: (why: End) => void,
  ): Promise<Outcome> {
    const { redis } = this.connection;
    const machine = this.machine.name;
    const { job } = envelope;
    const sign = (epochs: number, last: Sign["last"]) => {
      if (this.connection.goneSince !== null) return;
      queued.updateProgress({ machine, epochs, last } satisfies Sign as never).catch(() => {});
    };
    let told = performance.now();
    sign(0, null);
    const look = setInterval(async () => {
      if (this.connection.goneSince !== null) return;
      if (await redis.exists(keys.stop(job.id)).catch(() => 0) === 1) end("cancelled");
    }, LOOK_FOR_STOP);
    try {
      const images = await this.#images.tableOf(envelope);
      if (stopRequested()) throw new Interrupted("It was stopped before it began");
      const outcome = await this.runner.run(
        { job: kind.engine === null ? { ...job, engine: this.own } : job, spec: BUILT_IN_WORKERS, images },
        {
          stop: { stopRequested, [Symbol.dispose]() {} },
          onProgress(epochs, last) {
            if (performance.now() - told < SIGNS) return;
            told = performance.now();
            sign(epochs, last);
          },
        },
      );
      return kind.engine === null ? { ...outcome, engine: this.own.label } : outcome;
    } finally {
      clearInterval(look);
    }
  }

  /** Writes the outcome, unless the job belongs to another machine by now. */
  async #keep(id: string, outcome: Outcome, queued: QueueJob, token: string): Promise<Done> {
    const { redis } = this.connection;
    if (await redis.get(`${this.#keyOf(queued)}:lock`) !== token) {
      this.#ends.get(id)?.("lost");
      throw new Interrupted("The lock is another's");
    }
    const { buffer, byteOffset, byteLength } = packOutcome(outcome);
    const result = keys.result(id, randomUUID());
    await redis.set(result, Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength), "EX", REMEMBERED + 3600);
    return { result };
  }

  #keyOf(queued: QueueJob): string {
    return `${PREFIX}:${queued.queueName}:${queued.id}`;
  }

  /** Says what a job failed with, here and to whoever asked. */
  #refused(id: string, error: Error): Error {
    this.options.say(`${id.slice(0, 12)}: failed: ${error.message}`);
    return new UnrecoverableError(`${error.name}: ${error.message} (on ${this.machine.name})`);
  }

  #onError(error: Error): void {
    if (
      this.connection.goneSince !== null ||
      /Connection is closed|ECONN|Missing lock|not in the active/i.test(error.message)
    ) {
      return; // told already
    }
    this.options.say(`The queue reports: ${error.message}`);
  }
}

/** Models of the queue are built where they are trained. */
const BUILT_IN_WORKERS = {
  name: "queued",
  description: "",
  config: {},
  build(): never {
    throw new Error("Cannot build it here: a queued model is built in the Worker that trains it");
  },
};
