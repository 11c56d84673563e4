import assert from "node:assert/strict";
import { join } from "node:path";
import * as engine from "../../lib/engine/mod.ts";
import type { FeatureSource } from "../../lib/model/mod.ts";
import { features, linearProbe, type ProbeableImages } from "../../lib/train/mod.ts";
import { inTempFolder, write } from "../_fixtures.ts";

const quiet = { onProgress: () => {} };

/** Images of 2x2 pixels, all of the value of their index; the last two are sealed. */
function images(n: number, asked: number[] = []): ProbeableImages {
  const development = Array.from({ length: n }, (_, i) => i);
  return {
    name: "synthetic",
    classes: ["even", "odd"],
    development,
    records: Array.from({ length: n + 2 }, (_, i) => ({ hash: `hash ${i}`, label: i % 2 })),
    pixels: (indices, { size, keep }) => {
      assert.equal(keep, false);
      assert.ok(indices.every((i) => i < n), "a sealed image was read");
      asked.push(...indices);
      const stride = size * size * 3;
      const pixels = new Uint8Array(indices.length * stride);
      indices.forEach((index, i) => pixels.fill(index, i * stride, (i + 1) * stride));
      return Promise.resolve(pixels);
    },
  };
}

/** A network that says of an image its first byte, and whether that is odd. `failAfter` images it gives up. */
function network({ version = "1", failAfter = Infinity } = {}): FeatureSource & { computed: number } {
  return {
    name: "fake",
    version,
    size: 2,
    dimensions: 2,
    computed: 0,
    features(pixels, n) {
      if (this.computed + n > failAfter) throw new Error("stopped");
      this.computed += n;
      return Promise.resolve(Float32Array.from({ length: 2 * n }, (_, j) => {
        const value = pixels[12 * (j >> 1)];
        return j % 2 ? value % 2 : value / 100;
      }));
    },
  };
}

const rowsOf = (n: number) =>
  Array.from({ length: 2 * n }, (_, j) => Math.fround(j % 2 ? (j >> 1) % 2 : (j >> 1) / 100));

Deno.test("features() computes each development image once, and never touches sealed ones", () =>
  inTempFolder(async () => {
    await engine.use("cpu");
    const asked: number[] = [];
    const first = network();
    const made = await features(images(40, asked), first, quiet);
    assert.deepEqual([made.backbone, made.dimensions, made.images.length], ["fake", 2, 40]);
    assert.deepEqual([...made.values], rowsOf(40));
    assert.deepEqual(asked, Array.from({ length: 40 }, (_, i) => i));

    // The same images again, and one more: only that one is looked at.
    const second = network();
    const more: number[] = [];
    assert.deepEqual([...(await features(images(41, more), second, quiet)).values], rowsOf(41));
    assert.deepEqual([second.computed, more], [1, [40]]);

    // Another version of the backbone may say something else.
    const third = network({ version: "2" });
    await features(images(40), third, quiet);
    assert.equal(third.computed, 40);
  }));

Deno.test("features() that were stopped go on from the last images that were kept whole", () =>
  inTempFolder(async () => {
    await engine.use("cpu");
    await assert.rejects(features(images(100), network({ failAfter: 70 }), quiet), /stopped/);
    const again = network();
    assert.deepEqual([...(await features(images(100), again, quiet)).values], rowsOf(100));
    assert.equal(again.computed, 100 - 64); // two of the chunks of 32 were kept
  }));

Deno.test("features() make a damaged cache again", () =>
  inTempFolder(async (folder) => {
    await engine.use("cpu");
    await write(
      join(folder, ".cache/features/features.sqlite"),
      "this is no database, though it is long enough to look",
    );
    const backbone = network();
    assert.deepEqual([...(await features(images(5), backbone, quiet)).values], rowsOf(5));
    assert.equal(backbone.computed, 5);
  }));

Deno.test("linearProbe() judges each image by a model that has not seen it, and keeps what it said", () =>
  inTempFolder(async () => {
    await engine.use("cpu");
    const set = images(40);
    const folds = [0, 1].map((index) => ({
      train: set.development.filter((i) => (i >> 1) % 2 !== index),
      validation: set.development.filter((i) => (i >> 1) % 2 === index),
      by: "image" as const,
      index,
      of: 2,
      seed: 1,
    }));
    const backbone = network();
    const { images: order, probabilities } = await linearProbe(set, backbone, folds, quiet);
    assert.deepEqual(order, folds.flatMap(({ validation }) => validation));
    order.forEach((image, row) => assert.ok(probabilities[2 * row + image % 2] > 0.7));

    // Kept: not even features are looked up. Other labels are another probe.
    const blind = { ...set, development: [] };
    assert.deepEqual((await linearProbe(blind, backbone, folds, quiet)).probabilities, probabilities);
    const { records }: ProbeableImages = set;
    const swapped = { ...set, records: records.map(({ hash, label }) => ({ hash, label: 1 - label })) };
    const other = await linearProbe(swapped, backbone, folds, quiet);
    order.forEach((image, row) => assert.ok(other.probabilities[2 * row + image % 2] < 0.3));
  }));
