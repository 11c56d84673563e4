import assert from "node:assert/strict";
import { classScores, StatsError, wilson } from "../../lib/stats/mod.ts";
import { close, reference } from "./_reference.ts";

const { labels, predictions, precision, recall, f1, support } = reference.classification;

Deno.test("classScores() agrees with scikit-learn", () => {
  const scores = classScores(labels, predictions, 4);
  close(scores.map((score) => score.precision!.estimate), precision);
  close(scores.map((score) => score.recall!.estimate), recall);
  close(scores.map((score) => score.f1!.estimate), f1);
  assert.deepEqual(scores.map((score) => score.images), support);
});

Deno.test("classScores() rests each interval on the images that count for it", () => {
  const [first] = classScores(labels, predictions, 4);
  assert.deepEqual(first.recall, wilson(12, 27));
  assert.deepEqual(first.precision, wilson(12, 23));
  // 12 right of 38 that are of the class or taken for it.
  assert.equal(first.f1!.n, 38);
  close(first.f1!.low, 2 * wilson(12, 38).low / (1 + wilson(12, 38).low));
});

Deno.test("classScores() is wider over groups", () => {
  const right = Array.from({ length: 240 }, (_, index) => Number(Math.floor(index / 6) % 3 === 0));
  const groups = right.map((_, index) => Math.floor(index / 6));
  const alone = classScores(right.map(() => 1), right, 2)[1].recall!;
  const grouped = classScores(right.map(() => 1), right, 2, { groups })[1].recall!;
  assert.equal(grouped.groups, 40);
  assert.ok(grouped.high - grouped.low > 1.5 * (alone.high - alone.low));
});

Deno.test("classScores() has null where there is nothing to share", () => {
  const [, second, third] = classScores([0, 0, 1], [0, 0, 0], 3);
  assert.deepEqual([second.precision, second.recall!.estimate, second.f1!.estimate], [null, 0, 0]);
  assert.deepEqual([third.precision, third.recall, third.f1], [null, null, null]);
});

Deno.test("classScores() rejects classes out of range and groups of another length", () => {
  assert.throws(() => classScores([0, 3], [0, 0], 3), StatsError);
  assert.throws(() => classScores([0, 1], [0, 0], 2, { groups: [1] }), /equally long/);
});
