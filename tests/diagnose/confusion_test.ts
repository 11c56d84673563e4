import assert from "node:assert/strict";
import { confusion } from "../../lib/diagnose/mod.ts";
import { orderBySimilarity } from "../../lib/diagnose/_seriation.ts";
import { Random } from "../../lib/stats/mod.ts";
import { labelled, predicted } from "./_predictions.ts";

/** Of every 10 images of a class, that many are taken for another one. */
function mixing(mistakes: Readonly<Record<number, readonly [said: number, ofTen: number]>>) {
  return (image: number, label: number) => {
    const [said, ofTen] = mistakes[label] ?? [label, 0];
    return image % 10 < ofTen ? { said, p: 0.6 + (image % 10) / 100 } : { said: label, p: 0.9 };
  };
}

const dataset = labelled([40, 40, 40, 40, 40], { groupSize: 2, names: ["ant", "bee", "car", "dog", "eel"] });

Deno.test("confusion() counts images by true and predicted class", () => {
  const result = confusion(predicted(dataset, mixing({ 0: [3, 4], 3: [0, 2] })), dataset);
  assert.deepEqual(result.matrix[0], [24, 0, 0, 16, 0]);
  assert.deepEqual(result.matrix[3], [8, 0, 0, 32, 0]);
  assert.equal(result.matrix.flat().reduce((a, b) => a + b), 200);
});

Deno.test("confusion() names the pairs most often confused, with the counts of both directions", () => {
  const result = confusion(predicted(dataset, mixing({ 0: [3, 2], 3: [0, 4], 1: [4, 1] })), dataset);
  assert.deepEqual(
    result.pairs.map((
      { more, less, mistakes },
    ) => [more.truth, more.said, more.images.length, less.images.length, mistakes]),
    [[3, 0, 16, 8, 24], [1, 4, 4, 0, 4]],
  );
  const [found] = result.findings.findings;
  assert.equal(found.code, "confused-pairs");
  assert.equal(
    found.sentence,
    "What net confuses most often: dog taken for ant 16 of 40 times, the other way round 8 of 40; bee taken for eel " +
      "4 of 40 times. These are 28 of its 28 mistakes.",
  );
  assert.deepEqual(found.evidence.map(({ value, n, groups }) => [value, n, groups]), [
    [0.4, 40, 20],
    [0.2, 40, 20],
    [0.1, 40, 20],
    [0, 40, 20],
  ]);
  assert.equal(result.table().rows[0].back, 8);
});

Deno.test("confusion() puts classes that are taken for each other beside each other", () => {
  const { order, chart } = ((result) => ({ order: result.order, chart: result.chart() }))(
    confusion(predicted(dataset, mixing({ 0: [3, 5], 3: [0, 5], 1: [4, 4], 4: [1, 4] })), dataset),
  );
  const place = (label: number) => order.indexOf(label);
  assert.equal(Math.abs(place(0) - place(3)), 1);
  assert.equal(Math.abs(place(1) - place(4)), 1);
  const { data } = chart.spec as unknown as { data: { values: { truth: string }[] } };
  assert.deepEqual(
    [...new Set(data.values.map(({ truth }) => truth))],
    order.map((label) => dataset.classes[label]),
  );
});

Deno.test("orderBySimilarity() finds a chain, whatever the order it comes in", () => {
  const n = 12;
  for (let seed = 1; seed <= 5; seed++) {
    const place = new Random(seed).shuffled(Array.from({ length: n }, (_, i) => i));
    // Similarity falls with the distance along the chain, pairs first, so that the clusters are clear.
    const similarity = place.map((a) =>
      place.map((b) => a === b ? 0 : 10 / Math.abs(a - b) + Number(a >> 1 === b >> 1))
    );
    const order = orderBySimilarity(similarity).map((i) => place[i]);
    const apart = order.slice(1).map((value, i) => Math.abs(value - order[i]));
    assert.deepEqual(order.toSorted((a, b) => a - b), Array.from({ length: n }, (_, i) => i));
    assert.ok(Math.max(...apart) <= 2, order.join(" "));
  }
});

Deno.test("orderBySimilarity() of one or two items, and of items without any similarity, names each once", () => {
  assert.deepEqual(orderBySimilarity([]), []);
  assert.deepEqual(orderBySimilarity([[0]]), [0]);
  assert.deepEqual(orderBySimilarity([[0, 1], [1, 0]]), [0, 1]);
  const none = Array.from({ length: 5 }, () => new Array<number>(5).fill(0));
  assert.deepEqual(orderBySimilarity(none).toSorted(), [0, 1, 2, 3, 4]);
});

Deno.test("confusion() shows images of a pair side by side: one class, then the other, one of each group first", async () => {
  const result = confusion(predicted(dataset, mixing({ 0: [3, 4], 3: [0, 2] })), dataset);
  const { content } = await result.gallery(dataset, { perClass: 3 });
  assert.deepEqual(content.rows.map(({ label }) => label), ["ant taken for dog: 16 of 40; dog taken for ant: 8 of 40"]);
  const captions = content.rows[0].images.map(({ caption }) => caption!.replaceAll("\u00a0", " "));
  // The surest first; images 2 and 3 are one group, so is each further pair.
  assert.deepEqual(captions, [
    "ant, said dog (63 %): 3.png",
    "ant, said dog (63 %): 13.png",
    "ant, said dog (63 %): 23.png",
    "dog, said ant (61 %): 1.png",
    "dog, said ant (61 %): 11.png",
    "dog, said ant (61 %): 21.png",
  ]);
});

Deno.test("confusion() of names with markup escapes them", async () => {
  const hostile = labelled([10, 10], { names: ["<b>a</b>", "b & c"] });
  const result = confusion(predicted(hostile, mixing({ 0: [1, 5] })), hostile);
  const html = (await result.gallery(hostile)).html() + result.findings.html();
  assert.ok(!html.includes("<b>a") && html.includes("&lt;b&gt;a"));
});

Deno.test("confusion() of images without an answer keeps them apart, and they still count to their class", () => {
  const predictions = predicted(
    dataset,
    (image, label) => image % 5 === 0 ? null : { said: label === 0 && image % 5 === 1 ? 1 : label, p: 0.7 },
  );
  const result = confusion(predictions, dataset);
  assert.deepEqual(result.unanswered, [8, 8, 8, 8, 8]);
  assert.deepEqual(result.pairs.map(({ more }) => [more.images.length, more.of, more.share.estimate]), [[8, 40, 0.2]]);
  assert.match(result.chart().alt, /^152 of 200 images are on the diagonal/);
  assert.doesNotMatch(result.findings.text(), /NaN/);
});

Deno.test("confusion() holds with two classes, a class without images, and no mistake at all", async () => {
  const two = labelled([9, 1]);
  assert.deepEqual(confusion(predicted(two, () => ({ said: 0, p: 1 })), two).pairs.map(({ mistakes }) => mistakes), [
    1,
  ]);
  const empty = labelled([20, 0, 20]);
  const result = confusion(predicted(empty, mixing({ 0: [1, 3] })), empty);
  assert.deepEqual([result.pairs[0].more.images.length, result.pairs[0].less.of], [6, 0]);
  assert.doesNotMatch(Deno.inspect(result), /NaN|undefined/);
  const perfect = confusion(predicted(dataset, mixing({})), dataset);
  assert.equal(perfect.findings.findings[0].code, "no-confused-pair");
  assert.equal((await perfect.gallery(dataset)).content.rows.length, 0);
});
