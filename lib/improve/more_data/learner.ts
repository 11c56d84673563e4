import type { Dataset, Fold } from "../../dataset/mod.ts";
import { predictedClasses } from "../../diagnose/mod.ts";
import { type Backbone, bundledBackbone, type ModelSpec } from "../../model/mod.ts";
import { fitAll, probeEach, type TrainingConfig } from "../../train/mod.ts";

/** What learns from more or fewer images. */
export interface Learner {
  /** Short and stable, for ids: "frozen-features". */
  readonly name: string;
  /** For people: "Frozen features + logistic regression". */
  readonly label: string;
  /**
   * Learns from each `fold.train` and tries itself on `fold.validation`. What was learnt before is taken from disk.
   *
   * @returns Of each fold, probabilities [n, K] of its validation part, row by row.
   */
  learn(images: Dataset, folds: readonly Fold[]): Promise<Float32Array[]>;
}

/** Logistic regression on what a pre-trained network, its weights frozen, makes of the images: the bundled one unless given. */
export function frozenFeatures(backbone: Backbone = bundledBackbone()): Learner {
  return {
    name: "frozen-features",
    label: "Frozen features + logistic regression",
    learn: (images, folds) => probeEach(images, backbone, folds),
  };
}

/** A network trained from nothing, as `train.fit` does. */
export function networkFromNothing(model: ModelSpec, config: Partial<TrainingConfig>): Learner {
  return {
    name: model.name,
    label: model.name,
    async learn(images, folds) {
      const runs = await fitAll(
        images,
        folds.map((fold) => ({ model, fold, config, label: `${fold.train.length} images` })),
      );
      return runs.map(({ probabilities }) => probabilities);
    },
  };
}

/**
 * Whether each image of `fold.validation` is classified right.
 *
 * @param probabilities [n, K] of a model trained on `fold.train`.
 * @param usual Images whose class shares are those to expect; `fold.train` unless given. Where images of some classes
 *   only were added, a model expects those classes more often than they come: its probabilities are put back to the usual
 *   shares, which takes no look at what is measured (Saerens, Latinne and Decaestecker 2002, Neural Computation 14).
 */
export function rightOnes(
  { records, classes }: Pick<Dataset, "records" | "classes">,
  fold: Pick<Fold, "train" | "validation">,
  probabilities: Float32Array,
  usual: readonly number[] = fold.train,
): boolean[] {
  const shares = (images: readonly number[]) => {
    const counts = new Float64Array(classes.length);
    for (const i of images) counts[records[i].label]++;
    return counts.map((count) => count / images.length);
  };
  const expected = shares(usual), trained = shares(fold.train);
  const put = probabilities.map((value, at) => value * expected[at % classes.length] / trained[at % classes.length]);
  const predicted = predictedClasses(put, classes.length);
  return fold.validation.map((image, row) => records[image].label === predicted[row]);
}
