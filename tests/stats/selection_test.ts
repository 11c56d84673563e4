import assert from "node:assert/strict";
import { correctedInterval, nestedSelection, Random, selectBest, StatsError } from "../../lib/stats/mod.ts";
import { close, reference } from "./_reference.ts";

/** Configurations that are each right on a fair coin's throw: none is better than another. */
function coins(configurations: number, n: number, seed: number | string): boolean[][] {
  const random = new Random(seed);
  return Array.from({ length: configurations }, () => Array.from({ length: n }, () => random.next() < 0.5));
}

Deno.test("selectBest() takes back what choosing among 20 equal configurations seems to gain", () => {
  let winning = 0, corrected = 0, covered = 0;
  const repeats = 100;
  for (let repeat = 0; repeat < repeats; repeat++) {
    const { winning: own, accuracy } = selectBest({ correct: coins(20, 100, repeat), resamples: 200 });
    winning += own / repeats;
    corrected += accuracy.estimate / repeats;
    covered += Number(accuracy.low <= 0.5 && 0.5 <= accuracy.high) / repeats;
  }
  assert.ok(winning > 0.57, `the winner's own score is ${winning}`);
  assert.ok(Math.abs(corrected - 0.5) < 0.05 && corrected < winning - 0.04, `${corrected}`);
  assert.ok(covered > 0.9, `${covered}`);
});

Deno.test("selectBest() agrees with the paper's algorithm written out in NumPy, but for the resamples' chance", () => {
  const { correct, estimate, interval } = reference.biasCorrected;
  const { accuracy } = selectBest({ correct, resamples: 20_000 });
  close(accuracy.estimate, estimate, 0.003);
  close([accuracy.low, accuracy.high], interval, 0.015);
});

Deno.test("selectBest() of one configuration is its accuracy", () => {
  const [only] = coins(1, 200, "one");
  const { chosen, winning, accuracy } = selectBest({ correct: [only] });
  assert.equal(chosen, 0);
  assert.equal(winning, only.filter(Boolean).length / 200);
  close(accuracy.estimate, winning, 0.01);
});

Deno.test("selectBest() does not take back a real lead", () => {
  const correct = [...coins(5, 300, "lead"), Array.from({ length: 300 }, (_, index) => index % 10 > 0)];
  const { chosen, accuracy } = selectBest({ correct });
  assert.equal(chosen, 5);
  close(accuracy.estimate, 0.9, 0.01);
});

Deno.test("selectBest() draws whole groups and is then wider", () => {
  const groups = Array.from({ length: 200 }, (_, index) => Math.floor(index / 10));
  const correct = coins(3, 20, "groups").map((row) => groups.map((group) => row[group]));
  const grouped = selectBest({ correct, groups }).accuracy;
  const alone = selectBest({ correct }).accuracy;
  assert.equal(grouped.groups, 20);
  assert.ok(grouped.high - grouped.low > 1.5 * (alone.high - alone.low));
});

Deno.test("selectBest() rejects no configurations and other images", () => {
  assert.throws(() => selectBest({ correct: [] }), /at least 1 configuration/);
  assert.throws(
    () => selectBest({ correct: [[true, false], [true]] }),
    new StatsError("Cannot choose: all need the same images, found 2 and 1"),
  );
  assert.throws(() => selectBest({ correct: [[true, false]], groups: [1, 1] }), /at least 2 images or groups/);
});

Deno.test("nestedSelection() chooses by the inner scores and measures on the outer ones", () => {
  const inner = [[0.5, 0.6], [0.7, 0.6], [0.4, 0.8]];
  const outer = [[0.9, 0.4], [0.5, 0.9], [0.9, 0.6]];
  const sizes = { train: 40, test: 20, n: 60 };
  const { chosen, score } = nestedSelection({ inner, outer, ...sizes });
  assert.deepEqual(chosen, [1, 0, 1]);
  assert.deepEqual(score, correctedInterval([0.4, 0.5, 0.6], sizes));
  // Where only the chosen one was trained on the whole outer training part, its score is enough.
  assert.deepEqual(nestedSelection({ inner, outer: [0.4, 0.5, 0.6], ...sizes }).score, score);
});

Deno.test("nestedSelection() rejects folds without scores", () => {
  const sizes = { train: 40, test: 20, n: 60 };
  assert.throws(() => nestedSelection({ inner: [[1], [1]], outer: [1], ...sizes }), /2 outer folds have inner scores/);
  assert.throws(() => nestedSelection({ inner: [[0, 1], [1, 0]], outer: [[1], [1]], ...sizes }), /needs a score/);
});
