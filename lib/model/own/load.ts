import { basename, extname } from "node:path";
import { current, layers } from "../../engine/mod.ts";
import { ModelError } from "../errors.ts";
import type { ModelSpec } from "../types.ts";
import { disposingAll } from "./_dispose.ts";
import { fileOf, nameOf, reasonOf } from "./_file.ts";
import { sha256 } from "./_hash.ts";
import { fromJson } from "./_json.ts";
import { reproducible } from "./_reproducible.ts";
import { fromScript } from "./_script.ts";
import { endsInScores, tryOut } from "./_tried.ts";

/** What the model will be built for; it is tried with that. */
export interface LoadOptions {
  /** Height and width of the images, in pixels; 64 by default. */
  readonly size?: number;
  /** Number of classes, K; 10 by default. */
  readonly classes?: number;
}

/**
 * A person's own model, from a file:
 *
 * - `.ts` or `.js`, whose default export is a function `({ size, classes, seed }) => tf.LayersModel`;
 * - `.json` (or a folder with a `model.json`): a layers model of TensorFlow.js, or Keras's `model.to_json()`.
 *
 * It is an architecture that is loaded: weights start fresh from the seed, frozen layers too. All random numbers, of
 * initial weights and of dropout, come from the seed, whether or not the file says so. A model that ends in plain
 * scores (logits), one for each class, gets a softmax behind it. One that begins with a `Rescaling` of pixels from 0 to
 * 255 is fed such pixels.
 *
 * The model is built a few times here, to see whether it can be and whether it is the same every time. What does not
 * fit the images (channels, classes) is no error: the lint tells.
 *
 * @throws ModelError naming the file, what it must be and what it is.
 * @throws EngineError when no engine is in use yet.
 */
export async function load(path: string, options: LoadOptions = {}): Promise<ModelSpec> {
  current(); // without an engine nothing can be built, which is no fault of the model
  const { size = 64, classes = 10 } = options;
  const file = await fileOf(path);
  const bytes = await Deno.readFile(file).catch((error) => {
    throw new ModelError(`Cannot read the model "${path}": ${reasonOf(error)}`, { cause: error });
  });
  const content = sha256(bytes);
  const { build, frozen } = extname(file) === ".json"
    ? fromJson(path, new TextDecoder().decode(bytes))
    : { build: await fromScript(file, content.slice(0, 16)), frozen: 0 };
  const seeded = reproducible(build);
  const tried = tryOut(seeded, { size, classes, seed: 1 }, path);
  const fixed = tried.inputSize === size ? {} : { inputSize: tried.inputSize };
  return {
    name: nameOf(file),
    description: [
      `Your model ${basename(file)}${tried.inputSize === size ? "" : `, made for ${by(tried.inputSize)} images`}.`,
      "Its weights start fresh from the seed.",
      ...(frozen > 0 ? [`${frozen} frozen ${frozen === 1 ? "layer is" : "layers are"} trained like the rest.`] : []),
      ...(tried.logits ? ["It ends in plain scores (logits), so a softmax is put behind it."] : []),
      ...(tried.rescales ? ["Its first layer scales pixels from 0 to 255 itself, so it gets them as they are."] : []),
      ...(tried.ignoresSeed ? ["It gives its weights seeds of its own: they are the same whatever the seed is."] : []),
    ].join(" "),
    config: { file: content, built: tried.fingerprint },
    source: { from: "file", path: file, size, classes },
    ...fixed,
    ...(tried.rescales ? { inputRange: [0, 255] as const } : {}),
    build: (input) => disposingAll(withSoftmax(seeded(input), input.classes)),
  };
}

function withSoftmax(model: layers.LayersModel, classes: number): layers.LayersModel {
  if (!endsInScores(model, classes)) return model;
  const softmax = layers.layers.softmax({ name: "softmax" });
  if (model instanceof layers.Sequential) {
    model.add(softmax);
    return model;
  }
  return layers.model({
    name: model.name,
    inputs: model.inputs,
    outputs: softmax.apply(model.outputs[0]) as layers.SymbolicTensor,
  });
}

function by(size: number): string {
  return `${size}×${size}`;
}
