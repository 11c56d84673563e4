import assert from "node:assert/strict";
import type { Fold, ReserveImage } from "../../../lib/dataset/mod.ts";
import { checkWithReserve, type Learner, moreData, NotDone, thingsOrPictures } from "../../../lib/improve/mod.ts";
import { rightOnes } from "../../../lib/improve/more_data/learner.ts";
import { additions } from "../../../lib/improve/more_data/reserve_check.ts";
import { syntheticImages } from "./_synthetic.ts";

/** Right about every image whose turn comes with so many different groups in training; told what it learnt from. */
function fakeLearner(seen: Fold[] = []): Learner {
  return {
    name: "fake",
    label: "Fake",
    learn(images, folds) {
      seen.push(...folds);
      return Promise.resolve(folds.map(({ train, validation }) => {
        const groups = new Set(train.map((i) => images.records[i].group)).size;
        const solved = 1 - 2 * groups ** -0.5;
        return Float32Array.from(validation.flatMap((image, at) => {
          const { label } = images.records[image];
          const right = (at * 0.618) % 1 < solved;
          return images.classes.map((_, k) => k === (right ? label : (label + 1) % images.classes.length) ? 0.9 : 0.05);
        }));
      }));
    },
  };
}

Deno.test("moreData() trains on parts of each fold, whole groups at a time, and measures the same images always", async () => {
  const images = syntheticImages({ groups: 60, each: 3 });
  const folds = images.folds(3, { seed: 1 });
  const seen: Fold[] = [];
  const curve = await moreData(images, folds, { learner: fakeLearner(seen), draws: 3, seed: 1 });
  assert.equal(seen.length, 3 * (6 * 3 + 1));
  for (const fold of seen) {
    const whole = folds[fold.index];
    assert.deepEqual(fold.validation, whole.validation);
    assert.ok(fold.train.every((i) => whole.train.includes(i)));
    const groups = new Set(fold.train.map((i) => images.records[i].group));
    assert.equal(fold.train.length, 3 * groups.size);
  }
  assert.deepEqual(curve.facts.sizes.map(({ correct }) => correct.length), [3, 3, 3, 3, 3, 3, 1]);
  assert.equal(curve.trained, 360);
  assert.equal(curve.refused, null);
  assert.ok(curve.accuracy.n === 540 && curve.accuracy.groups === 180);
});

Deno.test("moreData() of very few images leaves out sizes that are no larger, and predicts nothing", async () => {
  const images = syntheticImages({ groups: 6, each: 1 });
  const curve = await moreData(images, images.folds(3), { learner: fakeLearner() });
  const sizes = curve.facts.sizes.map(({ trained }) => trained);
  assert.ok(sizes.length < 6 && sizes.every((n, i) => i === 0 || n >= 1.08 * sizes[i - 1]), sizes.join());
  assert.equal(sizes[sizes.length - 1], 12);
  assert.match(curve.refused!, /sizes of training set were measured/);
});

Deno.test("thingsOrPictures() finds that new things teach more where only things count", async () => {
  const images = syntheticImages({ groups: 40, each: 4 });
  const halves = await thingsOrPictures(images, images.folds(3), { learner: fakeLearner() });
  const [found] = halves.findings.findings;
  assert.equal(found.code, "things-or-pictures");
  assert.match(found.sentence, /^Images of new things teach more than more images of the same: /);
  assert.match(found.remedy, /many things/);
  assert.ok(halves.chart() !== null);
});

Deno.test("thingsOrPictures() says why it cannot tell: no groups known, or one image of each", async () => {
  const alone = syntheticImages({ each: 1 });
  const none = await thingsOrPictures(alone, alone.folds(3), { learner: fakeLearner() });
  assert.equal(none.chart(), null);
  assert.match(none.findings.text(), /cannot be told: which images show the same thing is not known/);
  assert.equal(none.details().text(), "");
});

Deno.test("the reserve: never an emoji that the fold measures, never more than double, equally many class by class", () => {
  const images = syntheticImages({ classes: 3, groups: 12, each: 2 });
  const folds = images.folds(3);
  const reserve: ReserveImage[] = [];
  for (let label = 0; label < 3; label++) {
    for (let g = 0; g < 12; g++) {
      for (const style of ["x", "y", "z"]) {
        reserve.push({ label, group: `${label}/${g}`, style, known: true, path: `${label}/${g}/${style}` });
      }
    }
    // The last class has no new ones.
    for (let g = 0; label < 2 && g < 5; g++) {
      reserve.push({ label, group: `new ${label}/${g}`, style: "x", known: false, path: `new ${label}/${g}` });
    }
  }
  for (const fold of folds) {
    const arms = additions(images, fold, reserve, 1);
    const measured = new Set(fold.validation.map((i) => images.records[i].group));
    const count = (arm: readonly ReserveImage[]) => [0, 1, 2].map((k) => arm.filter(({ label }) => label === k).length);
    const trained = [0, 1, 2].map((k) => fold.train.filter((i) => images.records[i].label === k).length);
    for (const arm of Object.values(arms)) assert.ok(arm.every(({ group }) => !measured.has(group)));
    assert.deepEqual(count(arms.styles), trained);
    assert.deepEqual(count(arms.emoji), [5, 5, 0]);
    assert.deepEqual(count(arms["styles-alike"]), [5, 5, 0]);
    assert.ok(arms.styles.every(({ known }) => known) && arms.emoji.every(({ known }) => !known));
    assert.equal(arms.both.length, arms.styles.length + arms.emoji.length);
  }
});

Deno.test("checkWithReserve() of own images says that there is nothing to add", async () => {
  const images = syntheticImages({ groups: 30 });
  const folds = images.folds(3);
  const curve = await moreData(images, folds, { learner: fakeLearner() });
  const check = await checkWithReserve(images, folds, curve, { learner: fakeLearner() });
  assert.ok(check instanceof NotDone);
  assert.match(check.findings.text(), /only of the sample were images kept back/);
});

Deno.test("rightOnes() puts probabilities back to the usual class shares when some classes have grown", () => {
  const images = syntheticImages({ classes: 2, groups: 8, each: 1 });
  const usual = [0, 1, 8, 9]; // two of each
  const grown = [0, 1, 2, 3, 4, 5, 8, 9]; // six of the first
  const fold = { train: grown, validation: [10, 7] };
  const said = Float32Array.from([0.6, 0.4, 0.9, 0.1]); // the first is of the second class
  assert.deepEqual(rightOnes(images, fold, said), [false, true]);
  assert.deepEqual(rightOnes(images, fold, said, usual), [true, true]);
});
