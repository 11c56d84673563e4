import assert from "node:assert/strict";
import { dataset, diagnose, engine, train } from "../../lib/mod.ts";
import type { ModelSpec } from "../../lib/model/mod.ts";
import { imageFolder, inTempFolder } from "../_fixtures.ts";

const linear: ModelSpec = {
  name: "linear",
  description: "One dense layer.",
  config: {},
  build: ({ size, classes, seed }) => {
    const { layers, initializers, sequential } = engine.layers;
    return sequential({
      layers: [
        layers.flatten({ inputShape: [size, size, 3] }),
        layers.dense({
          units: classes,
          activation: "softmax",
          kernelInitializer: initializers.glorotUniform({ seed }),
        }),
      ],
    });
  },
};

Deno.test("a cross-validation is trained, summed up and looked into, from images to galleries", () =>
  inTempFolder(async (folder) => {
    await engine.use("onnx");
    const root = await imageFolder(`${folder}/data`, { ant: 20, bee: 20, cow: 9 });
    const images = await dataset.open(root, { size: 8, onProgress: () => {} });
    const repeats = await train.crossValidateRepeatedly(
      linear,
      images,
      { folds: 2, repeats: 2 },
      { epochs: 4, batchSize: 8, earlyStopping: { patience: 2 } },
    );
    const summary = diagnose.crossValidation(repeats, images);
    assert.equal(summary.accuracy.n, images.development.length);
    assert.deepEqual([summary.folds, summary.repeats, summary.byFold.length], [2, 2, 4]);
    assert.ok(summary.curves() !== null && summary.overRepeats !== null);
    assert.ok(repeats.all.every(({ inner }) => inner.length > 0));

    const predictions = diagnose.predictionsOf(repeats.first, images);
    assert.deepEqual(predictions, summary.predictions);
    const confusion = diagnose.confusion(predictions, images);
    assert.equal(confusion.matrix.flat().reduce((a, b) => a + b), images.development.length);
    const gallery = await confusion.gallery(images);
    assert.ok(gallery.content.rows.length > 0);
    // JPEG begins so.
    assert.deepEqual([...gallery.content.rows[0].images[0].src.subarray(0, 2)], [0xff, 0xd8]);
    assert.equal(diagnose.classScores(predictions, images).rows.length, 3);
    assert.equal(diagnose.calibration(predictions, images).images, images.development.length);
    const mistakes = await diagnose.confidentMistakes(predictions, images);
    assert.ok(mistakes.mistakes.every(({ path }) => /^(ant|bee|cow)\/\d+\.png$/.test(path)));
    // The verdict on the curves speaks of the images really trained on.
    const verdict = diagnose.learningCurves(repeats.first, images);
    const { n } = verdict.findings[0].evidence.find(({ id }) => id.endsWith("training-accuracy"))!;
    const trained = repeats.first.map(({ fold, inner }) => fold.train.length - inner.length);
    assert.equal(n, Math.round((trained[0] + trained[1]) / 2));
  }));
