import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";

/**
 * Keeps tfjs's cpu backend from advising, at its first tensor, to install tfjs-node. Its other warnings stay.
 */
export function quieten(): void {
  (tf.findBackend("cpu") as tf.KernelBackend & { firstUse: boolean }).firstUse = false;
}
