import { DiagnosisError } from "./errors.ts";
import { groupsOf, type LabelledImages } from "./images.ts";
import { predictedClasses, type Predictions } from "./predictions.ts";

/** Predictions beside the truth: what confusion, class scores and calibration look at. */
export interface Answers {
  readonly name: string;
  /** [n] Indices into the data set's records. */
  readonly images: readonly number[];
  /** [K] Names. */
  readonly classes: readonly string[];
  /** [n] True classes. */
  readonly labels: Int32Array;
  /** [n] Likeliest classes; -1 where the model gave no number. */
  readonly said: Int32Array;
  /** [n, K] */
  readonly probabilities: Float32Array;
  /** [n] Where groups are known. */
  readonly groups: readonly string[] | undefined;
  readonly folds: number;
  /** [n] Where known. */
  readonly foldOf: readonly number[] | undefined;
  /** Images without an answer. */
  readonly unanswered: number;
}

/** @throws DiagnosisError without images, with one that the data set lacks, or a wrong number of probabilities. */
export function answersOf(predictions: Predictions, dataset: LabelledImages): Answers {
  const { name, images, probabilities, folds, foldOf } = predictions;
  const { classes, records } = dataset;
  const refuse = (why: string) => new DiagnosisError(`Cannot judge the predictions of ${name}: ${why}`);
  if (images.length === 0) throw refuse("there must be at least one image, there is none");
  const unknown = images.find((image) => records[image] === undefined);
  if (unknown !== undefined) {
    throw refuse(`its images must be among the ${records.length} of the data set, one is number ${unknown}`);
  }
  if (probabilities.length !== images.length * classes.length) {
    throw refuse(
      `${images.length} images of ${classes.length} classes need ${images.length * classes.length} probabilities, ` +
        `there are ${probabilities.length}`,
    );
  }
  if (foldOf !== undefined && foldOf.length !== images.length) {
    throw refuse(`foldOf must name the fold of each of ${images.length} images, it has ${foldOf.length} items`);
  }
  const said = predictedClasses(probabilities, classes.length);
  return {
    name,
    images,
    classes,
    labels: Int32Array.from(images, (image) => records[image].label),
    said,
    probabilities,
    groups: groupsOf(dataset, images),
    folds,
    foldOf,
    unanswered: said.reduce((sum, label) => sum + Number(label < 0), 0),
  };
}

/** Part of the ids of figures, tables and charts: "Thread CNN (batch 4)" -> "thread-cnn-batch-4". */
export function slug(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "") || "model";
}
