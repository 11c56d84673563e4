import assert from "node:assert/strict";
import {
  crossValidatedAccuracy,
  crossValidatedDifference,
  foldCorrection,
  Random,
  StatsError,
  wilson,
} from "../../lib/stats/mod.ts";
import { close, reference } from "./_reference.ts";

const random = new Random("cross-validated");
const labels = Array.from({ length: 400 }, (_, index) => Math.floor(index / 5) % 4);
const groups = labels.map((_, index) => `group ${Math.floor(index / 5)}`);
const folds = 5;
const correct = labels.map((label) => random.next() < 0.4 + 0.1 * label);

Deno.test("intervals and test over folds with groups of uneven size agree with the formulas in SciPy and statsmodels", () => {
  const { a, b, accuracy, difference, p, ...images } = reference.crossValidated;
  const single = crossValidatedAccuracy({ ...images, correct: a });
  close([single.low, single.high], accuracy);
  const compared = crossValidatedDifference({ ...images, a, b });
  close([compared.difference.low, compared.difference.high], difference);
  close(compared.p, p);
});

Deno.test("crossValidatedAccuracy() of images of one class is Wilson's of as many images as the correction leaves", () => {
  const hits = Array.from({ length: 1000 }, (_, index) => index % 4 === 0);
  const interval = crossValidatedAccuracy({ correct: hits, labels: hits.map(() => 0), folds });
  // 5 folds: 1 + 5/4 = 2.25 times the variance.
  const expected = wilson(250 / 2.25, 1000 / 2.25);
  assert.equal(interval.estimate, 0.25);
  close([interval.low, interval.high], [expected.low, expected.high], 1e-3);
  assert.equal(interval.method, "corrected variance over images of 5 folds, approximate");
  assert.deepEqual([interval.n, interval.groups], [1000, undefined]);
});

Deno.test("crossValidatedAccuracy() is wider than Wilson's by about the root of the correction", () => {
  const interval = crossValidatedAccuracy({ correct, labels, folds });
  const plain = wilson(correct.filter(Boolean).length, 400);
  close((interval.high - interval.low) / (plain.high - plain.low), 1.45, 0.1);
});

Deno.test("crossValidatedAccuracy() doesn't count differences between classes as chance", () => {
  const byClass = labels.map((label, index) => label < 2 ? index % 5 > 0 : index % 5 === 0);
  const stratified = crossValidatedAccuracy({ correct: byClass, labels, folds });
  const pooled = crossValidatedAccuracy({ correct: byClass, labels: labels.map(() => 0), folds });
  assert.ok(stratified.high - stratified.low < 0.85 * (pooled.high - pooled.low));
});

Deno.test("crossValidatedAccuracy() is wider where the images of a group are right or wrong together", () => {
  const together = labels.map((_, index) => correct[index - index % 5]);
  const alone = crossValidatedAccuracy({ correct: together, labels, folds });
  const grouped = crossValidatedAccuracy({ correct: together, labels, groups, folds });
  assert.equal(grouped.groups, 80);
  assert.ok(grouped.high - grouped.low > 1.9 * (alone.high - alone.low));
  assert.match(grouped.method, /over groups of 5 folds/);
});

Deno.test("crossValidatedAccuracy() takes groups of several classes, and classes of one group", () => {
  const mixed = groups.map((_, index) => index % 20);
  assert.equal(crossValidatedAccuracy({ correct, labels, groups: mixed, folds }).groups, 20);
  const rare = labels.map((label, index) => index < 5 ? 4 : label);
  const interval = crossValidatedAccuracy({ correct, labels: rare, groups, folds });
  assert.ok(interval.low < interval.estimate && interval.estimate < interval.high);
});

Deno.test("crossValidatedAccuracy() has a width when all are right, all are wrong, or little is known", () => {
  const all = crossValidatedAccuracy({ correct: labels.map(() => true), labels, groups, folds });
  assert.deepEqual([all.low, all.high], [wilson(80 / 2.25, 80 / 2.25).low, 1]);
  const none = crossValidatedAccuracy({ correct: labels.map(() => false), labels, folds });
  assert.deepEqual([none.low, none.high], [0, wilson(0, 400 / 2.25).high]);
  const few = crossValidatedAccuracy({ correct: [true, true, false], labels: [0, 1, 0], folds: 3 });
  assert.ok(few.high - few.low > 0.7);
});

Deno.test("crossValidatedAccuracy() takes shares over repeats, whose mean varies less than a single repeat", () => {
  const repeats = labels.map((label) => {
    let hits = 0;
    for (let repeat = 0; repeat < 10; repeat++) hits += Number(random.next() < 0.4 + 0.1 * label);
    return hits / 10;
  });
  const repeated = crossValidatedAccuracy({ correct: repeats, labels, folds });
  const once = crossValidatedAccuracy({ correct, labels, folds });
  assert.ok(repeated.high - repeated.low < 0.5 * (once.high - once.low));
});

Deno.test("crossValidatedDifference() of images of one class is the corrected t-interval of their differences", () => {
  const b = correct.map((hit, index) => index % 7 === 0 ? !hit : hit || index % 11 === 0);
  const { difference, p, method } = crossValidatedDifference({ a: correct, b, labels: labels.map(() => 0), folds });
  const differences = correct.map((hit, index) => Number(b[index]) - Number(hit));
  const middle = differences.reduce((sum, value) => sum + value, 0) / 400;
  const variance = differences.reduce((sum, value) => sum + (value - middle) ** 2, 0) / 399;
  // SciPy 1.17.1: t.ppf(0.975, 399).
  const half = 1.965927295920882 * Math.sqrt(2.25 * variance / 400);
  close([difference.estimate, difference.low, difference.high], [middle, middle - half, middle + half]);
  assert.equal(p > 0.05, difference.low < 0 && difference.high > 0);
  assert.equal(method, "corrected t-test over images");
});

Deno.test("crossValidatedDifference() is symmetric and has p = 1 for equal models, with an interval all the same", () => {
  const b = correct.map((hit, index) => index % 7 === 0 ? !hit : hit);
  const there = crossValidatedDifference({ a: correct, b, labels, groups, folds });
  const back = crossValidatedDifference({ a: b, b: correct, labels, groups, folds });
  close([there.p, there.difference.low], [back.p, -back.difference.high], 1e-12);
  const same = crossValidatedDifference({ a: correct, b: correct, labels, folds });
  assert.equal(same.p, 1);
  assert.ok(same.difference.low < 0 && same.difference.high > 0);
});

Deno.test("crossValidatedDifference() tells models that differ on every image", () => {
  const { difference, p } = crossValidatedDifference({
    a: labels.map(() => false),
    b: labels.map(() => true),
    labels,
    groups,
    folds,
  });
  assert.ok(p < 1e-6);
  assert.equal(difference.high, 1);
  assert.ok(difference.low > 0.7);
});

Deno.test("crossValidatedAccuracy() and crossValidatedDifference() reject a single fold and other lengths", () => {
  assert.throws(
    () => crossValidatedAccuracy({ correct, labels, folds: 1 }),
    new StatsError("Cannot correct for folds: at least 2 folds are needed, there are 1"),
  );
  assert.throws(() => crossValidatedAccuracy({ correct, labels: [0], folds }), /equally long/);
  assert.throws(() => crossValidatedDifference({ a: correct, b: [true], labels, folds }), /equally long/);
});

Deno.test("foldCorrection() is 3 for two folds and falls towards 2", () => {
  assert.deepEqual([2, 5, 11].map(foldCorrection), [3, 2.25, 2.1]);
  assert.throws(() => foldCorrection(1), /at least 2 folds/);
});
