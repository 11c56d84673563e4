import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { current, onnxFiles, type Tensor, tf } from "../../engine/mod.ts";
import { type Artifacts, readArtifacts } from "./_artifacts.ts";
import { assembled } from "./_assembled.ts";
import { loadGraphModel } from "./_graph_model.ts";
import { type GraphNode, graphToOnnx, ONNX_INPUT } from "./_graph_to_onnx.ts";
import type { Network } from "./_network.ts";
import { OnnxRunner } from "./_onnx_runner.ts";
import type { SizedTap } from "./_taps.ts";
import { mapsOf } from "./_tensor_maps.ts";
import { type Backbone, BackboneError } from "./types.ts";
import { weightsOf } from "./_weights.ts";

const SIZE = 224;

/** From the middle of the network to its end: edges and textures, parts, and what the detector made of them. */
const TAPS: readonly SizedTap[] = [
  { node: "tower_0/MobilenetV3/expanded_conv_12/expand/hard_swish/mul_1", channels: 528, height: 14, width: 14 },
  { node: "tower_0/MobilenetV3/expanded_conv_14/expand/hard_swish/mul_1", channels: 720, height: 7, width: 7 },
  { node: "tower_0/extern1/hard_swish/mul_1", channels: 480, height: 7, width: 7 },
];

/** What else can be chosen: every expansion of the later half, 14 and 7 pixels high. */
const AVAILABLE: readonly SizedTap[] = [
  ...[[9, 144, 14], [10, 384, 14], [11, 528, 14], [12, 528, 14], [13, 720, 7], [14, 720, 7]].map(
    ([n, channels, side]) => {
      const node = `tower_0/MobilenetV3/expanded_conv_${n}/expand/hard_swish/mul_1`;
      return { node, channels, height: side, width: side };
    },
  ),
  TAPS[2],
];

/**
 * Images computed together. Always as many, the last ones padded: one graph is compiled instead of several, and an
 * image gets the same bits whatever comes with it. More are slower: their maps leave the processor's cache
 * (data/backbone/README.md has the measurement).
 */
const BATCH = 4;

type Runner = Pick<Network, "run" | "source">;

/** On ONNX Runtime, and on TensorFlow.js for the other engines. */
const loaded: { native?: Promise<Runner>; tensors?: Promise<Runner> } = {};

/**
 * MobileNetV3-Large (Howard et al. 2019) that was trained to detect the 80 kinds of objects of COCO, out of the npm
 * package `@vladmandic/human` (MIT): nothing is downloaded at run time. Its card is `data/backbone/README.md`.
 *
 * An image becomes three taps averaged over space, each scaled to length 1 so that none outweighs the others, one after
 * the other: 1,728 numbers. Frozen features under a linear classifier are the usual first thing to try when images are
 * few (Kornblith, Shlens and Le 2019).
 *
 * On the engine `onnx` it is translated into one ONNX graph, with its weights as constants; on the others, TensorFlow.js
 * runs it.
 */
export function bundledBackbone(): Backbone {
  return assembled({
    name: "coco-mobilenet-v3",
    path: "",
    network,
    fingerprint: "human 3.3.6, centernet",
    batch: BATCH,
    card: {
      size: SIZE,
      layout: "NHWC",
      channels: "RGB",
      range: [0, 255], // the network scales them itself
      mean: [0, 0, 0],
      std: [1, 1, 1],
      taps: TAPS.map(({ node }) => node),
      poolings: ["average"],
      description: "MobileNetV3-Large trained on COCO's photographs to detect 80 kinds of everyday objects.",
      licence: "MIT",
    },
    available: AVAILABLE,
    guesses: [],
    verified: [],
  });
}

function network(): Promise<Runner> {
  const way = current().name === "onnx" ? "native" : "tensors";
  const start = way === "native" ? native : tensors;
  return loaded[way] ??= start().catch((error) => {
    loaded[way] = undefined; // the next call tries again
    throw error;
  });
}

/** The package exports its scripts, not its weights; those lie beside them. None of its code is run. */
function weightsFile(): URL {
  return new URL("../models/centernet.json", import.meta.resolve("@vladmandic/human"));
}

/** The network as an ONNX file: images [batch, 224, 224, 3] from 0 to 255 in, the maps of its taps out. */
export async function bundledOnnx(): Promise<Uint8Array> {
  const path = fileURLToPath(weightsFile());
  const fault = (what: string, cause?: unknown) =>
    new BackboneError(
      `Cannot read the weights "centernet.json" of the package @vladmandic/human: ${what}; \`deno install\` fetches ` +
        `it again`,
      { cause },
    );
  const bytes = await readFile(path).catch((error) => {
    throw fault("it is not there", error);
  });
  const artifacts: Artifacts = await readArtifacts(bytes, path, fault);
  const graph = graphToOnnx(artifacts.modelTopology.node as GraphNode[], weightsOf(artifacts)!, {
    shape: ["images", SIZE, SIZE, 3],
    outputs: AVAILABLE.map(({ node }) => node),
  });
  if (graph === null) throw fault("it is not the network that it was");
  const { writeOnnx } = await onnxFiles();
  return writeOnnx(graph);
}

async function native(): Promise<Runner> {
  const bytes = await bundledOnnx();
  const { readOnnx } = await onnxFiles();
  const runner = new OnnxRunner(bytes, readOnnx(bytes));
  return {
    source: { kind: "onnx", bytes, input: ONNX_INPUT, type: "float32", batch: null },
    run: (values, shape, wants) => runner.run(values, shape, wants),
  };
}

async function tensors(): Promise<Runner> {
  const model = await loadGraphModel(weightsFile());
  return {
    source: { kind: "tensors", compute: (x, names) => [model.execute(x, [...names])].flat() as Tensor[] },
    async run(values, shape, wants) {
      return await mapsOf(wants, (names) => model.execute(tf.tensor(values, [...shape]), names));
    },
  };
}
