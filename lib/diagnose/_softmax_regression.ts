/** A linear classifier: K rows of D weights and a bias, row by row. */
export interface SoftmaxRegression {
  readonly weights: Float64Array;
  readonly classes: number;
  readonly dimensions: number;
}

export interface SoftmaxRegressionOptions {
  /** Weight of half the squared weights against the mean cross-entropy; biases are free. Default: 1 / n. */
  readonly l2?: number;
  /** Default: at most 200. */
  readonly iterations?: number;
  /** Awaited now and then, so that a kernel stays responsive. */
  readonly pause?: () => Promise<void>;
}

/**
 * Multinomial logistic regression with an L2 penalty, by Nesterov's accelerated gradient descent with restarts
 * (O'Donoghue and Candès 2015). The problem is convex: the result does not depend on a starting point or a seed.
 *
 * The step is 1 over the largest possible curvature, which is half the longest row squared (Böhning 1992), so it never
 * has to be searched for. The default penalty is scikit-learn's (C = 1): a convention, tuned on no data.
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
  const { l2 = 1 / n, iterations = 200, pause } = options;
  const dimensions = features.length / n;
  const width = dimensions + 1; // the bias is the last
  const step = 1 / (0.5 * (longestRowSquared(features, dimensions) + 1) + l2);

  let weights = new Float64Array(classes * width);
  const ahead = weights.slice();
  let momentum = 1;
  const gradient = new Float64Array(classes * width);
  const scores = new Float64Array(classes);
  for (let iteration = 0; iteration < iterations; iteration++) {
    gradient.fill(0);
    for (let i = 0; i < n; i++) {
      const row = i * dimensions;
      softmax(features, row, dimensions, ahead, scores);
      scores[labels[i]] -= 1;
      for (let k = 0; k < classes; k++) {
        const error = scores[k] / n;
        const base = k * width;
        for (let d = 0; d < dimensions; d++) gradient[base + d] += error * features[row + d];
        gradient[base + dimensions] += error;
      }
    }
    const next = new Float64Array(weights.length);
    let uphill = 0, size = 0;
    for (let j = 0; j < next.length; j++) {
      const slope = gradient[j] + (j % width === dimensions ? 0 : l2 * ahead[j]);
      next[j] = ahead[j] - step * slope;
      uphill += slope * (next[j] - weights[j]);
      size = Math.max(size, Math.abs(slope));
    }
    // Momentum that has begun to point uphill is dropped.
    const following = uphill > 0 ? 1 : (1 + Math.sqrt(1 + 4 * momentum ** 2)) / 2;
    const carry = uphill > 0 ? 0 : (momentum - 1) / following;
    for (let j = 0; j < next.length; j++) ahead[j] = next[j] + carry * (next[j] - weights[j]);
    weights = next;
    momentum = following;
    if (size < 1e-5) break; // the accuracy settles long before
    if (iteration % 10 === 9) await pause?.();
  }
  return { weights, classes, dimensions };
}

/** Probabilities [n, K], row by row, of rows [n, D]. */
export function predictSoftmaxRegression(model: SoftmaxRegression, features: Float32Array): Float64Array {
  const { weights, classes, dimensions } = model;
  const n = features.length / dimensions;
  const probabilities = new Float64Array(n * classes);
  for (let i = 0; i < n; i++) {
    softmax(features, i * dimensions, dimensions, weights, probabilities.subarray(i * classes, (i + 1) * classes));
  }
  return probabilities;
}

/** Writes the K probabilities of the row that starts at `row` into `out`. */
function softmax(features: Float32Array, row: number, dimensions: number, weights: Float64Array, out: Float64Array) {
  let highest = -Infinity;
  for (let k = 0; k < out.length; k++) {
    const base = k * (dimensions + 1);
    let score = weights[base + dimensions];
    for (let d = 0; d < dimensions; d++) score += weights[base + d] * features[row + d];
    out[k] = score;
    if (score > highest) highest = score;
  }
  let sum = 0;
  for (let k = 0; k < out.length; k++) sum += out[k] = Math.exp(out[k] - highest);
  for (let k = 0; k < out.length; k++) out[k] /= sum;
}

function longestRowSquared(features: Float32Array, dimensions: number): number {
  let longest = 0;
  for (let row = 0; row < features.length; row += dimensions) {
    let sum = 0;
    for (let d = 0; d < dimensions; d++) sum += features[row + d] ** 2;
    if (sum > longest) longest = sum;
  }
  return longest;
}
