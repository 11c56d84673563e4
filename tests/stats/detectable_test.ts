import assert from "node:assert/strict";
import { minimumDetectableDifference, pairedTest, Random, StatsError } from "../../lib/stats/mod.ts";

Deno.test("minimumDetectableDifference() solves Connor's formula", () => {
  // SciPy 1.17.1: brentq on the formula written out.
  const expected: [number, number, number][] = [
    [750, 0.2, 0.04567781820890754],
    [350, 0.3, 0.08174604493103543],
    [100, 0.1, 0.087553488934614],
  ];
  for (const [n, discordant, difference] of expected) {
    assert.ok(Math.abs(minimumDetectableDifference(n, discordant)! - difference) < 1e-9);
  }
});

Deno.test("minimumDetectableDifference() is what McNemar's test tells with about the power asked for", () => {
  const difference = minimumDetectableDifference(750, 0.2)!;
  const random = new Random("power");
  let told = 0;
  for (let repeat = 0; repeat < 400; repeat++) {
    const a: boolean[] = [], b: boolean[] = [];
    for (let image = 0; image < 750; image++) {
      const draw = random.next();
      a.push(draw < 0.1 - difference / 2);
      b.push(draw >= 0.1 - difference / 2 && draw < 0.2);
    }
    told += Number(pairedTest({ a, b }).p < 0.05);
  }
  // The exact test is a little more careful than the formula.
  assert.ok(told / 400 > 0.7 && told / 400 < 0.86, `${told / 400}`);
});

Deno.test("minimumDetectableDifference() grows when images count for less, and is null when nothing can be told", () => {
  assert.equal(
    minimumDetectableDifference(750, 0.2, { designEffect: 2 }),
    minimumDetectableDifference(375, 0.2),
  );
  assert.equal(minimumDetectableDifference(20, 0.1), null);
});

Deno.test("minimumDetectableDifference() rejects values out of range", () => {
  assert.throws(() => minimumDetectableDifference(0, 0.2), /at least 1 image/);
  assert.throws(() => minimumDetectableDifference(100, 0), StatsError);
  assert.throws(() => minimumDetectableDifference(100, 0.2, { power: 1 }), /power must lie between 0 and 1, it is 1/);
  assert.throws(() => minimumDetectableDifference(100, 0.2, { designEffect: 0 }), /design effect/);
});
