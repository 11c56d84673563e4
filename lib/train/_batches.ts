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
  const stride = size * size * 3;
  const values = new Float32Array(rows.length * stride);
  const divisor = 255 / range[1];
  for (let i = 0; i < rows.length; i++) {
    const from = rows[i] * stride;
    for (let j = 0, to = i * stride; j < stride; j++, to++) values[to] = pixels[from + j] / divisor;
  }
  const shown = variation ? augment(values, size, variation.policy, variation.random, { white: range[1] }) : values;
  return tf.tensor4d(shown, [rows.length, size, size, 3]);
}

/** Labels as one-hot rows [batch, K]; the caller disposes of it. */
export function targets({ labels, classes }: Examples, rows: ArrayLike<number>): tf.Tensor2D {
  const values = new Float32Array(rows.length * classes);
  for (let i = 0; i < rows.length; i++) values[i * classes + labels[rows[i]]] = 1;
  return tf.tensor2d(values, [rows.length, classes]);
}
