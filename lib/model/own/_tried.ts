import type { layers } from "../../engine/mod.ts";
import { ModelError } from "../errors.ts";
import type { ModelInput } from "../types.ts";
import { disposingAll } from "./_dispose.ts";
import { sha256 } from "./_hash.ts";
import { type Builder, layersOf } from "./_reproducible.ts";

/** What trying a model out shows. */
export interface Tried {
  readonly inputSize: number;
  readonly logits: boolean;
  readonly rescales: boolean;
  readonly ignoresSeed: boolean;
  readonly fingerprint: string;
}

/** @throws ModelError when it has several inputs or outputs, or comes out differently from the same seed. */
export function tryOut(build: Builder, input: ModelInput, path: string): Tried {
  const model = disposingAll(build(input));
  try {
    const wrong = (what: string) => new ModelError(`Cannot use the model "${path}": it must have one ${what}`);
    if (model.inputs.length !== 1) throw wrong(`input, the image, it has ${model.inputs.length}`);
    if (model.outputs.length !== 1) throw wrong(`output, the classes, it has ${model.outputs.length}`);
    const weights = weightsOf(model);
    if (weights !== weightsAfresh(build, input)) {
      throw new ModelError(
        `Cannot use the model "${path}": its initial weights must come from the seed, but two models of seed ` +
          `${input.seed} differ, so no run could be repeated. Where do they come from: a clock, crypto, a counter?`,
      );
    }
    const [, height, width] = model.inputs[0].shape;
    return {
      inputSize: height !== null && height === width ? height : input.size,
      logits: endsInScores(model, input.classes),
      rescales: rescalesBytes(model),
      ignoresSeed: weights !== "" && weights === weightsAfresh(build, { ...input, seed: input.seed + 1 }) &&
        hasRandomWeights(model),
      fingerprint: fingerprintOf(model),
    };
  } finally {
    model.dispose();
  }
}

function weightsAfresh(build: Builder, input: ModelInput): string {
  const model = disposingAll(build(input));
  try {
    return weightsOf(model);
  } finally {
    model.dispose();
  }
}

/** Hash of all weights; empty where there are none. */
function weightsOf(model: layers.LayersModel): string {
  return model.getWeights().map((weight) => {
    const values = weight.dataSync();
    return sha256(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }).join();
}

/** Whether any weight differs from the others of its tensor: zeros and ones need no seed. */
function hasRandomWeights(model: layers.LayersModel): boolean {
  return model.getWeights().some((weight) => {
    const values = weight.dataSync();
    return values.some((value) => value !== values[0]);
  });
}

/** Scores of any size, one for each class, where probabilities are wanted: what `from_logits=True` is for. */
export function endsInScores(model: layers.LayersModel, classes: number): boolean {
  const output = model.outputs[0];
  const { activation } = output.sourceLayer.getConfig();
  return output.sourceLayer.getClassName() === "Dense" && (activation === "linear" || activation == null) &&
    output.shape.length === 2 && output.shape[1] === classes;
}

/** Whether the first thing that happens to the pixels is a division by about 127 or 255. */
function rescalesBytes(model: layers.LayersModel): boolean {
  const first = layersOf(model).find((layer) => layer.getClassName() !== "InputLayer");
  return first?.getClassName() === "Rescaling" && Math.abs(Number(first.getConfig().scale)) < 0.02;
}

/** What the layers are, however TensorFlow.js numbers their names this time: the file may import others that change. */
function fingerprintOf(model: layers.LayersModel): string {
  const described = layersOf(model).map((layer) => [
    layer.getClassName(),
    layer.getConfig(),
    [layer.getOutputAt(0)].flat().map(({ shape }) => shape),
  ]);
  return sha256(JSON.stringify(described, (key, value) => key === "name" ? undefined : value));
}
