import { Worker } from "node:worker_threads";
import { Interrupted } from "../_loop.ts";
import type { Pace, PaceRequest } from "../_pace.ts";
import type { Reply, Request } from "./_messages.ts";
import { InProcess } from "./in_process.ts";
import type { Outcome } from "./job.ts";
import type { Runner, Task, TaskHooks } from "./runner.ts";

/** How soon an interrupt reaches a Worker, in milliseconds. */
const LOOK = 100;
/** What a Worker may take to give back what it holds, in milliseconds. */
const FAREWELL = 10_000;

/**
 * Trains in Workers of this process, one thread each, several experiments at the same time. Workers start when they are
 * needed, and end in order when this is disposed of: native sessions of a Worker that is just terminated would stay in
 * memory. They have this thread's permissions, those taken away included.
 */
export class Workers implements Runner {
  readonly atOnce: number;
  readonly #idle: WorkerThread[] = [];
  readonly #all = new Set<WorkerThread>();
  /** Until what is trained in this thread is over. */
  #here: Promise<void> = Promise.resolve();

  /** @param count Of Workers, from 1. */
  constructor(count: number) {
    this.atOnce = count;
  }

  /** A model that only this thread can build is trained in this thread, one at a time. */
  async run(task: Task, hooks: TaskHooks): Promise<Outcome> {
    const { job, images } = task, { onProgress, stop } = hooks;
    if (job.model === null) {
      const before = this.#here;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#here = promise;
      await before;
      return await new InProcess().run(task, hooks).finally(resolve);
    }
    return await this.#withWorker(async (worker) => {
      const look = setInterval(() => {
        if (stop.stopRequested()) worker.tell({ kind: "stop" });
      }, LOOK);
      try {
        const reply = await worker.ask({ kind: "train", job, images }, onProgress);
        if (reply.kind !== "trained") throw new Error(`Cannot train: the Worker answered "${reply.kind}"`);
        return { ...reply.outcome, fallbacks: reply.fallbacks };
      } finally {
        clearInterval(look);
      }
    });
  }

  /** Measures in all Workers at the same time, as training will run: the mean over them. */
  async pace(request: PaceRequest): Promise<Pace> {
    const paces = await Promise.all(Array.from({ length: this.atOnce }, () =>
      this.#withWorker(async (worker) => {
        const reply = await worker.ask({ kind: "pace", pace: request }, () => {});
        if (reply.kind !== "paced") throw new Error(`Cannot measure: the Worker answered "${reply.kind}"`);
        return reply.pace;
      })));
    const mean = (of: (pace: Pace) => number) => paces.reduce((sum, pace) => sum + of(pace), 0) / paces.length;
    return { step: mean(({ step }) => step), first: mean(({ first }) => first) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#all].map((worker) => worker.end()));
    this.#all.clear();
  }

  async #withWorker<T>(work: (worker: WorkerThread) => Promise<T>): Promise<T> {
    const worker = this.#idle.pop() ?? new WorkerThread();
    this.#all.add(worker);
    try {
      return await work(worker);
    } finally {
      // One that has died is not used again: the next task gets a fresh one.
      if (worker.alive) this.#idle.push(worker);
      else this.#all.delete(worker);
    }
  }
}

/** One Worker, which does one thing at a time. */
class WorkerThread {
  alive = true;
  readonly #worker = new Worker(new URL("./_worker.ts", import.meta.url), { name: "plateau-training" });
  readonly #exit = Promise.withResolvers<void>();
  #onReply: (reply: Reply) => void = () => {};
  #onDeath: (reason: Error) => void = () => {};
  #reason: Error | null = null;

  constructor() {
    this.#worker.on("message", (reply: Reply) => this.#onReply(reply));
    this.#worker.on("error", (error: Error) => this.#reason = error);
    this.#worker.on("exit", (status: number) => {
      this.alive = false;
      const why = this.#reason === null ? `it ended with status ${status}` : this.#reason.message;
      this.#onDeath(new Error(`The Worker that trained it is gone: ${why}`, { cause: this.#reason ?? undefined }));
      this.#exit.resolve();
    });
  }

  tell(request: Request): void {
    if (this.alive) this.#worker.postMessage(request);
  }

  /** Waits for the answer; rejects when the Worker fails at it or ends. */
  async ask(
    request: Request,
    onProgress: TaskHooks["onProgress"],
  ): Promise<Exclude<Reply, { readonly kind: "progress" | "failed" }>> {
    const answer = Promise.withResolvers<Exclude<Reply, { readonly kind: "progress" | "failed" }>>();
    this.#onDeath = answer.reject;
    this.#onReply = (reply) => {
      if (reply.kind === "progress") onProgress(reply.epochs, reply.last);
      else if (reply.kind === "failed") answer.reject(errorOf(reply));
      else answer.resolve(reply);
    };
    this.tell(request);
    try {
      return await answer.promise;
    } finally {
      this.#onDeath = this.#onReply = () => {};
    }
  }

  /** Asks it to end, and ends it where it does not. */
  async end(): Promise<void> {
    this.tell({ kind: "end" });
    const late = setTimeout(() => this.#worker.terminate(), FAREWELL);
    if (this.alive) await this.#exit.promise;
    clearTimeout(late);
  }
}

/** An error of another thread, with its name, so that it reads the same here. */
function errorOf({ name, message, stack }: Reply & { readonly kind: "failed" }): Error {
  if (name === "Interrupted") return new Interrupted(message);
  const error = name === "RangeError" ? new RangeError(message) : new Error(message);
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}
