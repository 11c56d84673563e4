import assert from "node:assert/strict";
import { Random } from "../../lib/stats/mod.ts";

const draw = (seed: number | string) => {
  const random = new Random(seed);
  return Array.from({ length: 5 }, () => random.next());
};

Deno.test("Random gives the same numbers for the same seed, others for neighbouring seeds and named streams", () => {
  assert.deepEqual(draw(1), draw(1));
  const streams = [1, 2, 3, "1/folds", "1/sealed"].map((seed) => draw(seed).join());
  assert.equal(new Set(streams).size, streams.length);
});

Deno.test("Random.next() and integer() stay within their ranges and are even", () => {
  const random = new Random(7);
  const counts = new Array(6).fill(0);
  for (let index = 0; index < 6000; index++) counts[random.integer(6)]++;
  assert.equal(counts.length, 6);
  for (const count of counts) assert.ok(count > 880 && count < 1120, `${count}`);
  for (let index = 0; index < 1000; index++) {
    const value = random.next();
    assert.ok(value >= 0 && value < 1);
  }
});

Deno.test("Random.normal() has mean 0 and variance 1", () => {
  const random = new Random("normal");
  const values = Array.from({ length: 20_000 }, () => random.normal());
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  assert.ok(Math.abs(mean) < 0.03, `${mean}`);
  assert.ok(Math.abs(variance - 1) < 0.05, `${variance}`);
});

Deno.test("Random.shuffled() permutes a copy", () => {
  const items = [1, 2, 3, 4, 5, 6, 7, 8];
  const shuffled = new Random(2).shuffled(items);
  assert.deepEqual(items, [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.notDeepEqual(shuffled, items);
  assert.deepEqual([...shuffled].sort(), items);
});
