import assert from "node:assert/strict";
import { pairedDifference, pairedTest, StatsError } from "../../lib/stats/mod.ts";

/** Two models of which only the first is right `onlyA` times, only the second `onlyB` times, both `both` times. */
function pair(onlyA: number, onlyB: number, both = 0, neither = 0): { a: boolean[]; b: boolean[] } {
  const repeat = (times: number, value: boolean) => new Array<boolean>(times).fill(value);
  return {
    a: [...repeat(onlyA, true), ...repeat(onlyB, false), ...repeat(both, true), ...repeat(neither, false)],
    b: [...repeat(onlyA, false), ...repeat(onlyB, true), ...repeat(both, true), ...repeat(neither, false)],
  };
}

/** statsmodels 0.15.0, `mcnemar([[0, onlyA], [onlyB, 0]], exact=True).pvalue`. */
const MCNEMAR: [number, number, number][] = [
  [59, 6, 4.964650327128616e-12],
  [10, 4, 0.1795654296875],
  [5, 5, 1],
  [0, 9, 0.00390625],
  [121, 59, 4.4344492637551645e-6],
  [150, 86, 3.7159361395713866e-5],
];

Deno.test("pairedTest() without groups is McNemar's exact test", () => {
  for (const [onlyA, onlyB, p] of MCNEMAR) {
    const test = pairedTest(pair(onlyA, onlyB, 40, 30));
    assert.ok(Math.abs(test.p - p) <= 1e-9 * p, `${onlyA}, ${onlyB}: ${test.p} is not ${p}`);
    assert.deepEqual([test.onlyA, test.onlyB, test.n], [onlyA, onlyB, onlyA + onlyB + 70]);
    assert.equal(test.method, "McNemar, exact");
  }
});

Deno.test("pairedTest() with every image its own group has the p-value of McNemar's", () => {
  for (const [onlyA, onlyB, p] of MCNEMAR) {
    const models = pair(onlyA, onlyB, 5);
    const test = pairedTest({ ...models, groups: models.a.map((_, index) => index) });
    assert.ok(Math.abs(test.p - p) <= 1e-9 * p);
  }
});

Deno.test("pairedTest() with groups flips the signs of the groups' sums", () => {
  // SciPy 1.17.1, permutation_test over all 512 sign patterns of these sums: 0.1640625.
  const sums = [3, -1, 2, 0, 4, 1, -2, 2, 1];
  const a: boolean[] = [], b: boolean[] = [], groups: number[] = [];
  sums.forEach((sum, group) => {
    for (let image = 0; image < 5; image++) {
      a.push(sum < 0 && image < -sum);
      b.push(sum > 0 && image < sum);
      groups.push(group);
    }
  });
  const test = pairedTest({ a, b, groups });
  assert.ok(Math.abs(test.p - 0.1640625) < 1e-12);
  assert.equal(test.method, "sign flips over groups, exact");
  assert.equal(test.groups, 9);
});

Deno.test("pairedTest() of equal models has p = 1", () => {
  const models = pair(0, 0, 20, 10);
  assert.equal(pairedTest(models).p, 1);
  assert.equal(pairedTest({ ...models, groups: models.a.map((_, index) => index % 4) }).p, 1);
});

Deno.test("pairedDifference() is how much the second is better, with the bootstrap's interval", () => {
  const interval = pairedDifference(pair(40, 80, 200, 80));
  assert.equal(interval.estimate, 0.1);
  assert.equal(interval.method, "paired bootstrap over images");
  // Normal approximation: 0.1 ± 1.96 sqrt((0.3 - 0.01) / 400).
  assert.ok(Math.abs(interval.low - 0.0472) < 0.01, `${interval.low}`);
  assert.ok(Math.abs(interval.high - 0.1528) < 0.01, `${interval.high}`);
});

Deno.test("pairedDifference() is wider when differences come in groups", () => {
  const models = pair(40, 80, 200, 80);
  const alone = pairedDifference(models);
  const grouped = pairedDifference({ ...models, groups: models.a.map((_, index) => Math.floor(index / 10)) });
  assert.equal(grouped.groups, 40);
  assert.ok(grouped.high - grouped.low > 1.5 * (alone.high - alone.low));
});

Deno.test("pairedDifference() has a width when the models never differ, and when they always do", () => {
  const same = pairedDifference(pair(0, 0, 12, 8));
  assert.equal(same.estimate, 0);
  assert.equal(same.low.toFixed(4), "-0.1611");
  assert.equal(same.high.toFixed(4), "0.1611");
  const always = pairedDifference(pair(0, 20));
  assert.equal(always.estimate, 1);
  assert.equal(always.low.toFixed(4), (1 - 2 * 0.16112515805281938).toFixed(4));
  assert.equal(always.high, 1);
});

Deno.test("pairedDifference() rejects models measured on different numbers of images", () => {
  assert.throws(
    () => pairedDifference({ a: [true], b: [true, false] }),
    new StatsError('Cannot compare two models: "a" and "b" must be equally long, they have 1 and 2 items'),
  );
});
