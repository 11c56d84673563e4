import { isPlainLayer, layers } from "../../engine/mod.ts";
import { Random } from "../../stats/mod.ts";
import type { ModelInput } from "../types.ts";

/** Makes a model that was not written for this workbench: nobody can say where its random numbers come from. */
export type Builder = (input: ModelInput) => layers.LayersModel;

/**
 * The same builder, but with every random number coming from `input.seed`: initial weights that were given no seed, and
 * the masks and noise of dropout and its like in training.
 *
 * TensorFlow.js takes its seeds from `Math.random` where a layer names none, so that is what is replaced while the
 * builder runs, and again while one of its layers does. Both are synchronous: nothing else can run meanwhile.
 */
export function reproducible(build: Builder): Builder {
  return (input) => {
    const model = withRandom(new Random(`${input.seed}/initial weights`), () => build(input));
    const masks = new Random(`${input.seed}/masks`);
    for (const layer of layersOf(model)) {
      // With a seed of its own, TensorFlow.js draws the same mask at every step: units would be removed for good.
      if ("seed" in layer) layer.seed = undefined;
      // Draws nothing, and a training step of layers that are as tfjs made them can be repeated.
      if (isPlainLayer(layer)) continue;
      const call = layer.call.bind(layer);
      layer.call = (inputs, kwargs) => withRandom(masks, () => call(inputs, kwargs));
    }
    return model;
  };
}

/** Runs `body` while `Math.random` draws from `random`. */
export function withRandom<T>(random: Random, body: () => T): T {
  const original = Math.random;
  Math.random = () => random.next();
  try {
    return body();
  } finally {
    Math.random = original;
  }
}

/** All layers, those of models within the model too. */
export function layersOf(model: layers.LayersModel): layers.layers.Layer[] {
  return model.layers.flatMap((layer) => layer instanceof layers.LayersModel ? layersOf(layer) : [layer]);
}
