import assert from "node:assert/strict";
import * as ort from "onnxruntime-node";
import * as engine from "../../../lib/engine/mod.ts";
import { layers, onnxFile, record, tf, use } from "../../../lib/engine/mod.ts";

Deno.test("record() writes a network down as standard ONNX that gives the same numbers in plain ONNX Runtime", async () => {
  await use("onnx");
  const model = layers.sequential({
    layers: [
      layers.layers.conv2d({ inputShape: [9, 9, 3], filters: 8, kernelSize: 3, padding: "same", activation: "relu" }),
      layers.layers.batchNormalization({}),
      layers.layers.maxPooling2d({ poolSize: 2 }),
      layers.layers.globalAveragePooling2d({}),
      layers.layers.dense({ units: 4, activation: "softmax" }),
    ],
  });
  const before = engine.report().graphs.runs;
  const { input, output, nodes, constants, opset } = await record(
    (x) => model.apply(x, { training: false }) as tf.Tensor,
    [1, 9, 9, 3],
    "net/",
  );
  assert.equal(engine.report().graphs.runs - before <= 1, true, "it is written down, not run");
  const file = await onnxFile({
    name: "net",
    nodes,
    constants,
    inputs: [{ name: input, type: "float32", shape: [1, 9, 9, 3] }],
    outputs: [{ name: output, type: "float32", shape: [1, 4] }],
  }, { opset, metadata: { classes: "a" } });
  const session = await ort.InferenceSession.create(file);
  const data = Float32Array.from({ length: 243 }, (_, i) => Math.sin(i));
  const got = await session.run({ [input]: new ort.Tensor("float32", data, [1, 9, 9, 3]) });
  const expected = await (model.predict(tf.tensor4d(data, [1, 9, 9, 3])) as tf.Tensor).data();
  expected.forEach((value, i) => assert.ok(Math.abs(value - (got[output].data[i] as number)) < 1e-6));
});

Deno.test("record() refuses what is a constant", async () => {
  await use("onnx");
  await assert.rejects(record(() => tf.ones([2]), [1]), /must be one graph from its input to its output/);
});
