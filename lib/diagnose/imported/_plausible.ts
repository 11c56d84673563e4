import { type FindingRecord, formatInterval } from "../../display/mod.ts";
import type { Interval } from "../../stats/mod.ts";
import { finding } from "../finding.ts";
import { counted, percent } from "../_words.ts";
import type { ImportedHistory } from "./history.ts";
import type { ImportedPredictions, NamedImages } from "./predictions.ts";

/** One model that says something of every image there is must have been trained on some of them, or on others. */
export function aboutAllImages(
  { images, folds, name }: ImportedPredictions,
  { development }: Pick<NamedImages, "development">,
): FindingRecord | null {
  if (folds > 1 || images.length < development.length) return null;
  return finding({
    code: "predictions-on-training-images",
    severity: "warning",
    sentence:
      `The predictions are about all ${counted(images.length, "image")} there are to train and validate with, ` +
      "by one model. Unless it was trained on other images, it knows some of these, and is less right on new ones.",
    evidence: [{
      id: `${name}.elsewhere.images`,
      label: "Images with predictions",
      value: images.length,
      unit: "count",
    }],
    remedy:
      'Leave out the images it was trained on, or mark them "train" in a column "split". If the predictions come ' +
      'from cross-validation, say in a column "fold" which of the models it was.',
  });
}

/** More is right than validation ever reached: then the predictions are of other images, or of another model. */
export function aboveHistory(
  { name, history }: ImportedHistory,
  accuracy: Interval,
): FindingRecord | null {
  const highest = Math.max(...history.map(({ validationAccuracy }) => validationAccuracy).filter(Number.isFinite));
  if (!Number.isFinite(highest) || accuracy.low <= highest) return null;
  return finding({
    code: "predictions-against-history",
    severity: "warning",
    sentence: `The predictions are right for ${formatInterval(accuracy)}, but in no epoch of ${name} did validation ` +
      `reach more than ${percent(highest)}. They may hold images that the model was trained on.`,
    evidence: [
      { id: `${name}.elsewhere.highest-validation`, label: "Highest in validation", value: highest, unit: "share" },
    ],
    remedy: "Give history and predictions of the same training, and predictions for its validation images alone.",
  });
}
