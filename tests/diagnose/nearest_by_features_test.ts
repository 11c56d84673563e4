import assert from "node:assert/strict";
import { nearestByFeatures } from "../../lib/diagnose/mod.ts";

Deno.test("nearestByFeatures() pairs each image with its nearest, the nearest pairs first, each once", async () => {
  // Angles from the first axis, in degrees; the lengths do not matter.
  const angles = [0, 90, 2, 100, 45];
  const values = new Float32Array(angles.flatMap((angle, i) => {
    const radians = angle * Math.PI / 180;
    return [(i + 1) * Math.cos(radians), (i + 1) * Math.sin(radians), 0];
  }));
  const described = { images: [10, 11, 12, 13, 14], values, dimensions: 3 };
  const pairs = await nearestByFeatures(described);
  assert.deepEqual(pairs.map(({ a, b }) => [a, b]), [[10, 12], [11, 13], [12, 14]]);
  [2, 10, 43].forEach((angle, i) => {
    assert.ok(Math.abs(pairs[i].distance - (1 - Math.cos(angle * Math.PI / 180))) < 1e-6);
  });
  assert.deepEqual(await nearestByFeatures(described, { most: 1 }), pairs.slice(0, 1));
});

Deno.test("nearestByFeatures() gives copies the distance 0, and one image no pair", async () => {
  const values = new Float32Array([0.1, 0.7, 0.3, 0.1, 0.7, 0.3]);
  const [{ distance }] = await nearestByFeatures({ images: [3, 1], values, dimensions: 3 });
  assert.ok(distance < 1e-12);
  assert.deepEqual(await nearestByFeatures({ images: [3], values: values.slice(0, 3), dimensions: 3 }), []);
});
