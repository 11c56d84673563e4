import { tf } from "../engine/mod.ts";
import type { Examples } from "./_batches.ts";
import type { TrainingConfig } from "./types.ts";

type LossFunction = (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.Tensor;

/** What `compile` takes: tfjs's name where it knows the loss, a function where it does not. */
export function lossOf(config: TrainingConfig, training: Examples): string | LossFunction {
  const { loss, classWeights } = config;
  if (classWeights === undefined) return loss === "cosine" ? cosine : loss;
  const weights = balancedWeights(training);
  const plain = loss === "cosine" ? cosine : crossEntropies;
  return (yTrue, yPred) => {
    // A blended target counts as its classes do.
    const weight = tf.sum(tf.mul(yTrue, tf.tensor1d(weights)), -1);
    return tf.mul(plain(yTrue, yPred), weight);
  };
}

/** N / (K x images of the class) for each class that has any, so that the mean over the images is 1. */
export function balancedWeights({ labels, classes }: Pick<Examples, "labels" | "classes">): Float32Array {
  const counts = new Float32Array(classes);
  for (const label of labels) counts[label]++;
  const present = counts.filter((count) => count > 0).length;
  return counts.map((count) => count > 0 ? labels.length / (present * count) : 0);
}

/** [n] One minus the cosine between a row of probabilities and its target. */
function cosine(yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor {
  const unit = (rows: tf.Tensor) => tf.div(rows, tf.add(tf.norm(rows, "euclidean", -1, true), 1e-7));
  return tf.sub(1, tf.sum(tf.mul(unit(yTrue), unit(yPred)), -1));
}

/** [n] In nats, probabilities clipped as tfjs clips them. */
function crossEntropies(yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor {
  return tf.neg(tf.sum(tf.mul(yTrue, tf.log(tf.clipByValue(yPred, 1e-7, 1))), -1));
}
