import assert from "node:assert/strict";
import { bcaShares } from "../../lib/stats/_bca.ts";
import { quantileOfSorted } from "../../lib/stats/_quantile.ts";
import { accuracyInterval, bootstrapInterval, Random, StatsError } from "../../lib/stats/mod.ts";
import { close, reference } from "./_reference.ts";

const { data, estimate, values, jackknife, BCa, percentile, many } = reference.bootstrap;
const spread = (drawn: readonly number[]) => {
  const mean = drawn.reduce((sum, index) => sum + data[index], 0) / drawn.length;
  return Math.sqrt(drawn.reduce((sum, index) => sum + (data[index] - mean) ** 2, 0) / drawn.length);
};

Deno.test("the BCa and percentile bounds of the same resamples are SciPy's", () => {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = bcaShares(sorted, estimate, jackknife, 0.95);
  close([quantileOfSorted(sorted, low), quantileOfSorted(sorted, high)], BCa);
  close([quantileOfSorted(sorted, 0.025), quantileOfSorted(sorted, 0.975)], percentile);
});

Deno.test("bootstrapInterval() comes near SciPy's BCa interval of a skewed metric, from resamples of its own", () => {
  const interval = bootstrapInterval(spread, { n: data.length, resamples: 20_000 });
  close(interval.estimate, estimate);
  close([interval.low, interval.high], many, 0.02);
  assert.equal(interval.method, "BCa bootstrap over images");
  // Of this metric the percentile interval lies too low: the correction is what moves it.
  const plain = bootstrapInterval(spread, { n: data.length, resamples: 20_000, method: "percentile" });
  assert.ok(plain.low < interval.low - 0.03 && plain.high < interval.high - 0.03);
});

Deno.test("bootstrapInterval() over groups draws whole groups", () => {
  const random = new Random("groups");
  const groups = Array.from({ length: 200 }, (_, index) => `g${Math.floor(index / 8)}`);
  const rights = new Map([...new Set(groups)].map((group) => [group, random.next() < 0.5]));
  const correct = groups.map((group) => rights.get(group)!);
  const metric = (drawn: readonly number[]) => {
    const counts = new Map<string, number>();
    for (const index of drawn) counts.set(groups[index], (counts.get(groups[index]) ?? 0) + 1);
    for (const count of counts.values()) assert.equal(count % 8, 0);
    return drawn.filter((index) => correct[index]).length / drawn.length;
  };
  const ours = bootstrapInterval(metric, { n: 200, groups, method: "percentile" });
  const special = accuracyInterval({ correct, groups });
  assert.equal(ours.groups, 25);
  assert.equal(ours.method, "percentile bootstrap over groups");
  close([ours.low, ours.high], [special.low, special.high], 0.03);
});

Deno.test("bootstrapInterval() is the same for the same seed, another for another", () => {
  const run = (seed: number) => bootstrapInterval(spread, { n: data.length, seed, resamples: 200 });
  assert.deepEqual(run(1), run(1));
  assert.notDeepEqual(run(1), run(2));
});

Deno.test("bootstrapInterval() leaves out resamples whose metric is not a number", () => {
  const metric = (drawn: readonly number[]) => drawn.includes(0) ? drawn.length / 10 : NaN;
  const interval = bootstrapInterval(metric, { n: 10, resamples: 100 });
  assert.deepEqual([interval.low, interval.high], [1, 1]);
});

Deno.test("bootstrapInterval() rejects what it cannot resample", () => {
  assert.throws(() => bootstrapInterval(spread, { n: 0 }), StatsError);
  assert.throws(() => bootstrapInterval(spread, { n: 3, groups: [1, 1, 1] }), /at least 2 groups are needed/);
  assert.throws(() => bootstrapInterval(spread, { n: 3, groups: [1, 2] }), /equally long/);
  assert.throws(() => bootstrapInterval(() => NaN, { n: 3 }), /not a number/);
  assert.throws(() => bootstrapInterval(spread, { n: 3, resamples: 0 }), /at least 1 bootstrap sample/);
});
