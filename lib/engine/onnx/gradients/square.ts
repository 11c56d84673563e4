import * as tf from "@tensorflow/tfjs-core";
import { constant } from "./constant.ts";

/** Gives squares tfjs's own gradient with a 2 that is known to be one: it is part of every variance. */
export function registerSquareGradient(): void {
  if (tf.getGradient("Square") !== undefined) tf.unregisterGradient("Square");
  tf.registerGradient({
    kernelName: "Square",
    inputsToSave: ["x"],
    gradFunc: (dy, [x]) => ({ x: () => tf.mul(dy as tf.Tensor, tf.mul(tf.cast(x, "float32"), constant(2))) }),
  });
}
