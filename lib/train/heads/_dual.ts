import { dot } from "../_matrix.ts";
import { compactKernel } from "../compact.ts";
import { fitSoftmaxRegression } from "../softmax_regression.ts";
import { solveTransposed } from "./_cholesky.ts";
import { discriminant } from "./_discriminant.ts";
import { softmaxRows } from "./_softmax.ts";
import { nearestVotes } from "./_votes.ts";
import type { Kernel } from "./kernel.ts";
import type { HeadSpec } from "./types.ts";

/** A linear head as sums over the images it was fitted to: scores of x are Σᵢ coefficientsₖᵢ ⟨xᵢ, x⟩ + biasesₖ. */
export interface DualScores {
  /** [K, n], class by class. */
  readonly coefficients: Float64Array;
  /** [K] */
  readonly biases: Float64Array;
}

/** Heads that are sums over images; the others are no functions of inner products, or none that sums. */
export type LinearSpec = Extract<HeadSpec, { kind: "logistic" | "discriminant" | "class-mean" }>;

/**
 * A linear head from inner products.
 *
 * @param gram [n, n] of the images it is fitted to.
 * @param labels [n]
 * @param dimensions Of the features behind it, or more.
 */
export async function fitDual(
  gram: Float64Array,
  labels: Int32Array,
  classes: number,
  dimensions: number,
  spec: LinearSpec,
  pause?: () => Promise<void>,
): Promise<DualScores> {
  const n = labels.length;
  if (spec.kind === "discriminant") return discriminant(gram, labels, classes, dimensions, spec.shrinkage);
  if (spec.kind === "class-mean") {
    const { coefficients, biases } = discriminant(gram, labels, classes, dimensions, 1);
    return { coefficients, biases };
  }
  const { values, rank, lower, spanning } = await compactKernel(gram, n, { pause });
  const { weights, biases } = await fitSoftmaxRegression(values, labels, classes, { l2: 1 / (spec.c * n), pause });
  // In the compact coordinates the spanning images are the rows of a triangle; weights are sums of those.
  const triangle = new Float64Array(rank * rank);
  spanning.forEach((image, r) => triangle.set(lower.subarray(image * n, image * n + r + 1), r * rank));
  const coefficients = new Float64Array(classes * n);
  for (let k = 0; k < classes; k++) {
    const side = weights.slice(k * rank, (k + 1) * rank);
    solveTransposed(triangle, rank, side, rank);
    spanning.forEach((image, r) => coefficients[k * n + image] = side[r]);
  }
  return { coefficients, biases };
}

/** Heads that inner products are enough for. */
export type KernelSpec = Exclude<HeadSpec, { kind: "mlp" }>;

/**
 * What a head that is fitted to some images says of others, from inner products alone: quick, so that many settings can be
 * tried. The same as `fitHead` on the features, but for rounding.
 *
 * @param train Rows of the kernel to fit to.
 * @param validation Rows to predict.
 * @param labels [train.length]
 * @param dimensions Of the features behind the kernel.
 * @returns [validation.length, K], row by row.
 */
export async function predictInKernel(
  { n, values }: Kernel,
  train: readonly number[],
  validation: readonly number[],
  labels: Int32Array,
  classes: number,
  dimensions: number,
  spec: KernelSpec,
  pause?: () => Promise<void>,
): Promise<Float64Array> {
  const { temperature = 1 } = spec;
  const m = train.length;
  const take = (rows: readonly number[]) => {
    const taken = new Float64Array(rows.length * m);
    rows.forEach((row, i) => {
      for (let j = 0; j < m; j++) taken[i * m + j] = values[row * n + train[j]];
    });
    return taken;
  };
  const across = take(validation);
  const scores = new Float64Array(validation.length * classes);
  if (spec.kind === "nearest") {
    const lengths = train.map((row) => Math.sqrt(values[row * n + row]) || 1);
    validation.forEach((_, i) => {
      const cosines = across.subarray(i * m, (i + 1) * m).map((product, j) => product / lengths[j]);
      scores.set(nearestVotes(cosines, labels, spec.k, classes).map((p) => Math.log(p)), i * classes);
    });
  } else {
    const { coefficients, biases } = await fitDual(take(train), labels, classes, dimensions, spec, pause);
    for (let i = 0; i < validation.length; i++) {
      for (let k = 0; k < classes; k++) {
        scores[i * classes + k] = dot(across, i * m, coefficients, k * m, m) + biases[k];
      }
    }
  }
  softmaxRows(scores, classes, 1 / temperature);
  return scores;
}
