import { layers } from "../../engine/mod.ts";
import { ModelError } from "../errors.ts";
import type { Builder } from "./_reproducible.ts";
import { type Topology, translated } from "./_topology.ts";

/**
 * The architecture in a JSON file: a layers model of TensorFlow.js, or what Keras's `model.to_json()` says. Weights in
 * or beside the file are left alone.
 *
 * @throws ModelError naming the file, and the layer that cannot be had here.
 */
export function fromJson(path: string, text: string): { readonly build: Builder; readonly frozen: number } {
  const wrong = (what: string, cause?: unknown) => new ModelError(`Cannot use the model "${path}": ${what}`, { cause });
  let json: unknown;
  try {
    json = JSON.parse(text);
    // Python's json.dumps(model.to_json()) makes a text of the text.
    if (typeof json === "string") json = JSON.parse(json);
  } catch (error) {
    throw wrong(`it must be JSON, but ${(error as Error).message}`, error);
  }
  const { topology, frozen } = translated(json, wrong);
  return {
    frozen,
    build({ size }) {
      try {
        return instantiated(topology, size);
      } catch (error) {
        throw wrong(`its layers do not fit together at ${size} pixels: ${(error as Error).message}`, error);
      }
    },
  };
}

/** What the file leaves open of the input's height and width is `size`. */
function instantiated({ className, config }: Topology, size: number): layers.LayersModel {
  const open = structuredClone(config);
  const list = open.layers as { className: string; config: { batchInputShape?: (number | null)[] } }[];
  const first = list.find((layer) => layer.className === "InputLayer") ?? list[0];
  if (first.config.batchInputShape === undefined && className === "Sequential") {
    first.config.batchInputShape = [null, size, size, 3];
  }
  const shape = first.config.batchInputShape;
  if (shape?.length === 4) {
    first.config.batchInputShape = [null, shape[1] ?? size, shape[2] ?? size, shape[3] ?? 3];
  }
  // `fromConfig` takes its configuration apart, which is why it gets the copy.
  const model = className === "Sequential"
    ? layers.Sequential.fromConfig(layers.Sequential, open as never)
    : layers.LayersModel.fromConfig(layers.LayersModel, open as never);
  return model as layers.LayersModel;
}
