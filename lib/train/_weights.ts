import { type layers, tf } from "../engine/mod.ts";

/** A copy of all weights (moving averages too), one array per weight. */
export async function takeWeights(model: layers.LayersModel): Promise<Float32Array[]> {
  // `getWeights` hands out the live tensors: read, don't dispose.
  return await Promise.all(model.getWeights().map(async (weight) => Float32Array.from(await weight.data())));
}

/** Puts back what {@link takeWeights} took. */
export function putWeights(model: layers.LayersModel, values: readonly Float32Array[]): void {
  const tensors = model.getWeights().map((weight, i) => tf.tensor(values[i], weight.shape));
  model.setWeights(tensors);
  tensors.forEach((tensor) => tensor.dispose());
}

/** One array after the other, for the store. */
export function concatenated(values: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(values.reduce((sum, value) => sum + value.length, 0));
  let at = 0;
  for (const value of values) {
    all.set(value, at);
    at += value.length;
  }
  return all;
}
