import type { GraphModel } from "@tensorflow/tfjs-converter";
import { type Tensor2D, type Tensor4D, tf } from "../../engine/mod.ts";
import { loadGraphModel } from "./_graph_model.ts";
import { type Backbone, BackboneError, type Tap } from "./types.ts";

const SIZE = 224;

/** From the middle of the network to its end: edges and textures, parts, and what the detector made of them. */
const TAPS: readonly Tap[] = [
  { node: "tower_0/MobilenetV3/expanded_conv_12/expand/hard_swish/mul_1", channels: 528 },
  { node: "tower_0/MobilenetV3/expanded_conv_14/expand/hard_swish/mul_1", channels: 720 },
  { node: "tower_0/extern1/hard_swish/mul_1", channels: 480 },
];

const DIMENSIONS = TAPS.reduce((sum, { channels }) => sum + channels, 0);

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
  return {
    name: "coco-mobilenet-v3",
    version: "human 3.3.6, centernet, 224 px, 3 taps, 1",
    description: "MobileNetV3-Large trained on COCO's photographs to detect 80 kinds of everyday objects.",
    size: SIZE,
    taps: TAPS,
    dimensions: DIMENSIONS,
    features,
    async graph() {
      const model = await (loaded ??= load());
      return (images) => tapped(model, images);
    },
  };
}

async function features(pixels: Uint8Array, n: number): Promise<Float32Array> {
  const stride = SIZE * SIZE * 3;
  if (!Number.isInteger(n) || pixels.length !== n * stride) {
    throw new BackboneError(
      `Cannot compute features of ${n} images: that takes ${n} x ${SIZE} x ${SIZE} x 3 bytes, got ${pixels.length}`,
    );
  }
  const model = await (loaded ??= load());
  const values = new Float32Array(n * DIMENSIONS);
  for (let start = 0; start < n; start += BATCH) {
    const count = Math.min(BATCH, n - start);
    const input = new Float32Array(BATCH * stride); // the network scales 0..255 itself
    input.set(pixels.subarray(start * stride, (start + count) * stride));
    const output = tf.tidy(() => tapped(model, tf.tensor4d(input, [BATCH, SIZE, SIZE, 3])));
    const rows = await output.data() as Float32Array;
    output.dispose();
    values.set(rows.subarray(0, count * DIMENSIONS), start * DIMENSIONS);
  }
  return values;
}

function tapped(model: GraphModel, images: Tensor4D): Tensor2D {
  const maps = model.execute(images, TAPS.map(({ node }) => node));
  return tf.concat((maps as Tensor4D[]).map(averaged), 1) as Tensor2D;
}

/** Averages maps [n, height, width, channels] over space and scales each row to length 1. */
function averaged(map: Tensor4D) {
  const mean = tf.mean(map, [1, 2]);
  return tf.div(mean, tf.add(tf.norm(mean, "euclidean", 1, true), 1e-12));
}

function load(): Promise<GraphModel> {
  // The package exports its scripts, not its weights; those lie beside them. None of its code is run.
  const script = import.meta.resolve("@vladmandic/human");
  const model = loadGraphModel(new URL("../models/centernet.json", script));
  model.catch(() => loaded = undefined);
  return model;
}
