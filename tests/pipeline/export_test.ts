import assert from "node:assert/strict";
import * as ort from "onnxruntime-node";
import { onnxFile } from "../../lib/engine/mod.ts";
import { squared } from "../../lib/pipeline/mod.ts";
import { Nodes, squaredNodes } from "../../lib/pipeline/export/resize_nodes.ts";
import { Random } from "../../lib/stats/mod.ts";

function picture(width: number, height: number) {
  const random = new Random(`${width}/${height}`);
  return { pixels: Uint8Array.from({ length: width * height * 3 }, () => random.integer(256)), width, height };
}

for (const size of [32, 224]) {
  Deno.test(`the exported graph scales pictures to ${size} as Plateau does, to the last step of a byte`, async () => {
    const g = new Nodes("r/");
    const out = squaredNodes(g, "image", size);
    const file = await onnxFile({
      name: "resize",
      ...{ nodes: g.nodes, constants: g.constants },
      inputs: [{ name: "image", type: "uint8", shape: ["h", "w", 3] }],
      outputs: [{ name: out, type: "float32", shape: [1, size, size, 3] }],
    }, { opset: 21 });
    const session = await ort.InferenceSession.create(file);
    for (const [width, height] of [[size, size], [300, 201], [57, 640], [1500, 1100], [9, 5], [1, 1]]) {
      const one = picture(width, height);
      const { [out]: { data } } = await session.run({ image: new ort.Tensor("uint8", one.pixels, [height, width, 3]) });
      const expected = squared(one, size);
      let different = 0;
      expected.forEach((value, i) => {
        const off = Math.abs(value - (data[i] as number));
        assert.ok(off <= 1);
        different += off;
      });
      // Single and double precision round differently now and then, right between two bytes.
      assert.ok(different / expected.length < 0.005, `${width}x${height}: ${different} of ${expected.length}`);
    }
  });
}
