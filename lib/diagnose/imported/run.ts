import type { TrainedRun } from "../_curve.ts";
import type { LabelledImages } from "../images.ts";
import type { Predictions } from "../predictions.ts";
import type { ImportedHistory } from "./history.ts";

/**
 * A training elsewhere, as the verdict on learning curves looks at one. What it was trained on is not known: at most
 * the images without predictions. The weights kept are taken to be the last ones, as Keras and Lightning leave them.
 */
export function importedRun(
  { name, history }: ImportedHistory,
  dataset: Pick<LabelledImages, "records"> & { readonly development?: readonly number[] },
  predictions: Predictions | null,
): TrainedRun {
  const measured = new Set(predictions?.images);
  const last = history[history.length - 1];
  const known = dataset.development ?? [...dataset.records.keys()];
  const rest = known.filter((image) => !measured.has(image));
  return {
    model: `${name}-elsewhere`, // a model of the person's own may go by the same name
    config: { augmentation: null },
    fold: {
      // Out of k folds, every image was both measured and trained on.
      train: rest.length > 0 ? rest : known,
      validation: predictions?.images ?? [],
      by: "image",
      index: 0,
      of: 1,
      seed: 0,
    },
    history,
    keptEpoch: history.length,
    correct: predictions?.correct ?? [],
    trainingAccuracy: last.accuracy,
    deadUnits: [],
    folds: predictions?.folds ?? 1,
    imported: true,
  };
}
