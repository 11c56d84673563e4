import assert from "node:assert/strict";
import { drawQuestions, QuizError } from "../../lib/quiz/mod.ts";
import { images } from "./_asked.ts";

const perClass = (asked: readonly number[], { records, classes }: ReturnType<typeof images>) => {
  const counts = classes.map(() => 0);
  for (const index of asked) counts[records[index].label]++;
  return counts;
};

Deno.test("drawQuestions() asks everybody the same, by seed, and part of the same where it asks less", () => {
  const dataset = images([50, 50, 50]);
  const first = drawQuestions(dataset, { images: 60, seed: 1 });
  assert.deepEqual(drawQuestions(dataset, { images: 60, seed: 1 }), first);
  assert.notDeepEqual(drawQuestions(dataset, { images: 60, seed: 2 }).images, first.images);
  const fewer = drawQuestions(dataset, { images: 20, seed: 1 });
  assert.deepEqual(fewer.references, first.references);
  assert.ok(fewer.images.every((index) => first.images.includes(index)));
  assert.notEqual(fewer.fingerprint, first.fingerprint);
});

Deno.test("drawQuestions() asks about each class in its proportion, in no order that gives anything away", () => {
  const even = images([50, 50, 50]);
  assert.deepEqual(perClass(drawQuestions(even, { images: 30 }).images, even), [10, 10, 10]);
  const uneven = images([200, 50]);
  const counts = perClass(drawQuestions(uneven, { images: 50 }).images, uneven);
  assert.ok(Math.abs(counts[0] - 40) <= 1, counts.join());
  const labels = drawQuestions(even, { images: 90 }).images.map((index) => even.records[index].label);
  const blocks = Array.from({ length: 30 }, (_, i) => new Set(labels.slice(3 * i, 3 * i + 3)).size);
  assert.ok(blocks.some((size) => size < 3), "each class once in every three: the third could be guessed");
});

Deno.test("drawQuestions() never asks about an image of the test set, nor one of a group on a button", () => {
  const all = images([40, 40], { perGroup: 4 });
  const dataset = { ...all, development: all.development.filter((index) => index % 5 !== 0) };
  const { images: asked, references } = drawQuestions(dataset, { images: 1000 });
  assert.ok(asked.every((index) => dataset.development.includes(index)));
  assert.ok(references.flat().every((index) => dataset.development.includes(index)));
  assert.deepEqual(references.map((list) => list.length), [3, 3]);
  const shown = new Set(references.flat().map((index) => all.records[index].group));
  assert.ok(asked.every((index) => !shown.has(all.records[index].group)));
  references.forEach((list, label) => list.forEach((index) => assert.equal(all.records[index].label, label)));
});

Deno.test("drawQuestions() leaves at least half of each class to ask about; a single image has no picture beside it", () => {
  const tiny = images([1, 2, 4, 40]);
  const { images: asked, references } = drawQuestions(tiny, { images: 1000 });
  assert.deepEqual(references.map((list) => list.length), [0, 1, 2, 3]);
  assert.deepEqual(perClass(asked, tiny), [1, 1, 2, 37]);
});

Deno.test("drawQuestions() shares groups between classes where a group has images of several, as one person's signs", () => {
  const { records, ...rest } = images([20, 20, 20]);
  const signs = { ...rest, records: records.map((record, i) => ({ ...record, group: `person ${i % 20}` })) };
  const { images: asked, references } = drawQuestions(signs, { images: 1000 });
  assert.equal(new Set(references.flat().map((index) => signs.records[index].group)).size, 3);
  assert.equal(asked.length, 51);
});

Deno.test("drawQuestions() asks about each content once, and not where two classes claim it", () => {
  const { records, ...rest } = images([20, 20]);
  const same = records.map((record, i) => i === 1 ? { ...record, hash: records[0].hash } : record);
  assert.equal(drawQuestions({ ...rest, records: same }, { images: 1000 }).available, 19 - 3 + 20 - 3);
  const claimed = records.map((record, i) => i === 25 ? { ...record, hash: records[0].hash } : record);
  const { images: asked, references } = drawQuestions({ ...rest, records: claimed }, { images: 1000 });
  assert.ok(![...asked, ...references.flat()].some((index) => index === 0 || index === 25));
});

Deno.test("drawQuestions() refuses a number of images that is none", () => {
  for (const n of [0, -1, 1.5, NaN]) assert.throws(() => drawQuestions(images([5, 5]), { images: n }), QuizError);
});
