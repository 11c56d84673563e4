import assert from "node:assert/strict";
import { accuracyInterval, Random, StatsError, wilson } from "../../lib/stats/mod.ts";

/** 60 groups of five images that are right or wrong together. */
const groups = Array.from({ length: 300 }, (_, index) => `group ${Math.floor(index / 5)}`);
const together = groups.map((_, index) => Math.floor(index / 5) % 3 === 0);

Deno.test("accuracyInterval() is Wilson's without groups and when each image is its own group", () => {
  const expected = wilson(100, 300);
  assert.deepEqual(accuracyInterval({ correct: together }), expected);
  const own = accuracyInterval({ correct: together, groups: together.map((_, index) => index) });
  assert.deepEqual(own, { ...expected, groups: 300 });
});

Deno.test("accuracyInterval() of groups that stick together is as wide as their number says", () => {
  const interval = accuracyInterval({ correct: together, groups });
  assert.equal(interval.method, "bootstrap over groups");
  assert.equal(interval.groups, 60);
  assert.equal(interval.n, 300);
  // The normal approximation with 60 independent observations: 1/3 ± 1.96 sqrt((1/3)(2/3)/60).
  assert.ok(Math.abs(interval.low - 0.214) < 0.02, `${interval.low}`);
  assert.ok(Math.abs(interval.high - 0.453) < 0.02, `${interval.high}`);
});

Deno.test("accuracyInterval() weighs groups by their images", () => {
  const correct = [...new Array(50).fill(true), ...new Array(50).fill(false)];
  const sizes = correct.map((_, index) => index < 50 ? 0 : index % 25 + 1);
  assert.equal(accuracyInterval({ correct, groups: sizes }).estimate, 0.5);
});

Deno.test("accuracyInterval() is the same for the same seed and another for another", () => {
  // Groups of uneven sizes: others than these have so few different means that two seeds could agree.
  const options = { correct: together, groups: together.map((_, index) => Math.floor(Math.sqrt(index))) };
  assert.deepEqual(accuracyInterval({ ...options, seed: 3 }), accuracyInterval({ ...options, seed: 3 }));
  assert.notDeepEqual(accuracyInterval({ ...options, seed: 3 }), accuracyInterval({ ...options, seed: 4 }));
});

Deno.test("accuracyInterval() has a width when all images in groups are right, or all wrong", () => {
  const right = accuracyInterval({ correct: groups.map(() => true), groups });
  assert.equal(right.method, "Wilson over groups");
  assert.deepEqual([right.low, right.high], [wilson(60, 60).low, 1]);
  const wrong = accuracyInterval({ correct: groups.map(() => false), groups });
  assert.deepEqual([wrong.low, wrong.high], [0, wilson(0, 60).high]);
});

Deno.test("accuracyInterval() of one group says that little is known", () => {
  const interval = accuracyInterval({ correct: [true, true, false, true], groups: [7, 7, 7, 7] });
  assert.equal(interval.estimate, 0.75);
  assert.equal(interval.groups, 1);
  assert.ok(interval.high - interval.low > 0.8);
  assert.ok(interval.low < 0.75 && interval.high > 0.75);
});

Deno.test("accuracyInterval() over groups covers the truth about as often as it says, where Wilson's does not", () => {
  const random = new Random("coverage");
  let covered = 0, coveredByWilson = 0;
  const repeats = 300;
  for (let repeat = 0; repeat < repeats; repeat++) {
    // 30 groups of eight; in each, either nearly all or nearly none are right. The true accuracy is one half.
    const correct: boolean[] = [];
    const of: number[] = [];
    for (let group = 0; group < 30; group++) {
      const share = random.next() < 0.5 ? 0.9 : 0.1;
      for (let image = 0; image < 8; image++) {
        correct.push(random.next() < share);
        of.push(group);
      }
    }
    const grouped = accuracyInterval({ correct, groups: of, resamples: 400, seed: repeat });
    covered += Number(grouped.low <= 0.5 && 0.5 <= grouped.high);
    const single = accuracyInterval({ correct });
    coveredByWilson += Number(single.low <= 0.5 && 0.5 <= single.high);
  }
  assert.ok(covered / repeats > 0.88 && covered / repeats < 0.99, `${covered / repeats}`);
  assert.ok(coveredByWilson / repeats < 0.75, `${coveredByWilson / repeats}`);
});

Deno.test("accuracyInterval() rejects no images and groups of another length", () => {
  assert.throws(() => accuracyInterval({ correct: [] }), /at least 1 image is needed/);
  assert.throws(
    () => accuracyInterval({ correct: [true, false], groups: [1] }),
    new StatsError(
      'Cannot make an accuracy: "correct" and "groups" must be equally long, they have 2 and 1 items',
    ),
  );
});
