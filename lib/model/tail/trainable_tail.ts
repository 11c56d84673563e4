import { layers, tf } from "../../engine/mod.ts";
import { readArtifacts } from "../backbone/_artifacts.ts";
import { loadGraph } from "../backbone/_graph_model.ts";
import { type Backbone, BackboneError } from "../backbone/types.ts";
import { assembled, type CutNetwork } from "./_assembled.ts";
import { graphNetwork } from "./_graph_network.ts";
import { layersNetwork } from "./_layers_network.ts";
import type { Tail } from "./types.ts";

/** How much of a backbone is trained. */
export interface TailOptions {
  /** How many of the last blocks; 1 by default. A block begins with a convolution that looks at neighbours, or with the shortcut around it. */
  readonly blocks?: number;
  /** The first layer that is trained, as `Tail.from` names it; instead of `blocks`. */
  readonly from?: string;
}

/**
 * A backbone with its last blocks rebuilt as layers that can be trained, with the same weights: until something is
 * trained, its features are the backbone's averaged ones. Layers models and graph models of TensorFlow.js can be cut so,
 * the bundled one among them; an ONNX file cannot.
 *
 * @throws BackboneError saying why this backbone cannot be fine-tuned.
 */
export async function trainableTail(backbone: Backbone, { blocks = 1, from }: TailOptions = {}): Promise<Tail> {
  const { name, version, size, card } = backbone;
  if (card.layout !== "NHWC") {
    throw new BackboneError(
      `Cannot fine-tune ${name}: that takes a model of TensorFlow.js whose channels come last, this one is ` +
        (backbone.path.toLowerCase().endsWith(".onnx") ? "an ONNX file, which has its weights frozen" : card.layout),
    );
  }
  return assembled(await networkOf(backbone), { backbone: name, version, size, blocks, from });
}

async function networkOf(backbone: Backbone): Promise<CutNetwork> {
  const { name, path, taps, card } = backbone;
  const prepare = (pixels: tf.Tensor4D) => prepared(pixels, card);
  const fault = (what: string, cause?: unknown) => new BackboneError(`Cannot fine-tune ${name}: ${what}`, { cause });
  if (path === "") {
    const file = new URL("../models/centernet.json", import.meta.resolve("@vladmandic/human"));
    return graphNetwork(await loadGraph(file), taps, prepare);
  }
  if (path.toLowerCase().endsWith(".onnx")) throw fault("an ONNX file has its weights frozen");
  const { format, modelTopology, weightSpecs, weightData } = await readArtifacts(
    await Deno.readFile(path),
    path,
    fault,
  );
  if (format === "layers-model") {
    const artifacts = { modelTopology, weightSpecs: weightSpecs as never, weightData };
    const model = await layers.loadLayersModel({ load: () => Promise.resolve(artifacts) });
    return layersNetwork(model, taps, prepare);
  }
  const converter = await import("@tensorflow/tfjs-converter");
  for (const { op, attr } of modelTopology.node) {
    const dim = attr?.shape?.shape?.dim;
    if (op === "Placeholder" && dim) dim[0] = { size: "-1" };
  }
  const artifacts = { format, modelTopology, weightSpecs, weightData };
  const model = await converter.loadGraphModel({ load: () => Promise.resolve(artifacts as never) });
  return graphNetwork({ model, nodes: modelTopology.node }, taps, prepare);
}

/** Pixels 0..255 as the network wants them. */
function prepared(pixels: tf.Tensor4D, { channels, range, mean, std }: Backbone["card"]): tf.Tensor4D {
  const [low, high] = range;
  const ordered = channels === "RGB" ? pixels : tf.reverse(pixels, 3);
  const plain = mean.every((one) => one === 0) && std.every((one) => one === 1);
  const scaled = low === 0 && high === 255 ? ordered : tf.add(tf.mul(ordered, (high - low) / 255), low);
  return plain ? scaled as tf.Tensor4D : tf.div(tf.sub(scaled, [...mean]), [...std]);
}
