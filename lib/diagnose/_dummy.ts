import type { Random } from "../stats/mod.ts";

/** What a classifier says of some images without looking at them. */
export interface BlindPrediction {
  readonly predictions: Int32Array;
  /** [n, K], row by row. */
  readonly probabilities: Float64Array;
}

/** A rule that sees the classes of the training images and no pixel. */
export type BlindRule = (train: Int32Array, n: number, classes: number, random: Random) => BlindPrediction;

/** Any class, each as likely as the other. scikit-learn: `DummyClassifier(strategy="uniform")`. */
export const uniform: BlindRule = (_train, n, classes, random) => ({
  predictions: Int32Array.from({ length: n }, () => random.integer(classes)),
  probabilities: new Float64Array(n * classes).fill(1 / classes),
});

/** Always the class with most training images, and the training shares as probabilities: `strategy="prior"`. */
export const prior: BlindRule = (train, n, classes) => {
  const shares = classShares(train, classes);
  return {
    predictions: new Int32Array(n).fill(largest(shares)),
    probabilities: Float64Array.from({ length: n * classes }, (_, i) => shares[i % classes]),
  };
};

/** Always the class with most training images, and sure of it: `strategy="most_frequent"`. */
export const mostFrequent: BlindRule = (train, n, classes) => {
  const predictions = new Int32Array(n).fill(largest(classShares(train, classes)));
  return { predictions, probabilities: oneHot(predictions, classes) };
};

/** A class drawn as often as it is among the training images, and sure of it: `strategy="stratified"`. */
export const stratified: BlindRule = (train, n, classes, random) => {
  // Drawing a training image and taking its class draws classes by their shares.
  const predictions = Int32Array.from({ length: n }, () => train[random.integer(train.length)]);
  return { predictions, probabilities: oneHot(predictions, classes) };
};

function classShares(labels: Int32Array, classes: number): Float64Array {
  const shares = new Float64Array(classes);
  for (const label of labels) shares[label] += 1 / labels.length;
  return shares;
}

/** The first of the largest, as scikit-learn has it. */
function largest(values: Float64Array): number {
  return values.reduce((best, value, k) => value > values[best] + 1e-12 ? k : best, 0);
}

function oneHot(labels: Int32Array, classes: number): Float64Array {
  const rows = new Float64Array(labels.length * classes);
  labels.forEach((label, i) => rows[i * classes + label] = 1);
  return rows;
}
