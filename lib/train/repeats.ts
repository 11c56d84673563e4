import type { Dataset, Fold, SplitOptions } from "../dataset/mod.ts";
import type { ModelSpec } from "../model/mod.ts";
import { type Experiment, fitAll } from "./fit_all.ts";
import type { Run } from "./run.ts";
import type { TrainingConfig } from "./types.ts";

/** How often, and what changes from one repeat to the next. */
export interface RepeatOptions extends SplitOptions {
  /** Folds of each repeat. 5 by default. */
  readonly folds?: number;
  /** 2 by default. */
  readonly repeats?: number;
  /**
   * "folds" (the default): each repeat has other folds and another training seed, so together they say what to expect
   * of such a model. "seed": the folds stay, and only the training seed changes, which shows its luck alone.
   */
  readonly vary?: "folds" | "seed";
}

/** The runs of a cross-validation that was repeated. */
export class Repeats {
  readonly vary: "folds" | "seed";
  /** By repeat, then by fold. Each repeat measures every development image once. */
  readonly byRepeat: readonly (readonly Run[])[];

  constructor(byRepeat: readonly (readonly Run[])[], vary: "folds" | "seed") {
    this.byRepeat = byRepeat;
    this.vary = vary;
  }

  /** The runs of the first repeat: what everything that wants each image once starts from. */
  get first(): readonly Run[] {
    return this.byRepeat[0];
  }

  /** All runs, repeat by repeat. */
  get all(): readonly Run[] {
    return this.byRepeat.flat();
  }
}

/**
 * Cross-validates a model several times. The first repeat has the folds of `dataset.folds(k, { by, seed })` and the
 * configuration's own seed, so its runs are those of a plain `crossValidate`; each further one adds 1 to both seeds (to
 * the second only, with `vary: "seed"`).
 *
 * Repeating takes the luck of one partition and of one start out of the mean. It does not make more images: the interval
 * hardly narrows with it, and `crossValidatedAccuracy` knows that.
 *
 * @param dataset What it trains on.
 * @param config As for `fit`.
 * @throws RangeError where there is not at least one repeat; else as `crossValidate`.
 *
 * Bouckaert and Frank (2004), Evaluating the replicability of significance tests for comparing learning algorithms.
 * PAKDD 2004, 3–12.
 */
export async function crossValidateRepeatedly(
  model: ModelSpec,
  dataset: Dataset,
  options: RepeatOptions = {},
  config: Partial<TrainingConfig> = {},
): Promise<Repeats> {
  const { folds: k = 5, repeats = 2, by, seed = 1, vary = "folds" } = options;
  if (!(Number.isInteger(repeats) && repeats >= 1)) {
    throw new RangeError(
      `Cannot repeat a cross-validation: repeats must be a whole number of at least 1, got ${repeats}`,
    );
  }
  const list: Experiment[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const folds: Fold[] = dataset.folds(k, { by, seed: vary === "folds" ? seed + repeat : seed });
    const seeded = { ...config, seed: (config.seed ?? 1) + repeat };
    const where = repeats === 1 ? "" : `repeat ${repeat + 1} of ${repeats}, `;
    folds.forEach((fold, i) => list.push({ model, fold, config: seeded, label: `${where}fold ${i + 1} of ${k}` }));
  }
  const runs = await fitAll(dataset, list);
  return new Repeats(Array.from({ length: repeats }, (_, r) => runs.slice(r * k, (r + 1) * k)), vary);
}
