import { centred } from "./_matrix.ts";
import { compact } from "./compact.ts";
import { fitSoftmaxRegression, type SoftmaxRegression, type SoftmaxRegressionOptions } from "./softmax_regression.ts";

/**
 * Logistic regression as {@link fitSoftmaxRegression} fits it, several times faster where there are more features than
 * images: it is fitted in the coordinates of {@link compact}, and its weights are then taken back to the features.
 *
 * @param features Rows [n, D].
 * @param labels Class of each row, from 0 to `classes` - 1.
 */
export async function fitLinearHead(
  features: Float32Array,
  labels: Int32Array,
  classes: number,
  options: SoftmaxRegressionOptions = {},
): Promise<SoftmaxRegression> {
  const n = labels.length, dimensions = features.length / n;
  const { values, rank, spanning } = await compact(features, n, options);
  const model = await fitSoftmaxRegression(values, labels, classes, options);
  if (spanning === null) return model;

  // The weights are a sum of images, and how much of each follows from the triangle that the spanning ones make.
  const weights = new Float64Array(classes * dimensions), biases = model.biases.slice();
  const { rows, mean } = centred(features, dimensions);
  for (let k = 0; k < classes; k++) {
    const left = model.weights.slice(k * rank, (k + 1) * rank);
    const to = weights.subarray(k * dimensions, (k + 1) * dimensions);
    for (let s = rank - 1; s >= 0; s--) {
      const row = spanning[s] * rank;
      const share = left[s] / values[row + s];
      for (let j = 0; j <= s; j++) left[j] -= share * values[row + j];
      const from = spanning[s] * dimensions;
      for (let d = 0; d < dimensions; d++) to[d] += share * rows[from + d];
    }
    for (let d = 0; d < dimensions; d++) biases[k] -= to[d] * mean[d];
  }
  return { weights, biases, classes, dimensions };
}
