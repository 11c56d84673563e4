import assert from "node:assert/strict";
import * as engine from "../../lib/engine/mod.ts";
import type { ModelSpec } from "../../lib/model/mod.ts";
import { dataset } from "../../lib/mod.ts";
import { crossValidate, crossValidateRepeatedly } from "../../lib/train/mod.ts";
import { imageFolder, inTempFolder } from "../_fixtures.ts";

const linear: ModelSpec = {
  name: "linear",
  description: "One dense layer.",
  config: {},
  build: ({ size, classes, seed }) => {
    const { layers, initializers, sequential } = engine.layers;
    const kernelInitializer = initializers.glorotUniform({ seed });
    return sequential({
      layers: [
        layers.flatten({ inputShape: [size, size, 3] }),
        layers.dense({ units: classes, activation: "softmax", kernelInitializer }),
      ],
    });
  },
};

async function withImages(test: (images: dataset.Dataset) => Promise<void>) {
  await engine.use("onnx");
  await inTempFolder(async (folder) => {
    await imageFolder(`${folder}/data`, { a: 8, b: 8 });
    await test(await dataset.open(`${folder}/data`, { size: 8, onProgress: () => {} }));
  });
}

const keyOf = (runs: readonly { fold: dataset.Fold }[]) => JSON.stringify(runs.map(({ fold }) => fold.validation));

Deno.test("crossValidateRepeatedly() keeps runs by repeat, each repeat with other folds and another seed", () =>
  withImages(async (images) => {
    const repeats = await crossValidateRepeatedly(linear, images, { folds: 2, repeats: 3, seed: 5 }, { epochs: 1 });
    assert.deepEqual(repeats.byRepeat.map((runs) => runs.length), [2, 2, 2]);
    assert.equal(repeats.all.length, 6);
    assert.equal(new Set(repeats.byRepeat.map(keyOf)).size, 3);
    assert.deepEqual(repeats.byRepeat.map(([run]) => run.config.seed), [1, 2, 3]);
    for (const runs of repeats.byRepeat) {
      const measured = runs.flatMap(({ fold }) => fold.validation).toSorted((a, b) => a - b);
      assert.deepEqual(measured, images.development);
    }
  }));

Deno.test("crossValidateRepeatedly() starts with the runs of a plain crossValidate()", () =>
  withImages(async (images) => {
    const plain = await crossValidate(linear, images, images.folds(2, { seed: 5 }), { epochs: 1, seed: 7 });
    const options = { folds: 2, repeats: 2, seed: 5 };
    const { first } = await crossValidateRepeatedly(linear, images, options, { epochs: 1, seed: 7 });
    assert.deepEqual(first.map(({ id }) => id), plain.map(({ id }) => id));
    assert.ok(first.every(({ cached }) => cached));
  }));

Deno.test('crossValidateRepeatedly() with vary "seed" keeps the folds and changes the training', () =>
  withImages(async (images) => {
    const options = { folds: 2, repeats: 2, vary: "seed" as const };
    const { byRepeat: [a, b] } = await crossValidateRepeatedly(linear, images, options, { epochs: 1 });
    assert.equal(keyOf(a), keyOf(b));
    assert.notDeepEqual(a[0].probabilities, b[0].probabilities);
  }));

Deno.test("crossValidateRepeatedly() wants at least one repeat", () =>
  withImages(async (images) => {
    await assert.rejects(
      () => crossValidateRepeatedly(linear, images, { repeats: 0 }),
      /Cannot repeat a cross-validation: repeats must be a whole number of at least 1, got 0/,
    );
  }));
