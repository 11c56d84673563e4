import assert from "node:assert/strict";
import type { Dataset } from "../../lib/dataset/mod.ts";
import * as engine from "../../lib/engine/mod.ts";
import { FAULTS, type Setting } from "../../lib/selftest/mod.ts";
import { cleanSetting } from "../../lib/selftest/_setting.ts";
import { Random } from "../../lib/stats/mod.ts";
import { faultNamed, hashes, withPlanted } from "./_copies.ts";

await engine.use("onnx");

async function pixelsOf(images: Dataset, side: "development" | "test"): Promise<{ all: Uint8Array; n: number }> {
  const indices = side === "test" ? await images.test.open("audit", "test") : images.development;
  return { all: await images.pixels(indices, { opened: indices }), n: indices.length };
}

/** Mean difference between the largest and the smallest channel of a pixel. */
function colourfulness({ all }: { all: Uint8Array }): number {
  let sum = 0;
  for (let p = 0; p < all.length; p += 3) {
    sum += Math.max(all[p], all[p + 1], all[p + 2]) - Math.min(all[p], all[p + 1], all[p + 2]);
  }
  return 3 * sum / all.length;
}

Deno.test("labels-shuffled gives up to a fifth of the training images another class's label, and no test image", () =>
  withPlanted("labels-shuffled", (planted, clean) => {
    const labels = new Map(clean.records.map(({ hash, label }) => [hash, label]));
    const moved = planted.records.filter(({ hash, label }) => labels.get(hash) !== label);
    const development = planted.development.length;
    assert.ok(moved.length > 0.05 * development && moved.length <= 0.2 * development, `${moved.length} moved`);
    assert.deepEqual(hashes(planted, "test"), hashes(clean, "test"));
    assert.ok(moved.every(({ part }) => part === "train"));
    assert.deepEqual(planted.imagesPerClass(), clean.imagesPerClass());
  }));

Deno.test("duplicates-across-splits puts copies of training images into the test set, some byte by byte", () =>
  withPlanted("duplicates-across-splits", (planted, clean) => {
    assert.equal(planted.test.n, clean.test.n + 6);
    const trained = new Set(hashes(planted, "development"));
    assert.equal(hashes(planted, "test").filter((hash) => trained.has(hash)).length, 3);
    const known = new Set(clean.records.map(({ hash }) => hash));
    const redrawn = planted.records.filter(({ hash }) => !known.has(hash));
    assert.equal(redrawn.length, 3);
    assert.ok(redrawn.every(({ part, width }) => part === "test" && width < 40));
  }));

Deno.test("class-of-three leaves three training images of one class, and its test images", () =>
  withPlanted("class-of-three", (planted, clean) => {
    const counts = planted.imagesPerClass();
    assert.deepEqual(counts.toSorted((a, b) => a - b)[0], 3);
    assert.equal(counts.filter((count, k) => count !== clean.imagesPerClass()[k]).length, 1);
    assert.deepEqual(hashes(planted, "test"), hashes(clean, "test"));
  }));

Deno.test("watermark stamps every image of a class alike, and each class in another colour", () =>
  withPlanted("watermark", async (planted) => {
    const { all, n } = await pixelsOf(planted, "development");
    const corners = [[1, 1], [30, 1], [1, 30], [30, 30]];
    const colours = (x: number, y: number) =>
      Array.from({ length: n }, (_, i) => {
        const at = (i * 32 * 32 + y * 32 + x) * 3;
        return [all[at], all[at + 1], all[at + 2]];
      });
    const stamped = corners.filter(([x, y]) => {
      const byClass = Map.groupBy(
        colours(x, y).map((colour, i) => ({ colour, label: planted.records[planted.development[i]].label })),
        ({ label }) => label,
      );
      const means = [...byClass.values()].map((list) => {
        const mean = [0, 1, 2].map((c) => list.reduce((sum, { colour }) => sum + colour[c], 0) / list.length);
        const spread = Math.max(...list.map(({ colour }) => Math.max(...colour.map((v, c) => Math.abs(v - mean[c])))));
        return { mean, spread };
      });
      return means.every(({ spread }) => spread < 12) &&
        Math.abs(means[0].mean[0] - means[1].mean[0]) + Math.abs(means[0].mean[1] - means[1].mean[1]) > 60;
    });
    assert.equal(stamped.length, 1, "one corner is stamped");
  }));

Deno.test("turned-test-images turns the test images by a quarter, and no training image", () =>
  withPlanted("turned-test-images", (planted, clean) => {
    const shapes = ({ records }: Dataset, part: string) =>
      new Set(records.filter((one) => one.part === part).map(({ width, height }) => `${width}x${height}`));
    assert.deepEqual(shapes(planted, "test"), new Set(["30x40"]));
    assert.deepEqual(shapes(planted, "train"), new Set(["40x30"]));
    assert.deepEqual(hashes(planted, "development"), hashes(clean, "development"));
  }));

Deno.test("grey-test-images takes the colour of the test images, and of no training image", () =>
  withPlanted("grey-test-images", async (planted, clean) => {
    assert.ok(colourfulness(await pixelsOf(planted, "test")) < 1);
    assert.ok(colourfulness(await pixelsOf(clean, "test")) > 30);
    assert.deepEqual(hashes(planted, "development"), hashes(clean, "development"));
  }));

/** The same fault with several seeds: each way in which it is planted. */
function settings(name: string): Setting[] {
  const fault = faultNamed(name);
  return Array.from({ length: 12 }, (_, seed) => fault.plantSetting!(cleanSetting(1), new Random(seed)));
}

function lastLayer({ model }: Setting): { units: unknown; activation: unknown } {
  const built = model.build({ size: 64, classes: 5, seed: 1 });
  const { units, activation } = built.layers.at(-1)!.getConfig();
  built.dispose();
  return { units, activation };
}

Deno.test("unscaled-pixels feeds 0 to 255", () => {
  assert.deepEqual(settings("unscaled-pixels")[0].config.inputRange, [0, 255]);
});

Deno.test("targets-out-of-range numbers the classes from 1, or leaves out an output", () => {
  const all = settings("targets-out-of-range");
  const [fed, unfed] = [all.find(({ feed }) => feed)!, all.find(({ feed }) => !feed)!];
  const batch = { inputs: [0, 0], inputShape: [2, 1], targets: [1, 0, 0, 0, 0, 1], targetShape: [2, 3] };
  assert.deepEqual(fed.feed!(batch), { ...batch, targets: [1, 3], targetShape: [2] });
  assert.equal(lastLayer(unfed).units, 4);
});

Deno.test("learning-rate faults are a factor of a hundred off, both ways; batches of 4 come at a high rate", () => {
  const usual = cleanSetting(1).config.learningRate;
  assert.equal(settings("learning-rate-too-high")[0].config.learningRate, 100 * usual);
  assert.equal(settings("learning-rate-too-low")[0].config.learningRate, usual / 100);
  const { batchSize, learningRate } = settings("batch-of-4-at-a-high-rate")[0].config;
  assert.ok(batchSize === 4 && learningRate > usual);
});

Deno.test("missing-pooling puts a dense layer on the map", () => {
  const model = settings("missing-pooling")[0].model.build({ size: 64, classes: 5, seed: 1 });
  assert.equal(model.outputs[0].shape.length, 4);
  model.dispose();
});

Deno.test("wrong-loss is planted in three ways", () => {
  const ways = settings("wrong-loss").map((setting) => `${setting.config.loss}/${lastLayer(setting).activation}`);
  assert.deepEqual(
    new Set(ways),
    new Set(["binaryCrossentropy/softmax", "categoricalCrossentropy/linear", "categoricalCrossentropy/sigmoid"]),
  );
});

Deno.test("validation-off-the-end says nothing of the order of the images", () => {
  assert.deepEqual(settings("validation-off-the-end")[0].validationSplit, { share: 0.25, fromEnd: true });
});

Deno.test("every fault has a name of its own, changes something, and names what would find it", () => {
  assert.equal(new Set(FAULTS.map(({ name }) => name)).size, FAULTS.length);
  for (const { name, plantData, plantSetting, expects, looks } of FAULTS) {
    assert.ok(Boolean(plantData) !== Boolean(plantSetting), name);
    assert.ok(expects.length > 0 && looks.length > 0, name);
  }
});
