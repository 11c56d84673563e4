import assert from "node:assert/strict";
import { correctedInterval, correctedTest, correctedVariance, StatsError } from "../../lib/stats/mod.ts";
import { close, reference } from "./_reference.ts";

Deno.test("corrected variance, interval and t-test over 5, 10 and 5 x 10 folds agree with the formula in SciPy", () => {
  // The formula as in scikit-learn's example "Statistical comparison of models using grid search".
  for (const { a, b, train, test, variance, interval, t, p } of reference.folds) {
    close(correctedVariance(a, { train, test }), variance, 1e-15);
    const ours = correctedInterval(a, { train, test, n: 750 });
    close([ours.low, ours.high], interval);
    assert.match(ours.method, /approximate/);
    const tested = correctedTest(a, b, { train, test });
    close([tested.t, tested.p], [t, p]);
    assert.equal(tested.degrees, a.length - 1);
    close(tested.difference, b.reduce((sum, score, fold) => sum + score - a[fold], 0) / a.length);
  }
});

Deno.test("correctedTest() is symmetric, has p = 1 for equal models and p = 0 where all folds differ alike", () => {
  const a = [0.5, 0.25, 0.75], b = [0.75, 0.5, 0.5], sizes = { train: 2, test: 1 };
  close(correctedTest(a, b, sizes).t, -correctedTest(b, a, sizes).t);
  assert.equal(correctedTest(a, a, sizes).p, 1);
  assert.equal(correctedTest(a, a.map((score) => score + 0.125), sizes).p, 0);
});

Deno.test("correctedVariance() rejects a single fold and sizes that are not positive", () => {
  assert.throws(
    () => correctedVariance([0.5], { train: 4, test: 1 }),
    new StatsError("Cannot tell the spread over folds: at least 2 scores are needed, there are 1"),
  );
  assert.throws(() => correctedVariance([0.5, 0.6], { train: 0, test: 1 }), /sizes must be positive, they are 0 and 1/);
  assert.throws(() => correctedTest([0.5, 0.6], [0.5], { train: 4, test: 1 }), /equally long/);
});
