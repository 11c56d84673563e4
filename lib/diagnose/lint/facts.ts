import type { layers } from "../../engine/mod.ts";

/** What the lint knows of one layer. Shapes are without the batch. */
export interface LayerFacts {
  readonly name: string;
  /** As Keras calls it: "Conv2D", "Dense", "Flatten". */
  readonly type: string;
  /** "relu", "softmax", …; "linear" where the layer has none; null for layers that never have one. */
  readonly activation: string | null;
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly parameters: number;
  /** Whether its weights are held small by an L1 or L2 penalty. */
  readonly penalised: boolean;
}

/** A model as plain data, so that every rule can be tried without an engine. */
export interface ModelFacts {
  readonly name: string;
  readonly input: readonly number[];
  readonly layers: readonly LayerFacts[];
  readonly parameters: number;
}

/** Reads off a built model what the rules look at. The model stays as it is. */
export function factsOf(model: layers.LayersModel): ModelFacts {
  const list = model.layers.filter((layer) => layer.getClassName() !== "InputLayer").map(layerFacts);
  return {
    name: model.name,
    input: withoutBatch(model.inputs[0].shape),
    layers: list,
    parameters: list.reduce((sum, layer) => sum + layer.parameters, 0),
  };
}

function layerFacts(layer: layers.layers.Layer): LayerFacts {
  const config = layer.getConfig();
  const type = layer.getClassName();
  return {
    name: layer.name,
    type,
    activation: activationOf(type, config),
    input: withoutBatch([layer.getInputAt(0)].flat()[0].shape),
    output: withoutBatch([layer.getOutputAt(0)].flat()[0].shape),
    parameters: layer.countParams(),
    penalised: Boolean(config.kernelRegularizer),
  };
}

const OWN_ACTIVATION: Readonly<Record<string, string>> = {
  ReLU: "relu",
  LeakyReLU: "leakyReLU",
  PReLU: "prelu",
  ELU: "elu",
  ThresholdedReLU: "thresholdedReLU",
  Softmax: "softmax",
};

function activationOf(type: string, config: Record<string, unknown>): string | null {
  if (type in OWN_ACTIVATION) return OWN_ACTIVATION[type];
  if ("activation" in config) return typeof config.activation === "string" ? config.activation : "linear";
  return null;
}

function withoutBatch(shape: readonly (number | null)[]): number[] {
  return shape.slice(1).map((length) => length ?? NaN);
}
