import { Random } from "../../stats/mod.ts";
import { fitDual } from "./_dual.ts";
import { fitMlp } from "./_mlp.ts";
import { kernelOf, type Standard, standardised, standardOf } from "./kernel.ts";
import { predictHead } from "./predict_head.ts";
import type { FittedHead, HeadSpec, HeadWeights } from "./types.ts";

/**
 * Images that a head is fitted to at most: what is factorised grows with their square and the time with their cube. Of
 * more, as many are drawn by seed.
 */
export const MOST_HEAD_IMAGES = 3000;

/** How a head is fitted. */
export interface FitHeadOptions {
  /** Of the draw where there are too many images, and of an MLP's start and order. 1 by default. */
  readonly seed?: number;
  /** Awaited now and then, so that a kernel stays responsive. */
  readonly pause?: () => Promise<void>;
}

/**
 * Fits a simple classifier to features. Needs an engine in use.
 *
 * @param features [n, D], row by row.
 * @param labels [n] Class of each row, from 0 to `classes` − 1.
 * @param classes K.
 * @throws RangeError when features and labels do not fit each other, or the specification has a value out of range.
 */
export async function fitHead(
  features: Float32Array,
  labels: Int32Array,
  classes: number,
  spec: HeadSpec,
  options: FitHeadOptions = {},
): Promise<FittedHead> {
  const { seed = 1, pause } = options;
  check(features, labels, classes, spec);
  const dimensions = features.length / labels.length;
  if (labels.length > MOST_HEAD_IMAGES) {
    const drawn = new Random(`${seed}/head`).shuffled(labels.keys()).slice(0, MOST_HEAD_IMAGES).sort((a, b) => a - b);
    features = rowsOf(features, dimensions, drawn);
    labels = Int32Array.from(drawn, (row) => labels[row]);
  }
  const standard = standardOf(features, dimensions, [...labels.keys()]);
  const weights = await fitWeights(features, labels, classes, spec, standard, seed, pause);
  return { spec, weights, predict: (rows) => predictHead(weights, rows) };
}

async function fitWeights(
  features: Float32Array,
  labels: Int32Array,
  classes: number,
  spec: HeadSpec,
  standard: Standard,
  seed: number,
  pause?: () => Promise<void>,
): Promise<HeadWeights> {
  const { temperature = 1 } = spec;
  const dimensions = standard.mean.length;
  const rows = standardised(features, standard);
  if (spec.kind === "mlp") return await fitMlp(rows, labels, classes, spec, standard, { seed, pause });
  if (spec.kind === "nearest") {
    for (let start = 0; start < rows.length; start += dimensions) {
      const row = rows.subarray(start, start + dimensions);
      const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0)) || 1;
      row.forEach((value, d) => row[d] = value / length);
    }
    return { kind: "nearest", classes, dimensions, k: spec.k, temperature, ...standard, rows, labels };
  }
  const n = labels.length;
  const { values } = await kernelOf(features, standard);
  const { coefficients, biases } = await fitDual(values, labels, classes, dimensions, spec, pause);
  // Σᵢ cᵢ ⟨xᵢ, x⟩ as weights of the raw features: standardising goes into weights and biases, so does the temperature.
  const weights = new Float32Array(classes * dimensions), sum = new Float64Array(dimensions);
  const shifted = new Float32Array(classes);
  for (let k = 0; k < classes; k++) {
    sum.fill(0);
    for (let i = 0; i < n; i++) {
      const coefficient = coefficients[k * n + i];
      if (coefficient === 0) continue;
      for (let d = 0, at = i * dimensions; d < dimensions; d++, at++) sum[d] += coefficient * rows[at];
    }
    let bias = biases[k];
    for (let d = 0; d < dimensions; d++) {
      const weight = sum[d] * standard.scale[d];
      weights[k * dimensions + d] = weight / temperature;
      bias -= weight * standard.mean[d];
    }
    shifted[k] = bias / temperature;
    await pause?.();
  }
  return { kind: "linear", classes, dimensions, weights, biases: shifted };
}

/** Rows of a matrix, in a new one. */
export function rowsOf(matrix: Float32Array, dimensions: number, rows: readonly number[]): Float32Array {
  const taken = new Float32Array(rows.length * dimensions);
  rows.forEach((row, i) => taken.set(matrix.subarray(row * dimensions, (row + 1) * dimensions), i * dimensions));
  return taken;
}

function check(features: Float32Array, labels: Int32Array, classes: number, spec: HeadSpec): void {
  const refuse = (what: string) => {
    throw new RangeError(`Cannot fit a head: ${what}`);
  };
  if (labels.length === 0 || features.length === 0 || features.length % labels.length !== 0) {
    refuse(
      `there must be a row of features for each image, got ${features.length} numbers for ${labels.length} images`,
    );
  }
  const wrong = labels.find((label) => !(label >= 0 && label < classes));
  if (wrong !== undefined) refuse(`labels must be from 0 to ${classes - 1}, got ${wrong}`);
  if (!((spec.temperature ?? 1) > 0)) refuse(`the temperature must be above 0, it is ${spec.temperature}`);
  if (spec.kind === "logistic" && !(spec.c > 0)) refuse(`c must be above 0, it is ${spec.c}`);
  if (spec.kind === "discriminant" && !(spec.shrinkage > 0 && spec.shrinkage <= 1)) {
    refuse(`the shrinkage must be above 0 and at most 1, it is ${spec.shrinkage}`);
  }
  if (spec.kind === "nearest" && !(Number.isInteger(spec.k) && spec.k >= 1)) {
    refuse(`k must be an integer from 1, it is ${spec.k}`);
  }
}
