import assert from "node:assert/strict";
import type { Fold } from "../../../lib/dataset/mod.ts";
import { innerSplits } from "../../../lib/improve/search/_inner_splits.ts";
import { race } from "../../../lib/improve/search/_race.ts";
import type { Evaluate, Settings, TrialJob } from "../../../lib/improve/search/types.ts";
import { Random } from "../../../lib/stats/mod.ts";

const N = 120, K = 4;
const labelOf = (image: number) => image % K;
const all = Array.from({ length: N }, (_, i) => i);

function foldsOf(k: number): Fold[] {
  return Array.from({ length: k }, (_, index) => {
    const validation = all.filter((i) => Math.floor(i / K) % k === index);
    const held = new Set(validation);
    return { train: all.filter((i) => !held.has(i)), validation, by: "image", index, of: k, seed: 1 };
  });
}

const images = { innerPart: (fold: Fold) => fold.train.filter((_, i) => i % 3 === 0) };

/** Trials that are right with a probability of their own; `jobs` keeps what was asked for. */
function fake(skill: (settings: Settings, image: number) => number, jobs: TrialJob[] = []): Evaluate {
  return (wanted) => {
    jobs.push(...wanted);
    return Promise.resolve(wanted.map(({ settings, fold, epochs }) => ({
      losses: [2, 1],
      seconds: 1,
      probabilities: Float32Array.from(fold.validation.flatMap((image) => {
        const lucky = new Random(`${settings.x}/${image}/${epochs}`).next() < skill(settings, image);
        return Array.from({ length: K }, (_, k) => Number(k === (labelOf(image) + (lucky ? 0 : 1)) % K));
      })),
    })));
  };
}

const trials = Array.from({ length: 9 }, (_, x) => ({ x }));
const rungs = [{ trials: 9, epochs: 4 }, { trials: 3, epochs: 12 }];
const ground = { labelOf, classes: K, epochs: 36 };

for (const k of [2, 3, 5]) {
  Deno.test(`innerSplits() of ${k} folds never shows a race the images of its own fold, in training or measuring`, () => {
    const folds = foldsOf(k);
    const { splits, races } = innerSplits(images, folds);
    assert.equal(races.length, k);
    for (const [j, looks] of races.entries()) {
      const own = new Set(folds[j].validation);
      assert.ok(looks.length > 0 && looks.every((look) => look.images.length > 0));
      for (const { split, images: seen } of looks) {
        assert.ok(splits[split].train.every((i) => !own.has(i)), `race ${j} trains on its fold`);
        assert.ok(seen.every((i) => !own.has(i) && splits[split].validation.includes(i)), `race ${j} sees its fold`);
      }
    }
    for (const { train, validation } of splits) assert.ok(validation.every((i) => !train.includes(i)));
  });
}

Deno.test("race() finds the best trial, stops the others by rungs and says why", async () => {
  const raced = await race(trials, innerSplits(images, foldsOf(3)), rungs, fake(({ x }) => Number(x) / 10), ground);
  assert.equal(raced.winner, 8);
  assert.equal(raced.tried[8].stopped, null);
  assert.equal(raced.tried.filter(({ scores }) => scores.length === 2).length, 3);
  assert.ok(raced.tried.filter(({ stopped }) => stopped === "behind").length >= 6);
  assert.equal(raced.measured.length, 2 * N);
  for (const { correct, probabilities } of raced.tried) {
    assert.equal(correct.length, 2 * N);
    assert.equal(probabilities.length, 2 * N * K);
  }
});

Deno.test("race() chooses for a fold without its images: what is good there alone is not chosen for it", async () => {
  const folds = foldsOf(3);
  const first = new Set(folds[0].validation);
  // Trial 5 is good on the first fold and nowhere else, trial 2 a little good everywhere.
  const skill = ({ x }: Settings, image: number) => x === 5 ? (first.has(image) ? 1 : 0.45) : x === 2 ? 0.6 : 0.1;
  const raced = await race(trials, innerSplits(images, folds), rungs, fake(skill), ground);
  assert.equal(raced.winners[0], 2);
  assert.equal(raced.winners[1], 5);
  assert.equal(raced.winners[2], 5);
});

Deno.test("race() trains what races share once, and decides the same again", async () => {
  const jobs: TrialJob[] = [];
  const splits = innerSplits(images, foldsOf(3));
  const evaluate = fake(({ x }) => Number(x) / 10, jobs);
  const once = await race(trials, splits, rungs, evaluate, ground);
  const names = jobs.map(({ settings, fold, epochs }) => `${settings.x}/${fold.index}/${epochs}`);
  assert.equal(new Set(names).size, names.length);
  assert.equal(once.trainings, names.length);
  assert.equal(names.filter((name) => name.endsWith("/4")).length, 9 * 3);
  assert.deepEqual(await race(trials, splits, rungs, evaluate, ground), once);
});
