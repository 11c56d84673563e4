import * as tf from "@tensorflow/tfjs-core";
import { constant } from "./constant.ts";

/**
 * Gives sums and means a gradient that repeats instead of multiplying with a tensor of ones, which tfjs fills in
 * JavaScript at every step. Repeating is a `tile`, so it holds on every backend; here it costs nothing until somebody
 * needs the copies.
 */
export function registerReductionGradients(): void {
  replace("Sum", (dy, x) => repeat(dy, x.shape));
  replace("Mean", (dy, x, count) => repeat(tf.div(dy, constant(count)), x.shape));
}

function replace(kernelName: string, gradient: (dy: tf.Tensor, x: tf.Tensor, count: number) => tf.Tensor): void {
  if (tf.getGradient(kernelName) !== undefined) tf.unregisterGradient(kernelName);
  tf.registerGradient({
    kernelName,
    inputsToSave: ["x"],
    gradFunc(dy, [x], attrs) {
      const axes = tf.util.parseAxisParam(attrs.axis as number[], x.shape);
      const kept = x.shape.map((extent, axis) => axes.includes(axis) ? 1 : extent);
      const count = axes.reduce((n, axis) => n * x.shape[axis], 1);
      return { x: () => gradient(tf.reshape(dy as tf.Tensor, kept), x, count) };
    },
  });
}

/** Copies along the axes in which `dy` has extent 1. */
function repeat(dy: tf.Tensor, shape: number[]): tf.Tensor {
  return tf.tile(dy, shape.map((extent, axis) => extent / dy.shape[axis]));
}
