import { dot } from "../_matrix.ts";
import { softmaxRows } from "./_softmax.ts";
import { nearestVotes } from "./_votes.ts";
import type { HeadWeights } from "./types.ts";

/**
 * Probabilities [n, K], row by row, of features [n, D].
 *
 * @throws RangeError when the features are not of D numbers an image.
 */
export function predictHead(weights: HeadWeights, features: Float32Array): Float32Array {
  const { classes, dimensions } = weights;
  if (features.length % dimensions !== 0) {
    throw new RangeError(
      `Cannot predict: features must have ${dimensions} numbers an image, got ${features.length} in all`,
    );
  }
  const n = features.length / dimensions;
  const scores = new Float64Array(n * classes);
  for (let i = 0; i < n; i++) {
    const x = Float64Array.from(features.subarray(i * dimensions, (i + 1) * dimensions));
    scores.set(scoresOf(weights, x), i * classes);
  }
  softmaxRows(scores, classes);
  return Float32Array.from(scores);
}

function scoresOf(weights: HeadWeights, x: Float64Array): Float64Array {
  switch (weights.kind) {
    case "linear":
      return affine(weights.weights, weights.biases, x);
    case "mlp": {
      const hidden = affine(weights.hidden, weights.hiddenBiases, x).map((value) => Math.max(0, value));
      return affine(weights.weights, weights.biases, hidden);
    }
    case "nearest": {
      const { mean, scale, rows, labels, k, classes, temperature } = weights;
      const seen = x.map((value, d) => (value - mean[d]) * scale[d]);
      // Its length scales all products alike: the order of the nearest stays.
      const products = affine(rows, null, seen);
      return nearestVotes(products, labels, k, classes).map((p) => Math.log(p) / temperature);
    }
  }
}

/** Rows of weights times x, plus biases. */
function affine(rows: Float32Array, biases: Float32Array | null, x: Float64Array): Float64Array {
  const length = x.length, count = rows.length / length;
  const row = new Float64Array(length);
  return Float64Array.from({ length: count }, (_, r) => {
    row.set(rows.subarray(r * length, (r + 1) * length));
    return dot(row, 0, x, 0, length) + (biases === null ? 0 : biases[r]);
  });
}
