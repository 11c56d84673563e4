import { onInterrupt } from "../../display/mod.ts";
import { FileError } from "../../files/mod.ts";
import { Interrupted, type OnProgress } from "../_loop.ts";
import { ExperimentsFailed } from "./failed.ts";
import type { Outcome } from "./job.ts";
import type { Runner, Task } from "./runner.ts";

/** Where a list of tasks stands. */
export interface Standing {
  readonly done: number;
  readonly running: number;
  readonly failed: number;
}

/** What happens to tasks, by their place in the list. */
export interface ScheduleHooks {
  /** What tells a task from the others, in words. */
  readonly labelOf: (at: number) => string;
  readonly onProgress: (at: number, epochs: number, last: Parameters<OnProgress>[1], standing: Standing) => void;
  /** Keeps what a task gave, before it counts as done. */
  readonly keep: (at: number, outcome: Outcome) => Promise<void>;
}

/**
 * Runs tasks in their order, as many at the same time as the runner can. A task that fails ends nothing but itself; an
 * interrupt, or a disk that takes no more, stops them all.
 *
 * @throws Interrupted when the person stopped it.
 * @throws FileError where `keep` could not.
 * @throws ExperimentsFailed where some failed; the error itself where there was only that task.
 */
export async function schedule(tasks: readonly Task[], runner: Runner, hooks: ScheduleHooks): Promise<void> {
  using interrupt = onInterrupt();
  let next = 0, running = 0, done = 0;
  /** What stops all, if anything does. */
  let end: Error | null = null;
  const failures: { at: number; error: Error }[] = [];
  const stop = { stopRequested: () => end !== null || interrupt.stopRequested(), [Symbol.dispose]() {} };

  const lane = async () => {
    while (next < tasks.length && !stop.stopRequested()) {
      const at = next++;
      running++;
      try {
        const onProgress: OnProgress = (epochs, last) =>
          hooks.onProgress(at, epochs, last, { done, running, failed: failures.length });
        await hooks.keep(at, await runner.run(tasks[at], { onProgress, stop }));
        done++;
      } catch (error) {
        if (error instanceof Interrupted || error instanceof FileError) end ??= error;
        else failures.push({ at, error: error as Error });
      } finally {
        running--;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(runner.atOnce, tasks.length) }, lane));
  if (end !== null) throw end;
  if (interrupt.stopRequested() && done + failures.length < tasks.length) {
    throw new Interrupted("Training was interrupted. Finished runs are kept: run it again to go on.");
  }
  if (failures.length === 0) return;
  if (tasks.length === 1) throw failures[0].error;
  failures.sort((a, b) => a.at - b.at);
  throw new ExperimentsFailed(failures.map(({ at, error }) => ({ label: hooks.labelOf(at), error })), tasks.length);
}
