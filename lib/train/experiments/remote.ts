import type { Outcome } from "./job.ts";
import type { Job } from "./job.ts";
import type { Runner, Task, TaskHooks } from "./runner.ts";
import { canTravel } from "./queue/_envelope.ts";
import { type PackedImages, packImages } from "./queue/_packed_images.ts";

/** An experiment for another process or machine. */
export interface RemoteTask {
  readonly job: Job;
  readonly images: PackedImages;
}

/** Where experiments are trained elsewhere. */
export interface Remote {
  readonly atOnce: number;
  /** @throws As `Runner.run`. */
  run(task: RemoteTask, hooks: TaskHooks): Promise<Outcome>;
  whereabouts(): string;
}

/** How long nothing may be heard before the display says where things are, in milliseconds. */
const SILENCE = 1000;

/**
 * Sends away what can be described as data. A person's own model file and a model made in a notebook cell are code, which
 * is not sent anywhere: these are trained here, beside the others, one at a time.
 */
export class Elsewhere implements Runner {
  readonly atOnce: number;
  #here: Promise<unknown> = Promise.resolve();
  #heard = performance.now();

  constructor(readonly remote: Remote, readonly local: Runner) {
    this.atOnce = remote.atOnce;
  }

  async run(task: Task, hooks: TaskHooks): Promise<Outcome> {
    if (!canTravel(task.job)) {
      const turn = this.#here.then(() => this.local.run(task, hooks));
      this.#here = turn.catch(() => {});
      return await turn;
    }
    let told: Parameters<TaskHooks["onProgress"]> = [0, null];
    const onProgress: TaskHooks["onProgress"] = (...now) => {
      told = now;
      this.#heard = performance.now();
      hooks.onProgress(...now);
    };
    // Without it, nobody would learn that no machine is there.
    const silence = setInterval(() => {
      if (performance.now() - this.#heard >= SILENCE) onProgress(...told);
    }, SILENCE);
    try {
      return await this.remote.run({ job: task.job, images: packImages(task.images) }, { ...hooks, onProgress });
    } finally {
      clearInterval(silence);
    }
  }

  whereabouts(): string {
    return this.remote.whereabouts();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.local[Symbol.asyncDispose]();
  }
}
