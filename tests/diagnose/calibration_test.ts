import assert from "node:assert/strict";
import { calibration, type Predictions } from "../../lib/diagnose/mod.ts";
import { applyTemperature, Random } from "../../lib/stats/mod.ts";
import { labelled, predicted, rightIn, type Says } from "./_predictions.ts";

const K = 4;
const dataset = labelled(new Array(K).fill(100), { groupSize: 2 });

/** As sure as it should be: images differ in how hard they are. */
const honest: Says = (_image, label, random) => {
  const p = 0.4 + 0.55 * random.next();
  return { said: random.next() < p ? label : (label + 1 + random.integer(K - 1)) % K, p };
};

/** The same answers, said at another temperature: below 1 they are surer than they should be. */
function sharpened(predictions: Predictions, temperature: number): Predictions {
  const probabilities = Float32Array.from(applyTemperature(predictions.probabilities, K, temperature));
  return { ...predictions, probabilities };
}

Deno.test("calibration() of honest confidences finds nothing to mend", () => {
  const result = calibration(predicted(dataset, honest), dataset);
  assert.equal(result.verdict, "well-calibrated");
  assert.ok(result.before!.error < result.before!.byChance);
  assert.ok(Math.abs(result.temperature! - 1) < 0.35, `${result.temperature}`);
  assert.equal(result.findings.findings[0].severity, "good");
});

Deno.test("calibration() seldom doubts honest confidences", () => {
  let doubted = 0;
  for (let seed = 1; seed <= 10; seed++) {
    doubted += Number(
      calibration(predicted(dataset, honest, { seed }), dataset, { seed }).verdict !== "well-calibrated",
    );
  }
  assert.ok(doubted <= 2, `${doubted} of 10`);
});

Deno.test("calibration() finds over-confidence, and the temperature that mends it out of fold", () => {
  const plain = calibration(predicted(dataset, honest), dataset);
  const result = calibration(sharpened(predicted(dataset, honest), 1 / 3), dataset);
  assert.equal(result.verdict, "over-confident");
  assert.ok(Math.abs(result.temperature! / plain.temperature! - 3) < 0.1, `${result.temperature}`);
  assert.ok(result.after!.error < result.before!.error / 2);
  assert.ok(result.after!.loss < result.before!.loss);
  assert.ok(result.after!.gap.low < 0 && result.after!.gap.high > 0);
  const [found] = result.findings.findings;
  assert.match(found.sentence, /^net is over-confident: its confidence is \d+(\.\d)?\spoints \[.*\] above the share/);
  assert.match(found.remedy, /fitted on other folds than it is measured on, it takes the calibration error from/);
  assert.equal(found.chart, result.chart()!.id);
});

Deno.test("calibration() finds a model that is less sure than it could be", () => {
  const result = calibration(sharpened(predicted(dataset, honest), 3), dataset);
  assert.equal(result.verdict, "under-confident");
  assert.match(result.findings.text(), /under-confident: its confidence is \d+.* below the share it gets right/);
  assert.ok(result.temperature! < 1);
});

Deno.test("calibration() fits no temperature on the fold that it is measured on", () => {
  const predictions = predicted(dataset, honest);
  const before = calibration(predictions, dataset);
  // The labels of fold 2 change: the temperatures of the other folds may, its own may not.
  const records = dataset.records.map((record, i) =>
    i % 5 === 2 ? { ...record, label: (record.label + 1) % K } : record
  );
  const after = calibration(predictions, { ...dataset, records });
  assert.equal(after.temperatures[2], before.temperatures[2]);
  for (const fold of [0, 1, 3, 4]) assert.notEqual(after.temperatures[fold], before.temperatures[fold]);
});

Deno.test("calibration() of predictions from elsewhere fits temperatures on other groups", () => {
  const { foldOf: _, ...predictions } = predicted(dataset, honest, { folds: 1 });
  const result = calibration(sharpened(predictions, 1 / 3), dataset);
  assert.equal(result.parts, "drawn");
  assert.equal(result.temperatures.length, 5);
  assert.equal(result.verdict, "over-confident");
  assert.match(result.findings.text(), /fitted on other images than it is measured on/);
  assert.ok(result.before!.gap.low > 0 && result.before!.gap.method.includes("bootstrap over groups"));
});

Deno.test("calibration() leaves out rows that are no probabilities, and says nothing of none", () => {
  const some = calibration(
    predicted(dataset, (i, label, random) => i % 5 === 1 ? null : honest(i, label, random)),
    dataset,
  );
  assert.deepEqual([some.images, some.leftOut], [320, 80]);
  assert.doesNotMatch(Deno.inspect(some) + some.chart()!.alt, /NaN|undefined/);
  const none = calibration(predicted(dataset, () => null), dataset);
  assert.equal(none.chart(), null);
  assert.equal(none.findings.findings[0].code, "no-calibration");
  assert.doesNotMatch(Deno.inspect(none), /NaN/);
});

Deno.test("calibration() of few images fits no temperature and calls nothing well calibrated", () => {
  const few = labelled([6, 6]);
  const result = calibration(predicted(few, rightIn(0.7, 2)), few);
  assert.equal(result.after, null);
  assert.notEqual(result.verdict, "well-calibrated");
  const two = calibration(predicted(labelled([30, 30]), rightIn(0.8, 2), { folds: 2 }), labelled([30, 30]));
  assert.equal(two.temperatures.length, 2);
});

Deno.test("calibration() finds confidences that are right on average only", () => {
  const random = new Random("levels");
  const levels = predicted(dataset, (image, label) => {
    // Too sure where it is sure, too unsure where it isn't.
    const sure = image % 2 === 0;
    return { said: random.next() < 0.7 ? label : (label + 1) % K, p: sure ? 0.95 : 0.45 };
  });
  assert.equal(calibration(levels, dataset).verdict, "miscalibrated");
});
