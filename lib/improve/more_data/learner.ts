import type { Dataset, Fold } from "../../dataset/mod.ts";
import { type Backbone, bundledBackbone, type ModelSpec } from "../../model/mod.ts";
import { fitAll, probeEach, type TrainingConfig } from "../../train/mod.ts";
import { predictedClasses } from "../../diagnose/mod.ts";

/** What learns from more or fewer images. */
export interface Learner {
  /** Short and stable, for ids: "frozen-features". */
  readonly name: string;
  /** For people: "Frozen features + logistic regression". */
  readonly label: string;
  /**
   * Learns from each `fold.train` and tries itself on `fold.validation`. What was learnt before is taken from disk.
   *
   * @returns Of each fold, whether each image of its validation part is classified right.
   */
  learn(images: Dataset, folds: readonly Fold[]): Promise<boolean[][]>;
}

/** Logistic regression on what a pre-trained network, its weights frozen, makes of the images: the bundled one unless given. */
export function frozenFeatures(backbone: Backbone = bundledBackbone()): Learner {
  return {
    name: "frozen-features",
    label: "Frozen features + logistic regression",
    async learn(images, folds) {
      const each = await probeEach(images, backbone, folds);
      return each.map((probabilities, i) => {
        const predicted = predictedClasses(probabilities, images.classes.length);
        return folds[i].validation.map((image, row) => images.records[image].label === predicted[row]);
      });
    },
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
      return runs.map(({ correct }) => [...correct]);
    },
  };
}
