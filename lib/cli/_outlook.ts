import type { Dataset } from "../dataset/mod.ts";
import { formatSeconds } from "../display/mod.ts";

/** What a report will take, before it starts. */
export interface Outlook {
  /** What is trained within the time, and what was cut. */
  readonly sentence: string;
  /** Seconds that the whole report is expected to take from here; Infinity where that cannot be told. */
  readonly seconds: number;
}

/**
 * Makes the plan that the notebooks will find, and looks how much of it is trained already.
 *
 * @param budget As "15m"; "none" for no limit.
 */
export async function outlook(
  dataset: Dataset,
  options: { readonly budget: string; readonly engine: string; readonly workers?: number; readonly seed: number },
): Promise<Outlook> {
  const [engine, model, pipeline, train] = await Promise.all([
    import("../engine/mod.ts"),
    import("../model/mod.ts"),
    import("../pipeline/mod.ts"),
    import("../train/mod.ts"),
  ]);
  await engine.use(options.engine);
  train.useWorkers(options.workers ?? 0);
  const plan = await train.plan(dataset, options.budget);
  const folds = dataset.folds(plan.folds, { seed: options.seed });
  const kept = await train.keptRuns(model.threadCnn(), dataset, folds, plan.plain(options.seed)) +
    await train.keptRuns(model.smallCnn(), dataset, folds, plan.careful(options.seed));
  const missing = 1 - kept / (2 * folds.length);
  // What the notebooks on improving found is kept once they have run on these folds.
  const found = await pipeline.offers(dataset);
  const improved = missing === 0 && found.some(({ notebook, folds }) => notebook === "09" && folds === plan.folds);
  const seconds = plan.otherSeconds + missing * plan.trainingSeconds + (improved ? 0 : plan.improvingSeconds);
  return { sentence: plan.sentence, seconds };
}

/** "To fit into 15 min: 3 folds instead of 5 …. All notebooks together should take about 12 min from here." */
export function outlookText({ sentence, seconds }: Outlook): string {
  if (!Number.isFinite(seconds)) {
    return `${sentence}\nWithout a limit the notebooks on improving (07 to 10) take an hour or more; stop whenever you like.`;
  }
  const rounded = seconds < 90 ? Math.ceil(seconds / 10) * 10 : Math.ceil(seconds / 60) * 60;
  return `${sentence}\nAll notebooks together should take about ${formatSeconds(rounded)} from here.`;
}
