import { layers, tf } from "../../engine/mod.ts";
import type { Tap } from "../backbone/types.ts";
import { BackboneError } from "../backbone/types.ts";
import type { CutNetwork, Weighted } from "./_assembled.ts";
import { cutsOf } from "./_cuts.ts";

/** A layers model that can be cut: its last layers are made again from their configurations, with the same weights. */
export function layersNetwork(
  model: layers.LayersModel,
  taps: readonly Tap[],
  prepared: (pixels: tf.Tensor4D) => tf.Tensor4D = (pixels) => pixels,
): CutNetwork {
  const used = new Set(model.layers.map(({ name }) => name));
  const readBy = (layer: layers.layers.Layer): string[] => {
    // A layer of another model than this one may have more nodes; what is called twice cannot be told apart by name.
    const [node] = layer.inboundNodes;
    return node.inboundLayers.map(({ name }) => name).filter((name) => used.has(name));
  };
  const steps = inOrder(model.layers, readBy).map((layer) => ({
    name: layer.name,
    inputs: readBy(layer),
    spatial: isSpatial(layer),
  }));
  const names = taps.map(({ node }) => node);
  const parts = new Map<string, layers.LayersModel>();
  return {
    cuts: cutsOf(steps, names),
    taps: names,
    run(pixels, wanted) {
      const key = wanted.join("\n");
      if (!parts.has(key)) {
        const outputs = wanted.map((name) => model.getLayer(name).output as layers.SymbolicTensor);
        parts.set(key, layers.model({ inputs: model.inputs, outputs }));
      }
      return [parts.get(key)!.predictOnBatch(prepared(pixels)) as tf.Tensor | tf.Tensor[]].flat();
    },
    rebuild: (behind, known) => rebuilt(model, behind, known, readBy),
  };
}

function rebuilt(
  model: layers.LayersModel,
  behind: readonly string[],
  known: Map<string, layers.SymbolicTensor>,
  readBy: (layer: layers.layers.Layer) => string[],
): Weighted[] {
  const weighted: Weighted[] = [];
  for (const step of behind) {
    const old = model.getLayer(step);
    const inputs = readBy(old).map((name) => known.get(name)!);
    const layer = copyOf(old);
    known.set(step, layer.apply(inputs.length === 1 ? inputs[0] : inputs) as layers.SymbolicTensor);
    if (old.weights.length > 0) weighted.push({ step, layer, weights: old.getWeights() });
  }
  return weighted;
}

function copyOf(layer: layers.layers.Layer): layers.layers.Layer {
  const made = layer.constructor as typeof layers.layers.Layer & {
    fromConfig(of: unknown, config: unknown): layers.layers.Layer;
  };
  if (layer.inboundNodes.length > 1) {
    throw new BackboneError(`Cannot fine-tune from here: the layer "${layer.name}" is called in several places`);
  }
  return made.fromConfig(made, layer.getConfig());
}

function isSpatial(layer: layers.layers.Layer): boolean {
  if (!/Conv/.test(layer.getClassName())) return false;
  const size = layer.getConfig().kernelSize;
  return [size].flat().some((side) => Number(side) > 1);
}

/** Inputs before what reads them. */
function inOrder(
  all: readonly layers.layers.Layer[],
  readBy: (layer: layers.layers.Layer) => string[],
): layers.layers.Layer[] {
  const byName = new Map(all.map((layer) => [layer.name, layer]));
  const order: layers.layers.Layer[] = [], seen = new Set<string>();
  const visit = (layer: layers.layers.Layer) => {
    if (seen.has(layer.name)) return;
    seen.add(layer.name);
    readBy(layer).forEach((name) => visit(byName.get(name)!));
    order.push(layer);
  };
  all.forEach(visit);
  return order;
}
