import assert from "node:assert/strict";
import * as engine from "../../../lib/engine/mod.ts";
import { loadGraphModel } from "../../../lib/model/backbone/_graph_model.ts";
import { type Backbone, BackboneError, bundledBackbone, type Tail, trainableTail } from "../../../lib/model/mod.ts";
import { inTempFolder } from "../../_fixtures.ts";
import { noise, SIZE, tinyBackbone } from "./_backbones.ts";

const { tf } = engine;

/** Features of pictures by the front and the blocks behind it, nothing trained. */
async function rebuilt(tail: Tail, pixels: Uint8Array, n: number): Promise<Float32Array> {
  const rows = await tail.front(pixels, n);
  const length = tail.cut.reduce((a, b) => a * b);
  const { model } = tail.build();
  const output = tf.tidy(() => {
    const all = tf.tensor2d(rows, [n, length + tail.fixed]);
    const cut = tf.reshape(tf.slice(all, [0, 0], [n, length]), [n, ...tail.cut]);
    const fixed = tail.fixed === 0 ? [] : [tf.slice(all, [0, length], [n, tail.fixed])];
    return model.predictOnBatch([cut, ...fixed]) as engine.Tensor;
  });
  const features = await output.data() as Float32Array;
  output.dispose();
  model.dispose();
  return features;
}

type Features = Pick<Backbone, "size" | "features">;

/** The bundled graph model as TensorFlow.js runs it, node by node. */
async function graphModel({ size, taps }: Backbone): Promise<Features> {
  const model = await loadGraphModel(new URL("../models/centernet.json", import.meta.resolve("@vladmandic/human")));
  return {
    size,
    async features(pixels, n) {
      const rows = tf.tidy(() => {
        const images = tf.tensor4d(Float32Array.from(pixels), [n, size, size, 3]);
        const maps = model.execute(images, taps.map(({ node }) => node)) as engine.Tensor[];
        return tf.concat(
          maps.map((map) => {
            const mean = tf.mean(map, [1, 2]);
            return tf.div(mean, tf.norm(mean, "euclidean", 1, true));
          }),
          1,
        );
      });
      return await rows.data() as Float32Array;
    },
  };
}

/** The largest difference; features have length 1 in each tap. */
async function distance(backbone: Features, tail: Tail): Promise<number> {
  const pixels = noise(2, backbone.size);
  const [ours, theirs] = [await rebuilt(tail, pixels, 2), await backbone.features(pixels, 2)];
  assert.equal(ours.length, theirs.length);
  return theirs.reduce((most, value, i) => Math.max(most, Math.abs(value - ours[i])), 0);
}

Deno.test("trainableTail() rebuilds the last blocks of the bundled graph model with the same output, to 1e-5", async () => {
  await engine.use("onnx");
  const backbone = bundledBackbone();
  const graph = await graphModel(backbone);
  for (const [blocks, from] of [[1, "expanded_conv_14/expand"], [3, "expanded_conv_12/depthwise"]] as const) {
    const tail = await trainableTail(backbone, { blocks });
    assert.match(tail.from, new RegExp(from));
    assert.ok(await distance(graph, tail) < 1e-5);
    // The features of everything else come from fused operators, with a sixth where the file has one in half precision.
    assert.ok(await distance(backbone, tail) < 2e-3);
    // Hardly anything of the network is left out of the estimate: MobileNetV3-Large has some 220 million at 224 pixels.
    const all = (tail.multiplications + tail.frontMultiplications) / 1e6;
    assert.ok(all > 150 && all < 260, `${all}`);
  }
});

Deno.test("trainableTail() rebuilds the last layers of a layers model, preparation of the pixels included", () =>
  inTempFolder(async (folder) => {
    await engine.use("onnx");
    const backbone = await tinyBackbone(folder);
    const tail = await trainableTail(backbone);
    assert.deepEqual([tail.from, tail.cut, tail.fixed, tail.dimensions], ["conv_2", [SIZE / 2, SIZE / 2, 8], 8, 20]);
    assert.ok(await distance(backbone, tail) < 1e-5);
    const { blocks, model } = tail.build();
    assert.deepEqual(blocks, [["conv_2", "norm_2", "mix"]]);
    model.dispose();

    // From the first block on, nothing is left to the head as it is.
    const whole = await trainableTail(backbone, { from: "conv_1" });
    assert.deepEqual([whole.cut, whole.fixed], [[SIZE, SIZE, 3], 0]);
    assert.deepEqual(whole.build().blocks, [["conv_2", "norm_2", "mix"], ["conv_1", "norm_1"]]);
    assert.ok(await distance(backbone, whole) < 1e-5);
  }));

Deno.test("trainableTail() says why a network cannot be fine-tuned", () =>
  inTempFolder(async (folder) => {
    await engine.use("onnx");
    const backbone = await tinyBackbone(folder);
    const message = async (one: Backbone, options = {}) => {
      const error = await trainableTail(one, options).then(() => null, (error) => error);
      assert.ok(error instanceof BackboneError);
      return error.message;
    };
    assert.match(await message(backbone, { blocks: 3 }), /the last 3 blocks of .*: it has 2$/);
    assert.match(await message(backbone, { from: "norm_2" }), /from "norm_2": blocks begin at "conv_2", "conv_1"$/);
    const file = { ...backbone, path: "/x/net.onnx" };
    assert.match(await message(file), /an ONNX file has its weights frozen/);
    assert.match(await message({ ...file, card: { ...file.card, layout: "NCHW" } }), /an ONNX file/);
  }));
