import assert from "node:assert/strict";
import { classScores } from "../../lib/diagnose/mod.ts";
import { classScores as scoresOf } from "../../lib/stats/mod.ts";
import { labelled, predicted, rightIn } from "./_predictions.ts";

Deno.test("classScores() has the scores and intervals of lib/stats, over groups where they are known", () => {
  for (const groupSize of [0, 3]) {
    const dataset = labelled([60, 45, 30], { groupSize });
    const predictions = predicted(dataset, rightIn(0.6, 3));
    const labels = dataset.records.map(({ label }) => label);
    const said = predictions.images.map((i) => {
      const row = [...predictions.probabilities.subarray(3 * i, 3 * i + 3)];
      return row.indexOf(Math.max(...row));
    });
    const groups = groupSize === 0 ? undefined : dataset.records.map(({ group }) => group);
    const expected = scoresOf(labels, said, 3, { groups });
    const result = classScores(predictions, dataset);
    assert.deepEqual(result.rows.map(({ name: _, ...score }) => score), expected);
    assert.equal(result.rows[0].recall!.method, groupSize === 0 ? "Wilson" : "bootstrap over groups");
  }
});

Deno.test("classScores() finds the class that is recognised worse than the rest, with its numbers", () => {
  const dataset = labelled([50, 50, 50, 50]);
  const result = classScores(
    predicted(
      dataset,
      (_i, label, random) => ({ said: random.next() < (label === 2 ? 0.1 : 0.8) ? label : 0, p: 0.7 }),
    ),
    dataset,
  );
  assert.deepEqual(result.weak.map(({ name }) => name), ["class 2"]);
  const [found] = result.findings.findings;
  assert.deepEqual([found.code, found.severity], ["weak-classes", "warning"]);
  assert.match(found.sentence, /^net recognises class 2 \d+.*\[.*\] of 50 images: less than the/);
  // The weakest class stands first.
  assert.equal(result.table().rows[0].name, "class 2");
});

Deno.test("classScores() seldom calls a class weak when all are alike", () => {
  const dataset = labelled(new Array(16).fill(30));
  let alarms = 0;
  for (let seed = 1; seed <= 6; seed++) {
    alarms += Number(classScores(predicted(dataset, rightIn(0.4, 16), { seed }), dataset).weak.length > 0);
  }
  assert.ok(alarms <= 1, `${alarms} of 6`);
});

Deno.test("classScores() says that with few images a class without a hit may be chance", () => {
  const dataset = labelled([40, 40, 2]);
  const result = classScores(
    predicted(dataset, (i, label) => ({ said: label === 2 || i % 5 > 2 ? 1 - label % 2 : label, p: 0.7 })),
    dataset,
  );
  assert.deepEqual(result.weak, []);
  assert.deepEqual(result.findings.findings.map(({ code }) => code), ["no-weak-class-told", "class-never-recognised"]);
  assert.match(result.findings.text(), /class 2 \(2 images\); with so few it may be chance/);
});

Deno.test("classScores() counts an image without an answer as a miss of its class and of no other", () => {
  const dataset = labelled([20, 20]);
  const result = classScores(
    predicted(dataset, (image, label) => image % 4 === 0 && label === 0 ? null : { said: label, p: 0.8 }),
    dataset,
  );
  assert.equal(result.rows[0].recall!.estimate, 0.75);
  assert.equal(result.rows[0].precision!.estimate, 1);
  assert.equal(result.rows[1].recall!.estimate, 1);
  assert.equal(result.accuracy, 35 / 40);
});

Deno.test("classScores() holds with a class without images and one that is never said", () => {
  const dataset = labelled([10, 0, 1]);
  const result = classScores(predicted(dataset, () => ({ said: 0, p: 0.9 }), { folds: 2 }), dataset);
  assert.equal(result.rows[1].recall, null);
  assert.equal(result.rows[2].precision, null);
  assert.doesNotMatch(Deno.inspect(result) + result.chart().alt, /NaN|undefined/);
});
