import assert from "node:assert/strict";
import { join } from "node:path";
import * as ort from "onnxruntime-node";
import { onnxFile } from "../../lib/engine/mod.ts";
import { type Dataset, decodeFile } from "../../lib/dataset/mod.ts";
import { portable, smallCnn } from "../../lib/model/mod.ts";
import {
  classifierFile,
  compareExport,
  fit,
  type HeadSpec,
  type NetworkRecipe,
  squared,
} from "../../lib/pipeline/mod.ts";
import { Nodes, squaredNodes } from "../../lib/pipeline/export/resize_nodes.ts";
import { Random } from "../../lib/stats/mod.ts";
import { HEAD, NETWORK, withPaintings } from "./_small.ts";

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
      // Right between two bytes the last bit of a sum decides.
      assert.ok(different / expected.length < 1e-5, `${width}x${height}: ${different} of ${expected.length}`);
    }
  });
}

/** Pictures in the size of their files, of training, test and none. */
async function decoded(images: Dataset, folder: string) {
  const own = images.development.slice(0, 10).map((i) => decodeFile(join(folder, "data", images.records[i].path)));
  return [...await Promise.all(own), picture(300, 200), picture(40, 90), picture(224, 224), picture(32, 32)];
}

Deno.test("a head, a network and an ensemble of both give the same in plain ONNX Runtime as in Plateau", () =>
  withPaintings(async (images, folder) => {
    const folds = images.folds(2, { seed: 1 });
    const pictures = await decoded(images, folder);
    const small: NetworkRecipe = {
      kind: "network",
      model: portable(smallCnn(), { size: 32, classes: 3, seed: 1 })!,
      config: { epochs: 2, seed: 1 },
    };
    for (const recipe of [HEAD, NETWORK, small, { kind: "ensemble", members: [small, HEAD, NETWORK] } as const]) {
      const outOfFold = { images: images.development, probabilities: flat(images.development.length) };
      const classifier = await fit(images, images.development, recipe, {
        outOfFold,
        folds: recipe === NETWORK ? [] : folds,
      });
      const file = await classifierFile(classifier.content);
      const { probability, unlike } = await compareExport(file, classifier, pictures);
      assert.ok(probability < 1e-4, `${recipe.kind}: ${probability}`);
      assert.equal(unlike, 0);
    }
  }));

Deno.test("200 pictures get the same probabilities, to 1e-4, from the export and from predict", () =>
  withPaintings(async (images, folder) => {
    const own = await Promise.all(
      images.development.map((i) => decodeFile(join(folder, "data", images.records[i].path))),
    );
    const others = Array.from({ length: 200 - own.length }, (_, i) => picture(24 + i % 70, 30 + 2 * (i % 40)));
    const classifier = await fit(images, images.development, HEAD, { folds: images.folds(2, { seed: 1 }) });
    const pictures = [...own, ...others];
    const agreement = await compareExport(await classifierFile(classifier.content), classifier, pictures);
    assert.equal(agreement.pictures, 200);
    assert.ok(agreement.probability < 1e-4, String(agreement.probability));
    assert.equal(agreement.unlike, 0);
  }));

Deno.test("every kind of head, poolings and mirror images are the same in plain ONNX Runtime", () =>
  withPaintings(async (images, folder) => {
    const pictures = await decoded(images, folder);
    const heads: HeadSpec[] = [
      { kind: "discriminant", shrinkage: 0.5, temperature: 20 },
      { kind: "class-mean", temperature: 50 },
      { kind: "nearest", k: 5, temperature: 0.7 },
      { kind: "mlp", units: 8, epochs: 5, weightDecay: 0.01 },
    ];
    const more = { poolings: ["max", "average-2x2"], mirrored: true } as const;
    for (const recipe of [...heads.map((head) => ({ ...HEAD, head })), { ...HEAD, ...more }]) {
      const classifier = await fit(images, images.development, recipe);
      const { probability } = await compareExport(await classifierFile(classifier.content), classifier, pictures);
      assert.ok(probability < 1e-4, `${JSON.stringify(recipe.head)}: ${probability}`);
    }
  }));

Deno.test("the exported file takes several pictures at once, and says the same of each as alone", () =>
  withPaintings(async (images) => {
    const classifier = await fit(images, images.development, HEAD, { folds: images.folds(2, { seed: 1 }) });
    const session = await ort.InferenceSession.create(await classifierFile(classifier.content));
    const pair = [picture(50, 70), { ...picture(50, 70), pixels: picture(70, 50).pixels }];
    const both = new Uint8Array([...pair[0].pixels, ...pair[1].pixels]);
    const together = await session.run({ images: new ort.Tensor("uint8", both, [2, 70, 50, 3]) });
    assert.deepEqual(together.probabilities.dims, [2, 3]);
    for (const [i, { pixels }] of pair.entries()) {
      const alone = await session.run({ images: new ort.Tensor("uint8", pixels, [1, 70, 50, 3]) });
      assert.deepEqual(
        [...alone.probabilities.data as Float32Array],
        [...together.probabilities.data as Float32Array].slice(3 * i, 3 * i + 3),
      );
      assert.equal(together.strangeness.data[i], alone.strangeness.data[0]);
    }
    await session.release();
  }));

/** Unsure answers, of which a temperature follows. */
function flat(n: number): Float32Array {
  return Float32Array.from({ length: n * 3 }, (_, i) => [0.5, 0.3, 0.2][(i + Math.floor(i / 3)) % 3]);
}
