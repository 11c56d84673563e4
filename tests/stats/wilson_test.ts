import assert from "node:assert/strict";
import { StatsError, wilson } from "../../lib/stats/mod.ts";

/** Newcombe (1998), Statistics in Medicine 17, 857–872, table I, method 3. */
const PUBLISHED: [number, number, number, number][] = [
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
];

/** statsmodels 0.15.0, `proportion_confint(..., method="wilson")`. */
const COMPUTED: [number, number, number, number, number][] = [
  [203, 750, 0.95, 0.2400970537948093, 0.3035735735302626],
  [20, 20, 0.95, 0.8388748419471806, 1],
  [7, 9, 0.99, 0.36453041217234045, 0.9552670337329567],
];

Deno.test("wilson() gives the intervals of Newcombe's table", () => {
  for (const [successes, n, low, high] of PUBLISHED) {
    const interval = wilson(successes, n);
    assert.equal(interval.low.toFixed(4), low.toFixed(4));
    assert.equal(interval.high.toFixed(4), high.toFixed(4));
  }
});

Deno.test("wilson() agrees with statsmodels at other levels and at the end of the range", () => {
  for (const [successes, n, level, low, high] of COMPUTED) {
    const interval = wilson(successes, n, level);
    assert.ok(Math.abs(interval.low - low) < 1e-12);
    assert.ok(Math.abs(interval.high - high) < 1e-12);
    assert.equal(interval.estimate, successes / n);
    assert.equal(interval.n, n);
  }
});

Deno.test("wilson() rejects counts that are no share and levels outside of (0, 1)", () => {
  assert.throws(() => wilson(0, 0), new StatsError("Cannot make an interval: at least 1 image is needed, there are 0"));
  assert.throws(() => wilson(4, 3), /successes must lie between 0 and 3, they are 4/);
  assert.throws(() => wilson(-1, 3), StatsError);
  assert.throws(() => wilson(NaN, 3), StatsError);
  assert.throws(() => wilson(1, 3, 95), /confidence level must lie between 0 and 1, it is 95/);
});
