import assert from "node:assert/strict";
import { type DiagnosisError, learningCurves } from "../../lib/diagnose/mod.ts";
import { fall, smoothed, valleyOf } from "../../lib/diagnose/_curve.ts";
import { jupyterDisplay, RECORD_MIME, type ResultRecord } from "../../lib/display/mod.ts";
import { Random } from "../../lib/stats/mod.ts";
import { type Course, pictures, runs } from "./_synthetic.ts";

const blank = () => 0;
/** 16 classes, as the sample has them, in groups of two. */
const images = pictures({ counts: new Array(16).fill(48), groupSize: 2, paint: blank });
const folds = images.folds(5, { by: "group", seed: 1 });
const LN16 = Math.log(16);

const falling = (to: number, steepness = 4): Course => (progress) => to + (LN16 - to) * Math.exp(-steepness * progress);
/** Falls until `epoch`, then rises by `slope` an epoch. */
const valley = (epoch: number, low: number, slope: number): Course => (_, at) =>
  at <= epoch ? LN16 - (LN16 - low) * (at - 1) / (epoch - 1) : low + slope * (at - epoch);

const overfitted = {
  epochs: 20,
  loss: falling(0.05, 6),
  validationLoss: valley(6, 2.3, 0.1),
  training: 0.91,
  unseen: 0.27,
};

Deno.test("learningCurves() says from which epoch the thread's kind of curve overfits, with both accuracies", () => {
  const verdict = learningCurves(runs(folds, overfitted), images);
  assert.equal(verdict.verdict, "overfitting");
  assert.match(
    verdict.sentence,
    /^Overfitting from epoch 7: 91(\.0)?\s% on the training images, 27(\.\d)?\s% \[2\d(\.\d)?, 3\d(\.\d)?\] on unseen images\./,
  );
  const gap = verdict.findings[0].evidence.find(({ id }) => id.endsWith(".gap"))!;
  assert.ok(gap.low! > 0.5 && gap.high! < 0.75 && gap.low! < gap.value && gap.value < gap.high!);
  assert.equal(gap.groups, 384);
  assert.equal(verdict.findings[0].evidence.find(({ id }) => id.endsWith(".best-epoch"))!.value, 6);
});

for (const seed of [1, 2, 3, 4, 5]) {
  Deno.test(`learningCurves() tells overfitting through noise (seed ${seed})`, () => {
    const verdict = learningCurves(runs(folds, { ...overfitted, noise: 0.04, seed }), images);
    assert.equal(verdict.verdict, "overfitting");
    assert.match(verdict.sentence, /from epoch [5-9]:/);
  });

  Deno.test(`learningCurves() does not call a noisy plateau unfinished (seed ${seed})`, () => {
    const settled = { epochs: 30, loss: falling(1.9, 20), validationLoss: falling(2, 20), training: 0.4, unseen: 0.37 };
    const verdict = learningCurves(runs(folds, { ...settled, noise: 0.02, seed }), images);
    assert.equal(verdict.verdict, "underfitting");
  });
}

Deno.test("learningCurves() calls a gap without a rise overfitting too, but names no epoch", () => {
  const verdict = learningCurves(
    runs(folds, {
      epochs: 20,
      loss: falling(0.6, 6),
      validationLoss: falling(2.2, 12),
      training: 0.8,
      unseen: 0.3,
    }),
    images,
  );
  assert.equal(verdict.verdict, "overfitting");
  assert.doesNotMatch(verdict.sentence, /from epoch/);
});

Deno.test("learningCurves() says underfitting when training and unseen images fare alike and badly", () => {
  const verdict = learningCurves(
    runs(folds, {
      epochs: 20,
      loss: falling(1.9, 20),
      validationLoss: falling(2, 20),
      training: 0.4,
      unseen: 0.37,
    }),
    images,
  );
  assert.equal(verdict.verdict, "underfitting");
  assert.equal(verdict.findings[0].severity, "warning");
});

Deno.test("learningCurves() says that a model at chance on its training images has learnt nothing", () => {
  const verdict = learningCurves(
    runs(folds, { epochs: 20, loss: () => LN16, validationLoss: () => LN16, training: 0.07, unseen: 0.06 }),
    images,
  );
  assert.equal(verdict.verdict, "underfitting");
  assert.equal(verdict.findings[0].severity, "error");
  assert.match(verdict.sentence, /learnt nothing/);
});

Deno.test("learningCurves() compares with the most frequent class, not with 1 / K, where classes are uneven", () => {
  const uneven = pictures({ counts: [90, 10], paint: blank });
  const verdict = learningCurves(
    runs(uneven.folds(5, { by: "image", seed: 1 }), {
      epochs: 20,
      loss: () => 0.33,
      validationLoss: () => 0.33,
      training: 0.9,
      unseen: 0.9,
    }),
    uneven,
  );
  assert.match(verdict.sentence, /learnt nothing/);
});

Deno.test("learningCurves() says not converged while both losses still fall, and since when it looked", () => {
  const line = (to: number): Course => (progress) => LN16 - (LN16 - to) * progress;
  const verdict = learningCurves(
    runs(folds, {
      epochs: 20,
      loss: line(1.2),
      validationLoss: line(1.5),
      training: 0.62,
      unseen: 0.55,
      noise: 0.01,
    }),
    images,
  );
  assert.equal(verdict.verdict, "not-converged");
  assert.match(verdict.sentence, /from epoch 15 to 20/);
});

Deno.test("learningCurves() calls it no unfinished training when the images are learnt by heart", () => {
  // Ever smaller losses still fall by large shares.
  const shrinking: Course = (progress) => LN16 * Math.exp(-9 * progress);
  const verdict = learningCurves(
    runs(folds, { epochs: 20, loss: shrinking, validationLoss: valley(20, 0.3, 0), training: 1, unseen: 0.95 }),
    images,
  );
  assert.equal(verdict.verdict, "good-fit");
});

Deno.test("learningCurves() says diverging for a loss that is no number, even after two epochs, with epoch and runs", () => {
  const list = runs(folds, {
    epochs: 2,
    loss: (_, epoch) => epoch === 2 ? NaN : 5,
    validationLoss: () => NaN,
    training: 0.06,
    unseen: 0.06,
  });
  const verdict = learningCurves(list, images);
  assert.equal(verdict.verdict, "diverging");
  assert.match(verdict.sentence, /from epoch 1 on.*in 5 of 5 runs/);
  assert.equal(learningCurves(list[0], images).verdict, "diverging");
});

Deno.test("learningCurves() says diverging when one fold of five breaks", () => {
  const list = runs(folds, overfitted);
  const history = list[2].history.map((row) => row.epoch >= 9 ? { ...row, loss: NaN, validationLoss: NaN } : row);
  list[2] = { ...list[2], history: history.slice(0, 9) };
  const verdict = learningCurves(list, images);
  assert.equal(verdict.verdict, "diverging");
  assert.match(verdict.sentence, /from epoch 9 on.*in 1 of 5 runs/);
});

Deno.test("learningCurves() says diverging when the training loss ends above its start", () => {
  const rising: Course = (progress) => 2.8 + 4 * progress;
  const verdict = learningCurves(
    runs(folds, { epochs: 10, loss: rising, validationLoss: rising, training: 0.06, unseen: 0.06 }),
    images,
  );
  assert.equal(verdict.verdict, "diverging");
});

Deno.test("learningCurves() says diverging when the training loss comes back up far from its lowest", () => {
  const verdict = learningCurves(
    runs(folds, {
      epochs: 20,
      loss: valley(8, 0.8, 0.13),
      validationLoss: () => 2.5,
      training: 0.3,
      unseen: 0.2,
    }),
    images,
  );
  assert.equal(verdict.verdict, "diverging");
  assert.match(verdict.sentence, /at epoch [789] /);
});

Deno.test("learningCurves() calls up to three epochs too short, and never compares them", () => {
  for (const epochs of [1, 2, 3]) {
    const verdict = learningCurves(
      runs(folds, { ...overfitted, epochs, loss: (p) => 2.7 - p, validationLoss: (p) => 2.7 - p / 2 }),
      images,
    );
    assert.equal(verdict.verdict, "too-short");
  }
});

Deno.test("learningCurves() suspects the data when training images are fitted and the validation loss stays level", () => {
  const options = { epochs: 20, loss: falling(0.3, 8), validationLoss: falling(1.2, 16), training: 0.93, unseen: 0.6 };
  const verdict = learningCurves(runs(folds, options), images);
  assert.equal(verdict.verdict, "data-limited");
  assert.match(verdict.sentence, /a sign, not a proof/);
  assert.match(verdict.sentence, /level since about epoch [4-9],.* about 38 images/);
});

Deno.test("learningCurves() adds the suspicion about data to overfitting that augmentation did not cure", () => {
  const verdict = learningCurves(runs(folds, { ...overfitted, augmented: true }), images);
  assert.deepEqual(verdict.findings.map(({ code }) => code), ["overfitting", "data-limited"]);
});

Deno.test("learningCurves() says that a wide gap cannot be told with a dozen unseen images", () => {
  const few = pictures({ counts: [30, 30], paint: blank });
  const [fold] = few.folds(5, { by: "image", seed: 1 });
  const verdict = learningCurves(
    runs([fold], {
      epochs: 20,
      loss: falling(0.1, 20),
      validationLoss: falling(0.5, 20),
      training: 0.95,
      unseen: 0.83,
    }),
    few,
  );
  assert.equal(verdict.verdict, "unclear");
  assert.match(verdict.sentence, /12 unseen images/);
});

Deno.test("learningCurves() calls a small gap at high accuracy a good fit", () => {
  const verdict = learningCurves(
    runs(folds, {
      epochs: 20,
      loss: falling(0.2, 12),
      validationLoss: falling(0.3, 12),
      training: 0.94,
      unseen: 0.91,
    }),
    images,
  );
  assert.equal(verdict.verdict, "good-fit");
  assert.equal(verdict.findings[0].severity, "good");
});

Deno.test("learningCurves() judges folds that stopped early at the epochs most of them reached", () => {
  const list = runs(folds, overfitted);
  list[0] = { ...list[0], history: list[0].history.slice(0, 9), keptEpoch: 6 };
  assert.equal(learningCurves(list, images).verdict, "overfitting");
});

Deno.test("learningCurves() refuses no runs, two models together, and an image measured twice", () => {
  const list = runs(folds, overfitted);
  assert.throws(() => learningCurves([], images), /at least one run, got none/);
  assert.throws(() => learningCurves([list[0], { ...list[1], model: "other" }], images), /net, other/);
  assert.throws(
    () => learningCurves([list[0], list[0]], images),
    (error: DiagnosisError) => error.name === "DiagnosisError" && /measured by one run/.test(error.message),
  );
});

Deno.test("a verdict shows its findings and draws its curves", async () => {
  const verdict = learningCurves(runs(folds, overfitted), images);
  const shown = await verdict[jupyterDisplay]();
  assert.deepEqual((shown[RECORD_MIME] as ResultRecord).findings, verdict.findings);
  assert.match(shown["text/html"] as string, /Overfitting from epoch 7/);
  assert.match(verdict.chart().title, /^net: loss and accuracy/);
  assert.match(verdict.chart().alt, /fold 5/);
});

Deno.test("fall() is the share by which a straight line falls, whatever lies around it", () => {
  assert.equal(fall([10, 9, 8]).toFixed(6), "0.200000");
  assert.equal(fall([1, 2]).toFixed(6), "-1.000000");
  assert.equal(fall([3, 3, 3]), 0);
});

Deno.test("smoothed() takes odd epochs down and keeps the length", () => {
  assert.deepEqual(smoothed([1, 1, 4, 1, 1]), [1, 2, 2, 2, 1]);
});

Deno.test("valleyOf() is the smallest value itself, but not an odd one far from the valley", () => {
  assert.equal(valleyOf([2.71, 2.67, 2.7, 2.94, 4.47]), 1);
  assert.equal(valleyOf([5, 4, 3, 2.9, 3, 3.2, 4, 2.8, 4.2, 5]), 3);
});

Deno.test("learningCurves() has a verdict for whatever history there is", () => {
  const seen = new Set<string>();
  for (let seed = 0; seed < 80; seed++) {
    const random = new Random(seed);
    const training = random.next();
    const list = runs(folds.slice(0, 1 + random.integer(5)), {
      epochs: 1 + random.integer(12),
      loss: falling(3 * random.next(), 8 * random.next()),
      validationLoss: valley(2 + random.integer(8), 3 * random.next(), random.next() / 4),
      training,
      unseen: Math.min(1, training * random.next() * 1.2),
      noise: random.next() / 10,
      seed,
    });
    const { verdict, sentence } = learningCurves(list, images);
    assert.doesNotMatch(sentence, /NaN|undefined|Infinity/);
    seen.add(verdict);
  }
  assert.ok(seen.size >= 4, [...seen].join());
});
