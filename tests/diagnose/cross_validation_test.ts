import assert from "node:assert/strict";
import { crossValidation, predictionsOf } from "../../lib/diagnose/mod.ts";
import { balancedAccuracy, crossValidatedAccuracy, macroF1 } from "../../lib/stats/mod.ts";
import { classMeans } from "../../lib/diagnose/_class_means.ts";
import { asRuns, labelled, predicted, rightIn } from "./_predictions.ts";

const codes = (summary: { findings: { findings: readonly { code: string }[] } }) =>
  summary.findings.findings.map(({ code }) => code);
const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-12, `${a}, ${b}`);

const dataset = labelled([60, 60, 60, 60], { groupSize: 3 });

Deno.test("crossValidation() gives the accuracy over all folds with its corrected interval, images and groups", () => {
  const predictions = predicted(dataset, rightIn(0.6, 4));
  const summary = crossValidation(asRuns(predictions, 4), dataset);
  const expected = crossValidatedAccuracy({
    correct: summary.predictions.correct,
    labels: summary.predictions.images.map((i) => dataset.records[i].label),
    groups: summary.predictions.images.map((i) => dataset.records[i].group),
    folds: 5,
  });
  assert.deepEqual(summary.accuracy, expected);
  assert.deepEqual([summary.accuracy.n, summary.accuracy.groups], [240, 80]);
  const [figure] = summary.figures();
  assert.deepEqual([figure.rung, figure.key, figure.id], ["model", true, "net.cross-validated.accuracy"]);
  assert.deepEqual(codes(summary), ["cross-validated"]);
});

Deno.test("crossValidation() has the balanced accuracy and macro-F1 of lib/stats, each with an interval", () => {
  const uneven = labelled([120, 30, 12]);
  const predictions = predicted(uneven, rightIn(0.6, 3));
  const summary = crossValidation(predictions, uneven);
  const labels = uneven.records.map(({ label }) => label);
  const said = predictions.images.map((i) => {
    const row = [...predictions.probabilities.subarray(3 * i, 3 * i + 3)];
    return row.indexOf(Math.max(...row));
  });
  near(summary.balancedAccuracy.estimate, balancedAccuracy(labels, said, 3));
  near(summary.macroF1.estimate, macroF1(labels, said, 3));
  for (const { low, estimate, high } of [summary.balancedAccuracy, summary.macroF1]) {
    assert.ok(low < estimate && estimate < high && low >= 0 && high <= 1);
  }
  // The small classes decide: it is less sure than the accuracy.
  const width = ({ low, high }: { low: number; high: number }) => high - low;
  assert.ok(width(summary.balancedAccuracy) > 1.3 * width(summary.accuracy));
  assert.ok(summary.uneven);
});

Deno.test("classMeans() counts classes that do not occur as lib/stats does, and no answer as a miss", () => {
  const labels = [0, 0, 1, 1, 3], said = [0, 1, 1, 1, 0], all = [0, 1, 2, 3, 4];
  near(classMeans(labels, said, 5, all).balancedAccuracy, balancedAccuracy(labels, said, 5));
  near(classMeans(labels, said, 5, all).macroF1, macroF1(labels, said, 5));
  // Nothing is taken for class 4: with an answer left out, only the miss counts.
  near(classMeans([0, 0], [0, -1], 5, [0, 1]).balancedAccuracy, 0.5);
  near(classMeans([0, 0], [0, -1], 5, [0, 1]).macroF1, 2 / 3);
});

Deno.test("crossValidation() tells the spread over folds from that over repeats", () => {
  // Fold 0 is hard in every repeat, so the folds differ much and the repeats not at all.
  const hard = predicted(dataset, (image, label) => ({ said: image % 5 === 0 ? (label + 1) % 4 : label, p: 0.9 }));
  const same = crossValidation({ byRepeat: [asRuns(hard, 4), asRuns(hard, 4)], vary: "seed" }, dataset);
  assert.equal(same.overRepeats!.deviation, 0);
  assert.equal(same.overRepeats!.vary, "seed");
  near(same.overFolds!.deviation, Math.sqrt(0.2));
  assert.deepEqual([same.overFolds!.low, same.overFolds!.high, same.overFolds!.count], [0, 1, 10]);
  // All folds alike, one repeat better than the other.
  const level = (share: number) =>
    predicted(
      dataset,
      (image, label) => ({ said: Math.floor(image / 5) % 10 < 10 * share ? label : (label + 1) % 4, p: 0.9 }),
    );
  const other = crossValidation(
    { byRepeat: [asRuns(level(0.5), 4), asRuns(level(0.6), 4)], vary: "folds" },
    dataset,
  );
  assert.ok(other.overFolds!.deviation < 1e-9);
  assert.ok(other.overRepeats!.deviation > 0.05);
  assert.deepEqual(codes(other), ["cross-validated", "spread-over-repeats"]);
  assert.match(other.findings.text(), /Trained 2 times, each time with other folds and another seed/);
  assert.equal(other.byFold.length, 10);
  assert.match(other.chart().alt, /^All 5 folds, 2 times .*; Repeat 1, fold 1 .*; Repeat 2, fold 5 /);
});

Deno.test("crossValidation() of repeats takes each image with the share of the repeats it was right in", () => {
  const a = predicted(dataset, rightIn(0.6, 4), { seed: 1 }), b = predicted(dataset, rightIn(0.6, 4), { seed: 2 });
  const summary = crossValidation({ byRepeat: [asRuns(a, 4), asRuns(b, 4)], vary: "folds" }, dataset);
  const mean = (flags: readonly boolean[]) => flags.filter(Boolean).length / flags.length;
  near(summary.accuracy.estimate, (mean(a.correct) + mean(b.correct)) / 2);
  const once = crossValidation(asRuns(a, 4), dataset);
  const width = ({ low, high }: { low: number; high: number }) => high - low;
  // Narrower, but far from what twice as many images would give.
  assert.ok(width(summary.accuracy) < width(once.accuracy));
  assert.ok(width(summary.accuracy) > 0.6 * width(once.accuracy));
});

Deno.test("crossValidation() of predictions from elsewhere leaves out what needs folds and histories", () => {
  const { foldOf: _, ...predictions } = predicted(dataset, rightIn(0.6, 4), { folds: 1 });
  const summary = crossValidation(predictions, dataset, { name: "Keras <run>" });
  assert.equal(summary.curves(), null);
  assert.equal(summary.overFolds, null);
  assert.equal(summary.overRepeats, null);
  assert.equal(summary.accuracy.method, "bootstrap over groups");
  assert.match(summary.findings.text(), /Keras <run>, on images it was not trained on, gets/);
  assert.ok(summary.html().includes("Keras &lt;run&gt;") && !summary.html().includes("Keras <run>"));
  assert.equal(summary.chart().id, "fold-accuracies-keras-run");
});

Deno.test("crossValidation() of a diverged run counts its images as wrong and says that the scores say nothing", () => {
  const predictions = predicted(dataset, (image, label) => image % 5 === 2 ? null : { said: label, p: 0.9 });
  const summary = crossValidation(asRuns(predictions, 4), dataset);
  assert.equal(summary.unanswered, 48);
  near(summary.accuracy.estimate, 0.8);
  near(summary.balancedAccuracy.estimate, 0.8);
  assert.deepEqual(codes(summary), ["no-answer", "cross-validated"]);
  assert.equal(summary.findings.findings[0].severity, "error");
  assert.doesNotMatch(summary.text() + summary.html() + summary.findings.text(), /NaN|undefined/);
});

Deno.test("crossValidation() says when a model is no better than the most frequent class", () => {
  const uneven = labelled([60, 20]);
  const summary = crossValidation(predicted(uneven, () => ({ said: 0, p: 0.7 })), uneven);
  assert.deepEqual(codes(summary), ["no-better-than-chance", "accuracy-flatters"]);
  assert.match(summary.findings.text(), /always saying the most frequent class gets 75/);
});

Deno.test("crossValidation() says when accuracy flatters because classes are uneven", () => {
  const uneven = labelled([160, 20, 20]);
  const summary = crossValidation(
    predicted(uneven, (_image, label, random) => ({ said: label === 0 || random.next() < 0.2 ? label : 0, p: 0.8 })),
    uneven,
  );
  assert.ok(codes(summary).includes("accuracy-flatters"));
  const even = crossValidation(predicted(dataset, rightIn(0.6, 4)), dataset);
  assert.ok(!codes(even).includes("accuracy-flatters"));
});

Deno.test("crossValidation() holds with two folds, two classes, and a class of a single image", () => {
  const tiny = labelled([12, 1]);
  const summary = crossValidation(predicted(tiny, rightIn(0.7, 2), { folds: 2 }), tiny);
  assert.equal(summary.byFold.length, 2);
  assert.ok(summary.macroF1.high >= summary.macroF1.estimate && summary.macroF1.low <= summary.macroF1.estimate);
  assert.doesNotMatch(summary.text() + summary.findings.text(), /NaN|undefined/);
});

Deno.test("crossValidation() draws its curves with a band over folds where there are histories", () => {
  const runs = asRuns(predicted(dataset, rightIn(0.6, 4)), 4).map((run, fold) => ({
    ...run,
    keptEpoch: 2,
    inner: [],
    config: { earlyStopping: { patience: 2 } },
    history: [1, 2, 3].map((epoch) => ({
      epoch,
      loss: 1 / epoch,
      accuracy: 0.5,
      validationLoss: 1 + fold / 10,
      validationAccuracy: 0.4,
      seconds: 1,
    })),
  }));
  const summary = crossValidation(runs, dataset);
  assert.equal(summary.curves()!.id, "learning-curve-bands-net");
  assert.match(summary.curves()!.title, /mean and range of 5 trainings/);
  // Early stopping was asked for, but no class had images to give.
  assert.ok(codes(summary).includes("no-images-to-stop-by"));
  const stopped = runs.map((run) => ({ ...run, inner: [1, 2] }));
  assert.ok(!codes(crossValidation(stopped, dataset)).includes("no-images-to-stop-by"));
});

Deno.test("crossValidation() refuses what cannot be summed up", () => {
  const runs = asRuns(predicted(dataset, rightIn(0.6, 4)), 4);
  assert.throws(() => crossValidation({ byRepeat: [], vary: "folds" }, dataset), /at least one repeat/);
  assert.throws(() => crossValidation([], dataset), /at least one run/);
  assert.throws(
    () => crossValidation({ byRepeat: [runs, runs.slice(1)], vary: "folds" }, dataset),
    /each repeat must measure the same images, one of net has 192 and the first 240/,
  );
  const other = runs.map((run) => ({ ...run, model: "other" }));
  assert.throws(
    () => crossValidation({ byRepeat: [runs, other], vary: "folds" }, dataset),
    /repeats must be of one model, got net, other/,
  );
  const predictions = predicted(dataset, rightIn(0.6, 4));
  assert.throws(
    () => crossValidation({ ...predictions, images: [...predictions.images.slice(1), 999] }, dataset),
    /999/,
  );
});

Deno.test("predictionsOf() knows which fold said what", () => {
  const predictions = predictionsOf(asRuns(predicted(dataset, rightIn(0.6, 4), { folds: 3 }), 4), dataset);
  assert.equal(predictions.folds, 3);
  predictions.images.forEach((image, i) => assert.equal(predictions.foldOf![i], image % 3));
  assert.equal(predictionsOf(predictions, dataset), predictions);
});
