import assert from "node:assert/strict";
import { simulate } from "../../tools/coverage_simulation.ts";

Deno.test("intervals over folds hold the expected accuracy, and equally good learners are seldom told apart", () => {
  // 60 data sets tell 95 % from 85 %, no more: `deno task coverage` is the same with 2,000.
  const learners = [...simulate({ datasets: 60 })];
  assert.deepEqual(learners.map(({ learner, groups }) => `${learner}${groups ? ", groups" : ""}`), [
    "nearest centroid",
    "1-nearest neighbour",
    "decision tree, depth 3",
    "nearest centroid, groups",
    "1-nearest neighbour, groups",
    "decision tree, depth 3, groups",
  ]);
  for (const { learner, truth, mean, deviation, methods: [corrected, overFolds] } of learners) {
    assert.ok(Math.abs(mean - truth) < 4 * deviation / Math.sqrt(60), `${learner}: ${mean} is far from ${truth}`);
    assert.ok(corrected.coverage >= 0.9, `${learner}: covers ${corrected.coverage}`);
    assert.ok(corrected.falsePositives <= 0.1, `${learner}: ${corrected.falsePositives} false positives`);
    assert.ok(corrected.width < overFolds.width, `${learner}: wider than over fold scores`);
  }
});

Deno.test("simulate() rejects a number of images that folds and groups do not divide", () => {
  assert.throws(() => [...simulate({ datasets: 1, images: 150 })], /must be a multiple of 100, got 150/);
});
