import { augment, type AugmentationPolicy } from "../augment/mod.ts";
import { tf } from "../engine/mod.ts";
import type { Random } from "../stats/mod.ts";
import type { TrainingConfig } from "./types.ts";

/** Decoded images with their labels: what an epoch draws its batches from. */
export interface Examples {
  /** RGB bytes [n, size, size, 3]. */
  readonly pixels: Uint8Array;
  readonly labels: Int32Array;
  readonly size: number;
  /** K. */
  readonly classes: number;
}

/** Images [batch, size, size, 3] scaled to `range`; the caller disposes of it. */
export function inputs(
  { pixels, size }: Examples,
  rows: ArrayLike<number>,
  range: TrainingConfig["inputRange"],
  variation?: { policy: AugmentationPolicy; random: Random },
): tf.Tensor4D {
  return tf.tensor4d(values({ pixels, size }, rows, range, variation), [rows.length, size, size, 3]);
}

/** The same as numbers, row by row. */
export function values(
  { pixels, size }: Pick<Examples, "pixels" | "size">,
  rows: ArrayLike<number>,
  range: TrainingConfig["inputRange"],
  variation?: { policy: AugmentationPolicy; random: Random },
): Float32Array {
  const stride = size * size * 3;
  const scaled = new Float32Array(rows.length * stride);
  const divisor = 255 / range[1];
  for (let i = 0; i < rows.length; i++) {
    const from = rows[i] * stride;
    for (let j = 0, to = i * stride; j < stride; j++, to++) scaled[to] = pixels[from + j] / divisor;
  }
  return variation ? augment(scaled, size, variation.policy, variation.random, { white: range[1] }) : scaled;
}

/** Labels as one-hot rows [batch, K]; the caller disposes of it. */
export function targets({ labels, classes }: Examples, rows: ArrayLike<number>): tf.Tensor2D {
  return tf.tensor2d(oneHot({ labels, classes }, rows), [rows.length, classes]);
}

/**
 * The same as numbers, row by row.
 *
 * @param smoothing The share of each row that is spread over all classes.
 */
export function oneHot(
  { labels, classes }: Pick<Examples, "labels" | "classes">,
  rows: ArrayLike<number>,
  smoothing = 0,
): Float32Array {
  const hot = new Float32Array(rows.length * classes).fill(smoothing / classes);
  for (let i = 0; i < rows.length; i++) hot[i * classes + labels[rows[i]]] += 1 - smoothing;
  return hot;
}
