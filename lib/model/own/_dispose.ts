import type { layers } from "../../engine/mod.ts";

/**
 * The same model, whose `dispose` gives all memory back. TensorFlow.js's own leaves the weights of models within the
 * model: it counts their being called as a use that never ends.
 */
export function disposingAll(model: layers.LayersModel): layers.LayersModel {
  const dispose = model.dispose.bind(model);
  model.dispose = () => {
    const weights = model.getWeights();
    const result = dispose();
    for (const weight of weights) if (!weight.isDisposed) weight.dispose();
    return result;
  };
  return model;
}
