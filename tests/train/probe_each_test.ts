import assert from "node:assert/strict";
import * as engine from "../../lib/engine/mod.ts";
import type { FeatureSource } from "../../lib/model/mod.ts";
import { Random } from "../../lib/stats/mod.ts";
import { linearProbe, type ProbeableImages, probeEach } from "../../lib/train/mod.ts";
import { inTempFolder } from "../_fixtures.ts";

const quiet = { onProgress: () => {} };
const N = 60, D = 90;

/** Images of one pixel each, their index; `asked` counts what is read. */
function images(asked: number[] = []): ProbeableImages {
  return {
    name: "synthetic",
    classes: ["a", "b", "c"],
    development: Array.from({ length: N }, (_, i) => i),
    records: Array.from({ length: N }, (_, i) => ({ hash: `hash ${i}`, label: i % 3 })),
    pixels: (indices) => {
      asked.push(...indices);
      return Promise.resolve(Uint8Array.from(indices.flatMap((i) => [i, i, i])));
    },
  };
}

/** More numbers than images, noisy, and a little of the label. */
const backbone: FeatureSource = {
  name: "fake",
  version: "1",
  size: 1,
  dimensions: D,
  features: (pixels, n) =>
    Promise.resolve(Float32Array.from({ length: n * D }, (_, j) => {
      const image = pixels[3 * Math.floor(j / D)], d = j % D;
      return new Random(`${image}/${d}`).normal() + (d === image % 3 ? 2 : 0);
    })),
};

const folds = [0, 1, 2].map((index) => ({
  train: Array.from({ length: N }, (_, i) => i).filter((i) => Math.floor(i / 3) % 3 !== index),
  validation: Array.from({ length: N }, (_, i) => i).filter((i) => Math.floor(i / 3) % 3 === index),
  by: "image" as const,
  index,
  of: 3,
  seed: 1,
}));

Deno.test("probeEach() says what linearProbe() says, though it looks at the images differently", () =>
  inTempFolder(async () => {
    await engine.use("cpu");
    const { probabilities } = await linearProbe(images(), backbone, folds, quiet);
    const each = await probeEach(images(), backbone, folds, quiet);
    const all = each.flatMap((one) => [...one]);
    assert.equal(all.length, probabilities.length);
    all.forEach((value, i) => assert.ok(Math.abs(value - probabilities[i]) < 2e-3, `${value} ${probabilities[i]}`));
  }));

Deno.test("probeEach() looks only at images that its folds use, and at none for a fold that is kept", () =>
  inTempFolder(async () => {
    await engine.use("cpu");
    const small = { ...folds[0], train: folds[0].train.slice(0, 9) };
    const asked: number[] = [];
    const [first] = await probeEach(images(asked), backbone, [small], quiet);
    assert.deepEqual(asked, [...small.train, ...small.validation].sort((a, b) => a - b));
    const [again] = await probeEach({ ...images(), development: [] }, backbone, [small], quiet);
    assert.deepEqual(again, first);
  }));
