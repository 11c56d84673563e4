import type { Fold } from "../dataset/mod.ts";
import { balancedAccuracy, type Interval } from "../stats/mod.ts";
import type { Features } from "./_features.ts";
import type { LabelledImages } from "./images.ts";
import { accuracyOf } from "./_measured.ts";
import type { Scored } from "./scored.ts";
import { outOfFold, type SimpleModel } from "./_simple_models.ts";

/** What one baseline makes of images that it was not fitted on. */
export interface Baseline extends Scored {
  /** For a person: "Colour histogram". */
  readonly label: string;
  /** What it does, in one sentence. */
  readonly description: string;
  /** Whether it looks at the pictures at all. */
  readonly sees: boolean;
  /** Class said of each of `images`, in their order. */
  readonly predictions: Int32Array;
  readonly accuracy: Interval;
  /** Mean over the classes of the share classified right. */
  readonly balancedAccuracy: number;
  /**
   * Mean cross-entropy in nats, as training shows it; null where the baseline has no probabilities. Probabilities are
   * clipped at 1e-7, as tfjs and Keras do.
   */
  readonly logLoss: number | null;
}

/**
 * What `model` makes of the images in `measured`, each judged in the fold that validates on it.
 *
 * @param seen Features of all images of the folds.
 */
export async function scoreOf(
  model: SimpleModel,
  dataset: LabelledImages,
  seen: Features,
  folds: readonly Fold[],
  measured: readonly number[],
  seed: number,
): Promise<Baseline> {
  const classes = dataset.classes.length;
  const all = Int32Array.from(seen.images, (image) => dataset.records[image].label);
  const answer = await outOfFold(model, seen, all, classes, folds, seed);
  const row = new Map(seen.images.map((image, i) => [image, i]));
  const rows = Int32Array.from(measured, (image) => row.get(image)!);
  const labels = rows.map((i) => all[i]);
  const predictions = rows.map((i) => answer.predictions[i]);
  const correct = Array.from(labels, (label, i) => label === predictions[i]);
  const { probabilities } = answer;
  return {
    name: model.name,
    label: model.label,
    description: model.description,
    sees: model.sees,
    images: measured,
    predictions,
    correct,
    folds: folds.length,
    accuracy: accuracyOf(correct, { images: measured, folds: folds.length, dataset, seed }),
    balancedAccuracy: balancedAccuracy(labels, predictions, classes),
    logLoss: probabilities &&
      Array.from(rows, (i) => loss(probabilities[i * classes + all[i]])).reduce((a, b) => a + b) / rows.length,
  };
}

/** Cross-entropy in nats of the probability given to the true class. */
function loss(probability: number): number {
  return -Math.log(Math.min(1, Math.max(1e-7, probability)));
}
