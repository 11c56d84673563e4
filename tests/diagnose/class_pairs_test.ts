import assert from "node:assert/strict";
import { classPairs, type Predictions } from "../../lib/diagnose/mod.ts";
import { Random } from "../../lib/stats/mod.ts";

/**
 * 60 images of each of four classes. The model knows classes 2 and 3, and of 0 and 1 only that it is one of the two: it
 * is right there with probability `known`.
 */
function fourClasses({ known = 0.5, seed = 1, groupSize = 1 } = {}) {
  const random = new Random(seed);
  const records = Array.from({ length: 240 }, (_, i) => ({
    label: Math.floor(i / 60),
    group: `${Math.floor(i / groupSize)}`,
  }));
  const probabilities = new Float32Array(240 * 4);
  let lucky = false;
  records.forEach(({ label }, i) => {
    // Groups are right or wrong as a whole.
    if (i % groupSize === 0) lucky = random.next() < known;
    const said = label > 1 || lucky ? label : 1 - label;
    for (let k = 0; k < 4; k++) probabilities[4 * i + k] = k === said ? 0.5 : said < 2 && k < 2 ? 0.4 : 0.05;
  });
  const images = [...records.keys()];
  const correct = images.map((i) => probabilities[4 * i + records[i].label] === 0.5);
  const predictions: Predictions = { name: "small-cnn", images, correct, folds: 5, probabilities };
  return { dataset: { classes: ["cat", "dog", "<car>", "boat"], grouped: groupSize > 1, records }, predictions };
}

Deno.test("classPairs() names the pair that the model guesses, and no other", () => {
  const { dataset, predictions } = fourClasses();
  const all = classPairs(dataset, predictions);
  assert.deepEqual(all.inseparable.map(({ a, b }) => [a, b]), [[0, 1]]);
  const [{ accuracy, p, confused }] = all.inseparable;
  assert.equal(accuracy.n, 120);
  assert.equal(confused, 120 - Math.round(accuracy.estimate * 120));
  assert.ok(accuracy.low < 0.5 && accuracy.high > 0.5 && p > 0.05);
  assert.ok(all.pairs.slice(1).every((pair) => pair.p < 0.001));
  const [found] = all.findings.findings;
  assert.equal(found.code, "classes-not-told-apart");
  assert.match(found.sentence, /1 pair of classes.*“cat and dog”/);
});

Deno.test("merging is judged beyond chance: a higher chance level is no gain", () => {
  const { dataset, predictions } = fourClasses();
  const [merged] = classPairs(dataset, predictions).merged;
  // All 240 are right when cat and dog are one class.
  assert.equal(merged.accuracyAfter.estimate, 1);
  assert.equal(merged.kappaAfter, 1);
  assert.ok(merged.gain.low > 0);
  assert.ok(Math.abs(merged.kappaAfter - merged.kappaBefore - merged.gain.estimate) < 1e-12);

  // A model that says one class after the other, whatever it sees: merging two raises accuracy, and is worth nothing.
  const blind = {
    ...predictions,
    probabilities: predictions.probabilities.map((_, j) => (j >> 2) % 4 === j % 4 ? 0.7 : 0.1),
  };
  const all = classPairs(dataset, blind);
  assert.equal(all.inseparable.length, 6);
  for (const { accuracyBefore, accuracyAfter, gain } of all.merged) {
    assert.equal(accuracyBefore.estimate, 0.25);
    assert.equal(accuracyAfter.estimate, 0.375);
    assert.ok(Math.abs(gain.estimate) < 1e-12 && gain.low < 0 && gain.high > 0);
  }
});

Deno.test("a pair that is told apart in four of five images is not called inseparable", () => {
  for (const seed of [1, 2, 3]) {
    const { dataset, predictions } = fourClasses({ known: 0.8, seed });
    const all = classPairs(dataset, predictions);
    assert.deepEqual(all.inseparable, []);
    assert.equal(all.findings.findings[0].code, "no-inseparable-classes");
  }
});

Deno.test("with groups, whole groups count: few of them cannot show that a pair is inseparable", () => {
  const { dataset, predictions } = fourClasses({ groupSize: 20 });
  const all = classPairs(dataset, predictions);
  const pair = all.pairs.find(({ a, b }) => a === 0 && b === 1)!;
  assert.equal(pair.accuracy.groups, 6);
  assert.equal(pair.inseparable, false);
});

Deno.test("class pairs show a table for the report, with names escaped", () => {
  const { dataset, predictions } = fourClasses();
  const all = classPairs(dataset, predictions);
  assert.equal(all.record().tables![0].rows.length, 6);
  assert.match(all.html(), /&lt;car&gt;/);
  assert.match(all.text(), /cat +dog .*not told apart/);
});
