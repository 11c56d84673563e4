import * as tf from "@tensorflow/tfjs-core";
import { constant } from "./constant.ts";

/**
 * Gives batch normalisation a gradient with fewer passes over the activations than tfjs's own: one for the gradient
 * of the input, and two sums per channel from which the other four follow. It is made of tfjs operations, so it holds
 * on every backend.
 *
 * With d = x - mean and r = 1 / sqrt(variance + epsilon), per channel:
 *
 *     x: dy * (scale * r)    offset: sum(dy)    scale: r * sum(dy * d)
 *     mean: -scale * r * sum(dy)    variance: -scale * r^2 / 2 * (r * sum(dy * d))
 */
export function registerBatchNormGradient(): void {
  const stock = tf.getGradient("FusedBatchNorm");
  if (stock === undefined || stock.gradFunc === gradient) return;
  original = stock.gradFunc;
  tf.unregisterGradient("FusedBatchNorm");
  tf.registerGradient({ kernelName: "FusedBatchNorm", inputsToSave: stock.inputsToSave, gradFunc: gradient });
}

let original: tf.GradFunc;

function gradient(dy: tf.Tensor | tf.Tensor[], saved: tf.Tensor[], attrs: tf.NamedAttrMap): ReturnType<tf.GradFunc> {
  const [x, mean, variance, scale] = saved;
  const dz = dy as tf.Tensor;
  // Parameters that are no vectors are rare, and their sums go along other axes.
  if (mean.rank !== 1 || variance.rank !== 1) return original(dy, saved, attrs);
  const axes = x.shape.map((_, axis) => axis).slice(0, -1);
  const epsilon = attrs.varianceEpsilon as number;

  // Each gradient is asked for in a scope of its own, so what they share is made here.
  const inverse = tf.rsqrt(tf.add(variance, constant(epsilon)));
  const factor = scale == null ? inverse : tf.mul(inverse, scale);
  const sum = tf.sum(dz, axes);
  const moment = tf.sum(tf.mul(dz, tf.sub(x, mean)), axes);
  const slope = tf.mul(inverse, moment);
  return {
    x: () => tf.mul(dz, factor),
    mean: () => tf.neg(tf.mul(factor, sum)),
    variance: () => tf.mul(tf.mul(tf.mul(factor, inverse), slope), constant(-0.5)),
    scale: () => tf.clone(slope),
    offset: () => tf.clone(sum),
  };
}
