import { cholesky, solve } from "./_cholesky.ts";
import type { DualScores } from "./_dual.ts";

/**
 * Linear discriminant analysis from inner products G [n, n] alone.
 *
 * With M the class means, W the rows less the mean of their class, and a covariance C = (1 − s) WᵀW / n + s t I (t the mean
 * variance within classes), a row x scores x C⁻¹ mₖ − ½ mₖ C⁻¹ mₖ + log(share of class k). By Woodbury's identity C⁻¹ mₖ is a
 * sum over the images, and what has to be factorised is as large as their number, not as that of the features.
 *
 * Friedman (1989), Regularized discriminant analysis. Journal of the American Statistical Association 84, 165–175.
 *
 * @param gram [n, n]
 * @param dimensions Of the features behind it, or more.
 * @param shrinkage Above 0, at most 1.
 */
export function discriminant(
  gram: Float64Array,
  labels: Int32Array,
  classes: number,
  dimensions: number,
  shrinkage: number,
): DualScores {
  const n = labels.length;
  const counts = new Float64Array(classes);
  labels.forEach((label) => counts[label]++);

  /** [n, K] Mean inner product of each image with those of each class. */
  const toClass = new Float64Array(n * classes);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) toClass[i * classes + labels[j]] += gram[i * n + j];
    for (let k = 0; k < classes; k++) toClass[i * classes + k] /= counts[k] || 1;
  }
  /** [K, K] */
  const between = new Float64Array(classes * classes);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < classes; k++) between[labels[i] * classes + k] += toClass[i * classes + k] / counts[labels[i]];
  }
  /** Inner products of the rows less their class mean. */
  const within = (i: number, j: number) =>
    gram[i * n + j] - toClass[i * classes + labels[j]] - toClass[j * classes + labels[i]] +
    between[labels[i] * classes + labels[j]];
  let trace = 0;
  for (let i = 0; i < n; i++) trace += within(i, i);
  const sphere = Math.max(shrinkage * trace / n / Math.min(n, dimensions), 1e-12);

  // [K, n] Coefficients, class by class: Pᵀ / a at first.
  const coefficients = new Float64Array(classes * n);
  labels.forEach((label, i) => coefficients[label * n + i] = 1 / counts[label] / sphere);
  if (shrinkage < 1) {
    const weight = (1 - shrinkage) / n;
    const matrix = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) matrix[i * n + j] = weight * within(i, j) + (i === j ? sphere : 0);
    }
    const sides = new Float64Array(classes * n);
    for (let k = 0; k < classes; k++) {
      for (let i = 0; i < n; i++) {
        // Row of W times the mean of class k.
        sides[k * n + i] = toClass[i * classes + k] - between[labels[i] * classes + k];
      }
    }
    solve(cholesky(matrix, n), n, sides);
    const means = new Float64Array(classes);
    for (let k = 0; k < classes; k++) {
      means.fill(0);
      for (let i = 0; i < n; i++) means[labels[i]] += sides[k * n + i] / counts[labels[i]];
      for (let i = 0; i < n; i++) coefficients[k * n + i] -= weight / sphere * (sides[k * n + i] - means[labels[i]]);
    }
  }
  const biases = new Float64Array(classes);
  for (let k = 0; k < classes; k++) {
    let quadratic = 0;
    for (let i = 0; i < n; i++) quadratic += toClass[i * classes + k] * coefficients[k * n + i];
    // A class without an image is never said.
    biases[k] = counts[k] === 0 ? -1e9 : -quadratic / 2 + Math.log(counts[k] / n);
  }
  return { coefficients, biases };
}
