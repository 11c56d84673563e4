import assert from "node:assert/strict";
import { clopperPearson, StatsError } from "../../lib/stats/mod.ts";
import { close, reference } from "./_reference.ts";

/** Newcombe (1998), Statistics in Medicine 17, 857–872, table I, method 5. */
const PUBLISHED: [number, number, number, number][] = [
  [81, 263, 0.2527, 0.3676],
  [15, 148, 0.0578, 0.1617],
  [0, 20, 0, 0.1684],
  [1, 29, 0.0009, 0.1776],
];

Deno.test("clopperPearson() gives the intervals of Newcombe's table", () => {
  for (const [successes, n, low, high] of PUBLISHED) {
    const interval = clopperPearson(successes, n);
    assert.deepEqual([interval.low.toFixed(4), interval.high.toFixed(4)], [low.toFixed(4), high.toFixed(4)]);
    assert.deepEqual([interval.estimate, interval.n, interval.method], [successes / n, n, "Clopper-Pearson"]);
  }
});

Deno.test("clopperPearson() agrees with statsmodels at other levels and at the ends of the range", () => {
  for (const [successes, n, level, low, high] of reference.clopperPearson) {
    const interval = clopperPearson(successes, n, level);
    close([interval.low, interval.high], [low, high], 1e-12);
  }
});

Deno.test("clopperPearson() rejects counts that are no share", () => {
  assert.throws(() => clopperPearson(4, 3), /successes must lie between 0 and 3, they are 4/);
  assert.throws(() => clopperPearson(0, 0), StatsError);
});
