import type { Dataset, Fold } from "../../dataset/mod.ts";
import { compare, predictionsOf } from "../../diagnose/mod.ts";
import type { FindingRecord } from "../../display/mod.ts";
import type { ModelSpec } from "../../model/mod.ts";
import { holm } from "../../stats/mod.ts";
import { type Experiment, fitAll, type Run, type TrainingConfig } from "../../train/mod.ts";
import { Ablation, type ArmEffect, type MeasuredArm } from "./ablation.ts";

/** One way of training. */
export interface Arm {
  /** For people, as "label smoothing 0.1"; unique. */
  readonly name: string;
  readonly model: ModelSpec;
  readonly config: Partial<TrainingConfig>;
}

/** How the result is called, and what else it says. */
export interface AblateOptions {
  /** Of the chart, the table and the figures; "ablation" by default. */
  readonly id?: string;
  readonly title?: string;
  /** Of the bootstrap. */
  readonly seed?: number;
  /** Findings that come after its own: what was cut for time, say. */
  readonly notes?: readonly FindingRecord[];
}

/**
 * What each of some changes gains: all arms are trained on the same folds, and each is compared with the base on the same
 * images. The p values are corrected for how many are looked at (Holm 1979), so an effect is told from chance only where
 * it would be among so many.
 *
 * Trainings run in parallel and are kept, so that whoever has trained an arm before has its runs at once.
 *
 * @param folds What all are trained and measured on; one will do, more tell more.
 * @param base What the others change.
 * @throws RangeError without variants, for two arms of one name, or for a configuration that cannot train.
 * @throws Interrupted when the person stopped it; finished runs are kept.
 */
export async function ablate(
  images: Dataset,
  folds: readonly Fold[],
  base: Arm,
  variants: readonly Arm[],
  options: AblateOptions = {},
): Promise<Ablation> {
  const arms = [base, ...variants];
  if (variants.length === 0) throw new RangeError("Cannot compare with the base: there must be at least one variant");
  const twice = arms.find(({ name }, i) => arms.findIndex((arm) => arm.name === name) < i);
  if (twice) throw new RangeError(`Cannot compare: names must be unique, "${twice.name}" is there twice`);
  const all = arms.flatMap(({ name, model, config }) =>
    folds.map((fold, i): Experiment => ({
      model,
      fold,
      config,
      label: folds.length === 1 ? name : `${name}, fold ${i + 1} of ${folds.length}`,
    }))
  );
  const runs = await fitAll(images, all);
  const of = (arm: number) => runs.slice(arm * folds.length, (arm + 1) * folds.length);

  const compared = variants.map((variant, i) =>
    compare(of(0), of(i + 1), images, { names: [base.name, variant.name], seed: options.seed ?? 1 })
  );
  const ps = holm(compared.map(({ test }) => test.p));
  const effects = variants.map((arm, i): ArmEffect => {
    const { b, difference } = compared[i];
    const told = ps[i] >= 0.05 ? "no" : difference.estimate > 0 ? "helps" : "harms";
    return { ...measured(arm, of(i + 1), images), accuracy: b, difference, p: ps[i], told };
  });
  return new Ablation({ ...measured(base, of(0), images), accuracy: compared[0].a }, effects, options);
}

function measured(arm: Arm, runs: readonly Run[], dataset: Dataset): Omit<MeasuredArm, "accuracy"> {
  const { images, probabilities } = predictionsOf(runs, dataset);
  const mean = (of: (run: Run) => number) => runs.reduce((sum, run) => sum + of(run), 0) / runs.length;
  return {
    arm,
    images,
    probabilities,
    training: mean((run) => run.trainingAccuracy),
    seconds: mean((run) => run.seconds),
  };
}
