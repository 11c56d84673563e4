import type { Outcome } from "./job.ts";
import type { Runner, Task, TaskHooks } from "./runner.ts";
import { trainJob } from "./train_job.ts";

/** Trains in this thread, one experiment after the other. */
export class InProcess implements Runner {
  readonly atOnce = 1;

  async run({ job, spec, images }: Task, hooks: TaskHooks): Promise<Outcome> {
    const { size, classes } = job.images;
    return await trainJob(job, images, () => spec.build({ size, classes, seed: job.config.seed }), hooks);
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
