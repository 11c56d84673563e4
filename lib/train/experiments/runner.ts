import type { StopFlag } from "../../display/mod.ts";
import type { ModelSpec } from "../../model/mod.ts";
import type { OnProgress } from "../_loop.ts";
import type { ImageTable, Job, Outcome } from "./job.ts";

/** A job with what only the thread that made it has. */
export interface Task {
  readonly job: Job;
  readonly spec: ModelSpec;
  readonly images: ImageTable;
}

/** How a runner tells where a task is, and is told to stop. */
export interface TaskHooks {
  readonly onProgress: OnProgress;
  readonly stop: StopFlag;
}

/**
 * Where experiments are trained: in this thread, in Workers beside it, on the machines of a queue. Which one it is makes
 * no difference to what comes out: a job names the engine and its threads, and a runner that cannot offer them refuses it.
 */
export interface Runner extends AsyncDisposable {
  /** Tasks that it works on at the same time. */
  readonly atOnce: number;
  /**
   * Trains one experiment. Whoever calls it has at most `atOnce` calls under way.
   *
   * @throws Interrupted when `hooks.stop` says so; else whatever ended that task. Other tasks are not touched.
   */
  run(task: Task, hooks: TaskHooks): Promise<Outcome>;
  /** Where its tasks are, in words, if it knows better than that they are under way: "3 running on 2 machines (…)". */
  whereabouts?(): string;
}
