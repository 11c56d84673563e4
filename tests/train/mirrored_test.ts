import assert from "node:assert/strict";
import * as engine from "../../lib/engine/mod.ts";
import type { FeatureSource } from "../../lib/model/mod.ts";
import { mirrored, mirroredFeatures } from "../../lib/train/mod.ts";
import { inTempFolder } from "../_fixtures.ts";

/** Says of a picture of 2x2 pixels what its upper left pixel is. */
const corner: FeatureSource = {
  name: "corner",
  version: "1",
  size: 2,
  dimensions: 3,
  features: (pixels, n) => {
    return Promise.resolve(Float32Array.from({ length: 3 * n }, (_, j) => pixels[12 * Math.floor(j / 3) + j % 3]));
  },
};
const picture = Uint8Array.of(10, 20, 30, 40, 50, 60, 1, 1, 1, 2, 2, 2);

Deno.test("mirrored() is the mean of an image and its mirror image, colours kept", async () => {
  assert.deepEqual([...await mirrored(corner).features(picture, 1)], [25, 35, 45]);
  assert.notEqual(mirrored(corner).version, corner.version);
});

Deno.test("mirroredFeatures() says the same of a data set", () =>
  inTempFolder(async () => {
    await engine.use("cpu");
    const images = {
      name: "synthetic",
      development: [0],
      records: [{ hash: "a" }],
      pixels: () => Promise.resolve(picture),
    };
    const { values } = await mirroredFeatures(images, corner, { onProgress: () => {} });
    assert.deepEqual([...values], [25, 35, 45]);
  }));
