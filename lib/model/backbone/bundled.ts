import type { GraphModel } from "@tensorflow/tfjs-converter";
import { tf } from "../../engine/mod.ts";
import { assembled } from "./_assembled.ts";
import { loadGraphModel } from "./_graph_model.ts";
import type { Network } from "./_network.ts";
import type { SizedTap } from "./_taps.ts";
import { mapsOf } from "./_tensor_maps.ts";
import type { Backbone } from "./types.ts";

const SIZE = 224;

/** From the middle of the network to its end: edges and textures, parts, and what the detector made of them. */
const TAPS: readonly SizedTap[] = [
  { node: "tower_0/MobilenetV3/expanded_conv_12/expand/hard_swish/mul_1", channels: 528, height: 14, width: 14 },
  { node: "tower_0/MobilenetV3/expanded_conv_14/expand/hard_swish/mul_1", channels: 720, height: 7, width: 7 },
  { node: "tower_0/extern1/hard_swish/mul_1", channels: 480, height: 7, width: 7 },
];

/**
 * Images computed together. Always as many, the last ones padded: one graph is compiled instead of several, and an
 * image gets the same bits whatever comes with it. More are not faster (data/backbone/README.md has the measurement).
 */
const BATCH = 8;

let loaded: Promise<GraphModel> | undefined;

/**
 * MobileNetV3-Large (Howard et al. 2019) that was trained to detect the 80 kinds of objects of COCO, out of the npm
 * package `@vladmandic/human` (MIT): nothing is downloaded at run time. Its card is `data/backbone/README.md`.
 *
 * An image becomes three taps averaged over space, each scaled to length 1 so that none outweighs the others, one after
 * the other: 1,728 numbers. Frozen features under a linear classifier are the usual first thing to try when images are
 * few (Kornblith, Shlens and Le 2019).
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
    available: TAPS,
    guesses: [],
    verified: [],
  });
}

async function network(): Promise<Pick<Network, "run">> {
  const model = await (loaded ??= load());
  return {
    async run(values, shape, wants) {
      return await mapsOf(wants, (names) => model.execute(tf.tensor(values, [...shape]), names));
    },
  };
}

function load(): Promise<GraphModel> {
  // The package exports its scripts, not its weights; those lie beside them. None of its code is run.
  const script = import.meta.resolve("@vladmandic/human");
  const model = loadGraphModel(new URL("../models/centernet.json", script));
  model.catch(() => loaded = undefined);
  return model;
}
