import assert from "node:assert/strict";
import { bundledBackbone, trainableTail } from "../../lib/model/mod.ts";
import { classifierFile, compareExport, type FineTunedRecipe, fit } from "../../lib/pipeline/mod.ts";
import { Random } from "../../lib/stats/mod.ts";
import { withPaintings } from "./_small.ts";

Deno.test("a fine-tuned network is fitted by its recipe, the same again, and exported with its weights", () =>
  withPaintings(async (images) => {
    const { from } = await trainableTail(bundledBackbone());
    const recipe: FineTunedRecipe = {
      kind: "fine-tuned",
      backbone: "",
      from,
      epochs: 2,
      batchSize: 8,
      learningRate: 1e-3,
      backboneRate: 1e-3,
      seed: 1,
    };
    const classifier = await fit(images, images.development, recipe, { folds: images.folds(2, { seed: 1 }) });
    const again = await fit(images, images.development, recipe, { folds: [] });
    assert.deepEqual(again.content.fitted.arrays, classifier.content.fitted.arrays);

    const random = new Random(1);
    const pictures = [[60, 90], [300, 200]].map(([width, height]) => {
      return { pixels: Uint8Array.from({ length: width * height * 3 }, () => random.integer(256)), width, height };
    });
    const { probability, unlike } = await compareExport(await classifierFile(classifier.content), classifier, pictures);
    assert.ok(probability < 1e-4, String(probability));
    assert.equal(unlike, 0);
  }));
