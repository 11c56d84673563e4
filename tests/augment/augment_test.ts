import assert from "node:assert/strict";
import { augment, policies } from "../../lib/augment/mod.ts";
import { Random } from "../../lib/stats/mod.ts";

/** One 2x2 image whose pixels are told apart by their first channel: 1 2 / 3 4. */
const image = new Float32Array([1, 0, 0, 2, 0, 0, 3, 0, 0, 4, 0, 0]);
const firstChannel = (values: Float32Array) => Array.from(values).filter((_, i) => i % 3 === 0).join(" ");

Deno.test("augment() with flip gives the image or its mirror image, each about half of the time", () => {
  const random = new Random(1);
  const seen: Record<string, number> = {};
  for (let i = 0; i < 400; i++) {
    const key = firstChannel(augment(image, 2, policies.flip, random));
    seen[key] = (seen[key] ?? 0) + 1;
  }
  assert.deepEqual(Object.keys(seen).sort(), ["1 2 3 4", "2 1 4 3"]);
  assert.ok(seen["1 2 3 4"] > 150 && seen["1 2 3 4"] < 250, `${seen["1 2 3 4"]} of 400`);
});

Deno.test("augment() with shift moves by up to the given share and repeats the edge", () => {
  const random = new Random(1);
  const seen = new Set<string>();
  for (let i = 0; i < 300; i++) {
    seen.add(firstChannel(augment(image, 2, { name: "half", flip: false, shift: 0.5 }, random)));
  }
  assert.equal(seen.size, 9); // -1, 0 and 1 in both directions
  assert.ok(seen.has("1 2 3 4"));
  assert.ok(seen.has("2 2 4 4")); // one to the left
  assert.ok(seen.has("1 1 1 1")); // one to the right and one down
});

Deno.test("augment() draws for each image of a batch by itself, and leaves the input alone", () => {
  const batch = new Float32Array([...image, ...image, ...image, ...image, ...image, ...image]);
  const before = batch.slice();
  const varied = augment(batch, 2, policies.flip, new Random(3));
  const keys = new Set(Array.from({ length: 6 }, (_, i) => firstChannel(varied.subarray(i * 12, (i + 1) * 12))));
  assert.equal(keys.size, 2);
  assert.deepEqual(batch, before);
});

Deno.test("augment() repeats itself with the same seed", () => {
  const once = augment(image, 2, policies.flipShift, new Random(7));
  assert.deepEqual(augment(image, 2, policies.flipShift, new Random(7)), once);
});
