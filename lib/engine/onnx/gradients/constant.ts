import * as tf from "@tensorflow/tfjs-core";

/**
 * A number that is the same at every step, as a tensor of rank 0. Numbers are data to this backend, fed anew for each
 * step, unless it is told that one is no learning rate; other backends do not look at what it is told.
 */
export function constant(value: number): tf.Scalar {
  return tf.engine().runKernel("Fill", {}, { shape: [], value, dtype: "float32", constant: true }) as tf.Scalar;
}
