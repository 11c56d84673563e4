import assert from "node:assert/strict";
import { compare, type Scored } from "../../lib/diagnose/mod.ts";
import { Random } from "../../lib/stats/mod.ts";

function model(name: string, images: readonly number[], right: (image: number) => boolean): Scored {
  return { name, images, correct: images.map(right), folds: 1 };
}

const images = Array.from({ length: 500 }, (_, i) => i);

Deno.test("compare() says which of two is better, by how much, on how many images", () => {
  const comparison = compare(model("small", images, (i) => i % 10 < 3), model("large", images, (i) => i % 10 < 5));
  assert.ok(comparison.told);
  assert.ok(Math.abs(comparison.difference.estimate - 0.2) < 1e-9);
  assert.ok(comparison.difference.low > 0.15 && comparison.difference.high < 0.25);
  assert.match(comparison.sentence, /^large is better than small by \+20\.\d\spoints \[.*\] on the same 500 images\.$/);
  assert.deepEqual([comparison.test.onlyA, comparison.test.onlyB], [0, 100]);
});

Deno.test("compare() names the better one when it is the first, with a positive lead", () => {
  const comparison = compare(model("large", images, (i) => i % 10 < 5), model("small", images, (i) => i % 10 < 3));
  assert.match(comparison.sentence, /^large is better than small by \+20/);
  assert.ok(comparison.difference.high < 0);
});

Deno.test("compare() says that no difference can be told, with how many images, and what would have shown", () => {
  const random = new Random(1);
  const a = model("a", images.slice(0, 60), () => random.next() < 0.5);
  const b = model("b", images.slice(0, 60), () => random.next() < 0.5);
  const comparison = compare(a, b);
  assert.ok(!comparison.told);
  assert.match(
    comparison.sentence,
    /^No difference can be told between a and b with 60 images: .*A difference of \d+\spoints would probably show\.$/,
  );
  assert.equal(comparison.findings[0].code, "no-difference-told");
});

Deno.test("compare() of a model with itself tells nothing and does not fail", () => {
  const a = model("a", images, (i) => i % 2 === 0);
  assert.ok(!compare(a, { ...a, name: "b" }).told);
});

Deno.test("compare() pairs by image, whatever the order, and takes runs of several folds", () => {
  const run = (validation: number[]) => ({
    model: "net",
    fold: { validation },
    correct: validation.map((i) => i % 2 === 0),
  });
  const backwards = images.toReversed();
  const comparison = compare(
    [run(images.slice(250)), run(images.slice(0, 250))],
    model("mod", backwards, (i) => i % 2 === 0),
  );
  assert.deepEqual([comparison.test.onlyA, comparison.test.onlyB], [0, 0]);
});

Deno.test("compare() is unsurer where images come in groups", () => {
  const a = model("a", images, () => false);
  const b = model("b", images, (i) => Math.floor(i / 25) % 3 === 0);
  const dataset = { grouped: true, records: images.map((i) => ({ label: 0, group: String(Math.floor(i / 25)) })) };
  const width = ({ low, high }: { low: number; high: number }) => high - low;
  const grouped = compare(a, b, dataset), alone = compare(a, b, { ...dataset, grouped: false });
  assert.ok(width(grouped.difference) > 2 * width(alone.difference));
  assert.equal(grouped.difference.groups, 20);
  assert.ok(grouped.test.p > alone.test.p);
});

Deno.test("compare() refuses models measured on different images, and says how many they share", () => {
  assert.throws(
    () => compare(model("a", images, () => true), model("b", images.slice(100), () => true)),
    /Cannot compare a with b: .* they share 400 \(a has 500, b has 400\)/,
  );
  const run = { model: "net", fold: { validation: [1, 2] }, correct: [true, true] };
  assert.throws(() => compare([run, run], model("b", [1, 2], () => true)), /each image must be measured once/);
  assert.throws(() => compare([], run), /at least one run/);
});

Deno.test("compare() tells two trainings of one model apart by name", () => {
  const a = model("net", images, (i) => i % 10 < 3), b = model("net", images, (i) => i % 10 < 5);
  assert.match(compare(a, b).sentence, /^net \(second\) is better than net \(first\)/);
  assert.match(
    compare(a, b, undefined, { names: ["batch 4", "batch 128"] }).sentence,
    /^batch 128 is better than batch 4/,
  );
});

Deno.test("compare() of repeated cross-validations counts each image with the share of the repeats it was right in", () => {
  const repeat = (right: (image: number) => boolean) =>
    [images.slice(0, 250), images.slice(250)].map((validation) => ({
      model: "net",
      fold: { validation },
      correct: validation.map(right),
    }));
  const random = new Random("repeats");
  // Right in half of the repeats each, by luck; the other one in 60 %.
  const byLuck = (share: number) => ({
    byRepeat: Array.from({ length: 4 }, () => repeat(() => random.next() < share)),
  });
  const [a, b] = [byLuck(0.5), byLuck(0.6)];
  const dataset = { grouped: false, records: images.map((i) => ({ label: i % 2, group: String(i) })) };
  const all = compare(a, b, dataset, { names: ["a", "b"] });
  const first = compare(a.byRepeat[0], b.byRepeat[0], dataset);
  const mean = (repeats: { correct: boolean[] }[][]) => {
    const flags = repeats.flat().flatMap(({ correct }) => correct);
    return flags.filter(Boolean).length / flags.length;
  };
  assert.ok(Math.abs(all.difference.estimate - (mean(b.byRepeat) - mean(a.byRepeat))) < 1e-9);
  assert.ok(Math.abs(all.a.estimate - mean(a.byRepeat)) < 1e-9);
  const width = ({ low, high }: { low: number; high: number }) => high - low;
  assert.ok(width(all.difference) < width(first.difference));
  assert.equal(all.difference.n, 500);
  assert.ok(all.test.onlyA > 50 && all.test.onlyB > all.test.onlyA);
  // The same repeat several times says what it says once.
  const twice = compare(
    { byRepeat: [a.byRepeat[0], a.byRepeat[0]] },
    { byRepeat: [b.byRepeat[0], b.byRepeat[0]] },
    dataset,
  );
  assert.deepEqual(twice.difference, first.difference);
  assert.deepEqual([twice.test.onlyA, twice.test.onlyB], [first.test.onlyA, first.test.onlyB]);
  assert.throws(() => compare(a, b.byRepeat[0], dataset), /repeated equally often, they are 4 and 1 times/);
  assert.throws(() => compare({ byRepeat: [] }, b, dataset), /at least one repeat/);
});
