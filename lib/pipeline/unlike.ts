import { Random } from "../stats/mod.ts";
import type { FoldEmbedding } from "./fitted.ts";
import { rows } from "./kinds/_rows.ts";

/**
 * When a picture counts as unlike anything in training. Either by how far it is from the nearest training images, or,
 * for classifiers without an embedding, by how unsure they are of it.
 */
export type UnlikeRule = DistanceRule | ConfidenceRule;

interface CommonRule {
  /** Beyond it (below it, for confidence) a picture is unlike the training images. */
  readonly threshold: number;
  /** Share of unseen images of the same kind that it calls unlike all the same: what the threshold was set to. */
  readonly falseAlarms: number;
  /** Development images that the threshold was set on, each seen by a classifier that did not train on it. */
  readonly n: number;
}

/** By distance: 1 minus the cosine between the embeddings of a picture and of its `neighbours`-th nearest training image. */
export interface DistanceRule extends CommonRule {
  readonly kind: "distance";
  readonly neighbours: number;
  /** Length of an embedding, D. */
  readonly dimensions: number;
}

/** By the calibrated probability of the likeliest class. */
export interface ConfidenceRule extends CommonRule {
  readonly kind: "confidence";
}

/** One in twenty pictures of the same kind is called unlike. */
const FALSE_ALARMS = 0.05;

/** Not the nearest alone: one odd training image would make everything like it welcome. */
const NEIGHBOURS = 5;

/** More would make files large and tell little more. */
const MOST_REFERENCES = 2000;

/**
 * The rule for a classifier whose embeddings are known fold by fold: distances of unseen images are what they will be in
 * use. Sun, Ming, Zhu and Li (2022), Out-of-distribution detection with deep nearest neighbors. ICML.
 *
 * @param folds Embeddings of each fold's parts, by a classifier that was trained on its training part.
 */
export function distanceRule(folds: readonly FoldEmbedding[], seed: number): DistanceRule {
  const { dimensions } = folds[0];
  const seen = folds.flatMap(({ train, validation }) => [
    ...distances(unitRows(validation, dimensions), references(train, dimensions, seed), dimensions, NEIGHBOURS),
  ]);
  return {
    kind: "distance",
    neighbours: NEIGHBOURS,
    dimensions,
    threshold: quantile(seen, 1 - FALSE_ALARMS),
    falseAlarms: FALSE_ALARMS,
    n: seen.length,
  };
}

/** The rule for the others. Hendrycks and Gimpel (2017), A baseline for detecting misclassified and out-of-distribution examples. ICLR. */
export function confidenceRule(calibrated: Float64Array, classes: number): ConfidenceRule {
  const highest = highestOf(calibrated, classes);
  return {
    kind: "confidence",
    threshold: quantile([...highest], FALSE_ALARMS),
    falseAlarms: FALSE_ALARMS,
    n: highest.length,
  };
}

/** The training images' embeddings that later pictures are held against: rows of length 1, some of them where there are many. */
export function references(train: Float32Array, dimensions: number, seed: number): Float32Array {
  const n = train.length / dimensions;
  const order = [...Array(n).keys()];
  const kept = n <= MOST_REFERENCES
    ? order
    : new Random(`${seed}/references`).shuffled(order).slice(0, MOST_REFERENCES).sort((a, b) => a - b);
  return unitRows(rows(train, dimensions, kept), dimensions);
}

/** Distance of each row to its k-th nearest reference; both of length 1. */
export function distances(
  embeddings: Float32Array,
  reference: Float32Array,
  dimensions: number,
  neighbours: number,
): Float64Array {
  const m = reference.length / dimensions;
  const k = Math.min(neighbours, m);
  return Float64Array.from({ length: embeddings.length / dimensions }, (_, i) => {
    const nearest = new Float64Array(k).fill(-Infinity); // the largest cosines, the smallest of them first
    for (let j = 0; j < m; j++) {
      let cosine = 0;
      for (let d = 0; d < dimensions; d++) cosine += embeddings[i * dimensions + d] * reference[j * dimensions + d];
      if (cosine <= nearest[0]) continue;
      nearest[0] = cosine;
      nearest.sort();
    }
    return 1 - nearest[0];
  });
}

/** Rows scaled to length 1; rows of nothing stay as they are. */
export function unitRows(values: Float32Array, dimensions: number): Float32Array {
  const scaled = new Float32Array(values.length);
  for (let start = 0; start < values.length; start += dimensions) {
    let sum = 0;
    for (let d = 0; d < dimensions; d++) sum += values[start + d] ** 2;
    const length = Math.sqrt(sum) || 1;
    for (let d = 0; d < dimensions; d++) scaled[start + d] = values[start + d] / length;
  }
  return scaled;
}

/** The largest probability of each row. */
export function highestOf(probabilities: ArrayLike<number>, classes: number): Float64Array {
  return Float64Array.from({ length: probabilities.length / classes }, (_, i) => {
    let highest = 0;
    for (let k = 0; k < classes; k++) highest = Math.max(highest, probabilities[i * classes + k]);
    return highest;
  });
}

function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}
