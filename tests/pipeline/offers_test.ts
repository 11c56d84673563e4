import assert from "node:assert/strict";
import { type Offer, offer, type OfferedImages, offers } from "../../lib/pipeline/mod.ts";
import { inTempFolder } from "../_fixtures.ts";

const images = (label: number): OfferedImages => ({
  classes: ["cat", "dog"],
  development: [0, 1],
  records: [{ hash: "a", label }, { hash: "b", label: 1 }] as never,
  size: 64,
});

const one = (name: string, notebook: string): Offer => ({
  name,
  lever: "Frozen features",
  notebook,
  seconds: 1,
  recipe: { kind: "head", backbone: "", taps: ["t"], head: { kind: "logistic", c: 30 } },
  images: [1, 0],
  probabilities: Float32Array.of(0.25, 0.75, 1, 0),
  folds: 2,
  tried: [Float32Array.of(0.5, 0.5, 0.5, 0.5)],
});

Deno.test("offers come back as they were made, in the order of their notebooks, for the same images only", () =>
  inTempFolder(async () => {
    assert.deepEqual(await offers(images(0)), []);
    await offer(images(0), one("head", "09"));
    await offer(images(0), one("tuned", "07"));
    await offer(images(0), { ...one("head", "09"), seconds: 2 });
    assert.deepEqual(await offers(images(0)), [one("tuned", "07"), { ...one("head", "09"), seconds: 2 }]);
    assert.deepEqual(await offers(images(1)), [], "other labels, other images");
  }));
