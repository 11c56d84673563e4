import assert from "node:assert/strict";
import { join } from "node:path";
import * as dataset from "../../lib/dataset/mod.ts";
import { studied } from "../../lib/diagnose/mod.ts";
import * as engine from "../../lib/engine/mod.ts";
import { plan } from "../../lib/train/mod.ts";
import { imageFolder, inTempFolder, write } from "../_fixtures.ts";

const NONE = { modelPath: "", predictionsPath: "" };

Deno.test("studied() takes predictions that were brought, else the own model, else the small network", () =>
  inTempFolder(async (folder) => {
    await engine.use("onnx");
    const data = await imageFolder(join(folder, "data"), { cat: 10, dog: 10 });
    const images = await dataset.open(data, { size: 16, onProgress: () => {} });
    const allowed = await plan(images, "3m");

    const ours = await studied(NONE, images, allowed);
    assert.deepEqual([ours.validation.name, ours.isOwn, ours.own], ["small-cnn", false, []]);
    assert.equal(ours.record(), undefined);

    const modelPath = join(folder, "mine.ts");
    await write(
      modelPath,
      `import { engine } from "plateau";
      const { layers: tf } = engine;
      export default ({ size, classes }) => tf.sequential({ layers: [
        tf.layers.flatten({ inputShape: [size, size, 3] }),
        tf.layers.dense({ units: classes, activation: "softmax" }),
      ] });`,
    );
    const mine = await studied({ ...NONE, modelPath }, images, allowed);
    assert.equal(mine.isOwn, true);
    assert.deepEqual(mine.own, [mine.predictions]);
    assert.equal(mine.predictions.images.length, images.development.length);
    assert.match(mine.text(), /your own model, mine/);

    const predictionsPath = join(folder, "said.csv");
    const rows = images.development.map((i) => `${images.records[i].path},0.75,0.25`);
    await write(predictionsPath, ["path,cat,dog", ...rows].join("\n"));
    const said = await studied({ modelPath, predictionsPath }, images, allowed);
    assert.equal(said.validation.accuracy.estimate, 0.5);
    assert.match(said.text(), /predictions that you brought/);
  }));

Deno.test("studied() falls back to the small network where the own model cannot be trained, and says why", () =>
  inTempFolder(async (folder) => {
    await engine.use("onnx");
    const data = await imageFolder(join(folder, "data"), { cat: 10, dog: 10 });
    const images = await dataset.open(data, { size: 16, onProgress: () => {} });
    const modelPath = join(folder, "map.ts");
    await write(
      modelPath,
      `import { engine } from "plateau";
      const { layers: tf } = engine;
      export default ({ size, classes }) => tf.sequential({ layers: [
        tf.layers.conv2d({ filters: 4, kernelSize: 3, inputShape: [size, size, 3] }),
        tf.layers.dense({ units: classes, activation: "softmax" }),
      ] });`,
    );
    const fallen = await studied({ ...NONE, modelPath }, images, await plan(images, "3m"));
    assert.equal(fallen.isOwn, false);
    assert.match(fallen.text(), /map, cannot be trained before missing-flatten is mended/);
  }));
