import { tf } from "../../engine/mod.ts";

/** How features are brought to mean 0 and equal spread: (x − mean) · scale. */
export interface Standard {
  /** [D] */
  readonly mean: Float32Array;
  /** [D] One over the standard deviation and over the root of D, so that rows have length 1 on average. */
  readonly scale: Float32Array;
}

/** Inner products of images [n, n], of standardised features: all that most heads need to know of them. */
export interface Kernel {
  readonly n: number;
  readonly values: Float64Array;
}

/**
 * Mean and spread of features on some of the images. A feature that is always the same counts for nothing.
 *
 * @param features [n, D], row by row.
 * @param rows Which of the n to go by.
 */
export function standardOf(features: Float32Array, dimensions: number, rows: readonly number[]): Standard {
  const mean = new Float64Array(dimensions), square = new Float64Array(dimensions);
  for (const row of rows) {
    for (let d = 0, at = row * dimensions; d < dimensions; d++, at++) mean[d] += features[at] / rows.length;
  }
  for (const row of rows) {
    for (let d = 0, at = row * dimensions; d < dimensions; d++, at++) {
      square[d] += (features[at] - mean[d]) ** 2 / rows.length;
    }
  }
  const scale = Float32Array.from(square, (variance, d) =>
    // What rounding leaves of no variance at all is none.
    variance <= 1e-12 * (mean[d] ** 2 + 1e-12) ? 0 : 1 / Math.sqrt(variance * dimensions));
  return { mean: Float32Array.from(mean), scale };
}

/** Features [n, D], standardised. */
export function standardised(features: Float32Array, { mean, scale }: Standard): Float32Array {
  const dimensions = mean.length;
  const out = new Float32Array(features.length);
  for (let start = 0; start < out.length; start += dimensions) {
    for (let d = 0; d < dimensions; d++) out[start + d] = (features[start + d] - mean[d]) * scale[d];
  }
  return out;
}

/**
 * Inner products of all images, on the current engine.
 *
 * @param features [n, D], row by row.
 */
export async function kernelOf(features: Float32Array, standard: Standard): Promise<Kernel> {
  const dimensions = standard.mean.length;
  const n = features.length / dimensions;
  const products = tf.tidy(() => {
    const rows = tf.tensor2d(standardised(features, standard), [n, dimensions]);
    return tf.matMul(rows, rows, false, true);
  });
  const values = Float64Array.from(await products.data());
  products.dispose();
  return { n, values };
}
