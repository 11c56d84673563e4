import assert from "node:assert/strict";
import { labelErrorsOf } from "../../../lib/diagnose/mod.ts";
import { noisy } from "./_noisy.ts";

const codeOf = (options: Parameters<typeof noisy>[0]) => {
  const { dataset, predictions } = noisy(options);
  return labelErrorsOf(dataset, predictions).findings.findings[0].code;
};
const seeds = [1, 2, 3, 4, 5];

Deno.test("label-errors is found where 20 % of the labels are shuffled, and not where none is", () => {
  const found = (rate: number) => seeds.filter((seed) => codeOf({ n: 800, classes: 8, rate, seed }) === "label-errors");
  assert.deepEqual(found(0.2), seeds);
  assert.deepEqual(found(0), []);
});

Deno.test("label-errors is not found in a hard problem whose labels are right", () => {
  for (const seed of seeds) {
    const hard = { n: 800, classes: 8, rate: 0, seed, skill: 1.5 };
    assert.ok(noisy(hard).predictions.correct.filter(Boolean).length < 480); // wrong in 40 % and more
    assert.match(codeOf(hard), /^labels-(worth-a-look|cannot-be-judged)$/);
  }
});

Deno.test("labels are not judged by a model that does not know the images, however wrong it is", () => {
  const { dataset, predictions } = noisy({ n: 800, classes: 8, rate: 0, seed: 1, skill: 0 });
  const [found] = labelErrorsOf(dataset, predictions).findings.findings;
  assert.deepEqual([found.code, found.severity], ["labels-cannot-be-judged", "info"]);
});

Deno.test("suspects are far more often wrong than other images, the first ones most of all", () => {
  const { dataset, predictions, wrong } = noisy({ n: 800, classes: 8, rate: 0.1, seed: 1 });
  const { suspects } = labelErrorsOf(dataset, predictions);
  const share = (list: typeof suspects) => list.filter(({ image }) => wrong.has(image)).length / list.length;
  assert.ok(share(suspects.slice(0, 40)) > 0.8);
  assert.ok(share(suspects) > 0.4);
  for (const { image, suggested } of suspects.slice(0, 10)) assert.notEqual(suggested, dataset.records[image].label);
});

Deno.test("clean labels: no more suspects than the model's own uncertainty explains", () => {
  const { dataset, predictions } = noisy({ n: 800, classes: 8, rate: 0, seed: 2 });
  const { suspects, expected } = labelErrorsOf(dataset, predictions);
  assert.ok(suspects.length < 1.3 * expected, `${suspects.length} suspects, ${expected} expected`);
});

Deno.test("an image that all its group mates contradict comes first, whatever the model says", () => {
  const { dataset, predictions, wrong } = noisy({ n: 400, classes: 8, rate: 0.03, seed: 3, skill: 0.5, groupSize: 4 });
  const errors = labelErrorsOf(dataset, predictions);
  const outvoted = errors.suspects.filter(({ mates, matesForSuggested }) => mates === 3 && matesForSuggested === 3);
  assert.ok(outvoted.length >= wrong.size / 2);
  assert.ok(outvoted.every(({ image }) => wrong.has(image)));
  assert.deepEqual(errors.suspects.slice(0, outvoted.length), outvoted);
  // (1 - e)² of the pairs agree.
  const { estimate, low, high } = errors.evidence.contradicted!;
  assert.ok(low < 0.03 && 0.03 < high && Math.abs(estimate - 0.03) < 0.02);
});

Deno.test("groups that cut across classes, as persons do, say nothing", () => {
  const { dataset, predictions } = noisy({ n: 400, classes: 8, rate: 0, seed: 4 });
  const records = dataset.records.map((record, i) => ({ ...record, group: `person ${Math.floor(i / 8)}` }));
  const errors = labelErrorsOf({ ...dataset, grouped: true, records }, predictions);
  assert.equal(errors.evidence.contradicted, null);
  assert.ok(errors.suspects.every(({ mates }) => mates === 0));
});

Deno.test("label errors show a table, figures and a gallery, with names escaped", async () => {
  const { dataset, predictions } = noisy({ n: 300, classes: 4, rate: 0.2, seed: 5 });
  const errors = labelErrorsOf(dataset, predictions);
  assert.match(errors.html(), /class &lt;0&gt;/);
  assert.doesNotMatch(errors.html(), /class <0>/);
  const record = errors.record();
  assert.equal(record.tables![0].rows.length, errors.suspects.length);
  assert.deepEqual(record.figures!.map(({ id }) => id.replace("label-errors.", "")), [
    "sure",
    "far-off",
    "estimated",
    "suspects",
    "expected",
  ]);
  const grid = await errors.gallery({ most: 8 });
  assert.deepEqual(grid.content.rows.map(({ label, images }) => [label, images.length]), [["1 to 6", 6], [
    "7 to 8",
    2,
  ]]);
  assert.match(grid.html(), /class &lt;\d&gt;, or class &lt;\d&gt;\? \(\d+/);
});

Deno.test("the same predictions give the same findings", () => {
  const { dataset, predictions } = noisy({ n: 300, classes: 4, rate: 0.2, seed: 6 });
  assert.deepEqual(labelErrorsOf(dataset, predictions).record(), labelErrorsOf(dataset, predictions).record());
});
