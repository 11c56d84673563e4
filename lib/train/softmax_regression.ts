import { centred, timesTransposed, transposedTimes } from "./_matrix.ts";

/** A linear classifier. */
export interface SoftmaxRegression {
  /** [K, D], class by class. */
  readonly weights: Float64Array;
  /** [K] */
  readonly biases: Float64Array;
  readonly classes: number;
  readonly dimensions: number;
}

/** How it is fitted. */
export interface SoftmaxRegressionOptions {
  /** Weight of half the squared weights against the mean cross-entropy; biases are free. Default: 1 / n. */
  readonly l2?: number;
  /** Default: at most 300. */
  readonly iterations?: number;
  /**
   * Ends when a step lowers the mean loss by less, in nats. Default: 1e-6, where probabilities are right to half a point
   * and the likeliest class does not change any more.
   */
  readonly tolerance?: number;
  /** Awaited now and then, so that a kernel stays responsive. */
  readonly pause?: () => Promise<void>;
}

/**
 * Multinomial logistic regression with an L2 penalty, by Nesterov's accelerated gradient descent with restarts
 * (O'Donoghue and Candès 2015). The problem is convex: the result does not depend on a starting point or a seed.
 *
 * Features are centred first: that changes nothing about the solution, since the bias is free, and makes the problem
 * much rounder where all features point the same way, as those of networks do. The step is 1 over the largest possible
 * curvature, half the largest variance in any direction (Böhning 1992), so it never has to be searched for.
 *
 * The default penalty is scikit-learn's (C = 1): a convention, tuned on no data.
 *
 * @param features Rows [n, D].
 * @param labels Class of each row, from 0 to `classes` - 1.
 */
export async function fitSoftmaxRegression(
  features: Float32Array,
  labels: Int32Array,
  classes: number,
  options: SoftmaxRegressionOptions = {},
): Promise<SoftmaxRegression> {
  const n = labels.length;
  const { l2 = 1 / n, iterations = 300, tolerance = 1e-6, pause } = options;
  const dimensions = features.length / n;
  const { rows, mean } = centred(features, dimensions);
  const step = 1 / (largestVariance(rows, dimensions) / 2 + l2);
  const biasStep = 2; // as if it were the weight of a feature of variance 1

  let weights = new Float64Array(classes * dimensions), biases = new Float64Array(classes);
  const ahead = weights.slice(), biasesAhead = biases.slice();
  const slope = new Float64Array(weights.length), errors = new Float64Array(n * classes);
  let momentum = 1;
  for (let iteration = 0; iteration < iterations; iteration++) {
    timesTransposed(rows, ahead, dimensions, errors);
    softmax(errors, biasesAhead);
    labels.forEach((label, i) => errors[i * classes + label] -= 1);
    transposedTimes(errors, rows, dimensions, slope);

    const next = new Float64Array(weights.length), nextBiases = new Float64Array(classes);
    let uphill = 0, gain = 0;
    for (let j = 0; j < next.length; j++) {
      const down = slope[j] / n + l2 * ahead[j];
      next[j] = ahead[j] - step * down;
      uphill += down * (next[j] - weights[j]);
      gain += step * down * down;
    }
    for (let k = 0; k < classes; k++) {
      let down = 0;
      for (let i = 0; i < n; i++) down += errors[i * classes + k] / n;
      nextBiases[k] = biasesAhead[k] - biasStep * down;
      uphill += down * (nextBiases[k] - biases[k]);
      gain += biasStep * down * down;
    }
    // Momentum that has begun to point uphill is dropped.
    const following = uphill > 0 ? 1 : (1 + Math.sqrt(1 + 4 * momentum ** 2)) / 2;
    const carry = uphill > 0 ? 0 : (momentum - 1) / following;
    for (let j = 0; j < next.length; j++) ahead[j] = next[j] + carry * (next[j] - weights[j]);
    for (let k = 0; k < classes; k++) biasesAhead[k] = nextBiases[k] + carry * (nextBiases[k] - biases[k]);
    weights = next;
    biases = nextBiases;
    momentum = following;
    if (gain < tolerance) break;
    if (iteration % 5 === 4) await pause?.();
  }
  // Back to features that are not centred.
  for (let k = 0; k < classes; k++) {
    for (let d = 0; d < dimensions; d++) biases[k] -= weights[k * dimensions + d] * mean[d];
  }
  return { weights, biases, classes, dimensions };
}

/** Probabilities [n, K], row by row, of rows [n, D]. */
export function predictSoftmaxRegression(model: SoftmaxRegression, features: Float32Array): Float64Array {
  const { weights, biases, classes, dimensions } = model;
  const probabilities = new Float64Array(features.length / dimensions * classes);
  timesTransposed(Float64Array.from(features), weights, dimensions, probabilities);
  softmax(probabilities, biases);
  return probabilities;
}

/** Turns scores [n, K] with biases [K] to be added into probabilities, in their place. */
function softmax(scores: Float64Array, biases: Float64Array): void {
  const classes = biases.length;
  for (let base = 0; base < scores.length; base += classes) {
    let highest = -Infinity, sum = 0;
    for (let k = 0; k < classes; k++) {
      const score = scores[base + k] += biases[k];
      if (score > highest) highest = score;
    }
    for (let k = 0; k < classes; k++) sum += scores[base + k] = Math.exp(scores[base + k] - highest);
    for (let k = 0; k < classes; k++) scores[base + k] /= sum;
  }
}

/** The largest variance of centred rows in any direction, by power iteration; a little too large rather than small. */
function largestVariance(rows: Float64Array, dimensions: number): number {
  const n = rows.length / dimensions;
  let direction = Float64Array.from({ length: dimensions }, (_, d) => 1 + (d * 0.618) % 1); // any start will do
  const along = new Float64Array(n);
  let value = 0;
  for (let iteration = 0; iteration < 20; iteration++) {
    timesTransposed(rows, direction, dimensions, along);
    const next = new Float64Array(dimensions);
    transposedTimes(along, rows, dimensions, next);
    const length = Math.sqrt(next.reduce((sum, one) => sum + one * one, 0));
    value = length / n;
    direction = next.map((one) => one / (length || 1));
  }
  return 1.1 * value + 1e-12;
}
