import assert from "node:assert/strict";
import { type Baselines, baselines } from "../../lib/diagnose/mod.ts";
import { jupyterDisplay, RECORD_MIME, type ResultRecord } from "../../lib/display/mod.ts";
import { colourHistogram, COLOURS, shrink } from "../../lib/diagnose/_features.ts";
import { Random } from "../../lib/stats/mod.ts";
import { pictures } from "./_synthetic.ts";

const quiet = { onProgress: () => {} };
const noise = ({ random }: { random: { integer(below: number): number } }) => random.integer(256);

/** Pictures that say nothing, in classes of 20, 30, 40 and 110. */
const uneven = pictures({ counts: [20, 30, 40, 110], paint: noise, size: 8 });
const unevenFolds = uneven.folds(5, { by: "image", seed: 1 });

let cached: Promise<Baselines> | undefined;
const ofUneven = () => cached ??= baselines(uneven, unevenFolds, { seed: 1, ...quiet });

Deno.test("baselines() has a correct flag per development image, in their order, for each baseline", async () => {
  const { rows } = await ofUneven();
  assert.deepEqual(rows.map(({ name }) => name), [
    "uniform",
    "stratified",
    "most-frequent",
    "prior",
    "nearest-neighbour",
    "colour-histogram",
  ]);
  for (const { images, correct, predictions, accuracy } of rows) {
    assert.deepEqual(images, uneven.development);
    assert.deepEqual(correct, images.map((image, i) => predictions[i] === uneven.records[image].label));
    assert.equal(accuracy.estimate, correct.filter(Boolean).length / 200);
    assert.ok(predictions.every((label) => label >= 0 && label < 4));
  }
});

Deno.test("most frequent gets the share of the largest class, and one of K classes in balance", async () => {
  const row = (await ofUneven()).get("most-frequent");
  assert.equal(row.accuracy.estimate, 110 / 200);
  assert.equal(row.balancedAccuracy, 1 / 4);
});

Deno.test("prior says what most frequent says, with a loss of the classes' entropy instead of a huge one", async () => {
  const all = await ofUneven();
  const prior = all.get("prior"), mostFrequent = all.get("most-frequent");
  assert.deepEqual(prior.predictions, mostFrequent.predictions);
  const entropy = -[20, 30, 40, 110].map((n) => n / 200 * Math.log(n / 200)).reduce((a, b) => a + b);
  assert.ok(Math.abs(prior.logLoss! - entropy) < 0.01);
  assert.ok(mostFrequent.logLoss! > 5);
});

Deno.test("uniform is right for about one of K and loses exactly ln K", async () => {
  const row = (await ofUneven()).get("uniform");
  assert.ok(row.accuracy.low < 0.25 && row.accuracy.high > 0.25);
  assert.ok(Math.abs(row.logLoss! - Math.log(4)) < 1e-9);
});

Deno.test("stratified guesses classes as often as training has them", async () => {
  const { predictions } = (await ofUneven()).get("stratified");
  const share = predictions.filter((label) => label === 3).length / 200;
  assert.ok(Math.abs(share - 0.55) < 0.11, `${share}`);
});

Deno.test("baselines that look find nothing in noise", async () => {
  const all = await ofUneven();
  assert.ok(all.best.accuracy.low < 0.55);
  assert.equal(all.findings.findings[0].code, "simple-features-say-nothing");
});

Deno.test("baselines() puts balanced accuracy beside accuracy where classes are uneven, and warns", async () => {
  const all = await ofUneven();
  assert.ok(all.uneven);
  assert.ok(all.findings.findings.some(({ code }) => code === "accuracy-misleads"));
  const row = all.table().rows.find(({ baseline }) => baseline === "Most frequent class")!;
  assert.deepEqual([row.accuracy, row.balanced], [0.55, 0.25]);
});

Deno.test("the same seed gives the same baselines, another seed other guesses", async () => {
  const again = await baselines(uneven, unevenFolds, { seed: 1, ...quiet });
  const other = await baselines(uneven, unevenFolds, { seed: 2, ...quiet });
  const predictions = (all: Baselines) => all.rows.map((row) => [...row.predictions]);
  assert.deepEqual(predictions(again), predictions(await ofUneven()));
  assert.notDeepEqual([...other.get("uniform").predictions], [...again.get("uniform").predictions]);
});

Deno.test("the colour histogram tells colours apart whatever their place, which pixels cannot", async () => {
  // A tenth of the pixels is strongly red or strongly green, anywhere.
  const tinted = pictures({
    counts: [50, 50],
    size: 16,
    paint: ({ label, index }, p, c) => new Random(`${index}/${p}`).next() < 0.1 ? (c === label ? 255 : 0) : 128,
  });
  const all = await baselines(tinted, tinted.folds(5, { by: "image", seed: 1 }), quiet);
  assert.equal(all.best.name, "colour-histogram");
  assert.equal(all.best.accuracy.estimate, 1);
  assert.ok(!all.uneven);
  assert.deepEqual(all.findings.findings.map(({ code }) => code), ["baseline-to-beat"]);
});

Deno.test("the nearest neighbour tells places apart, which colours cannot", async () => {
  // The bright half is left or right; the colours are the same.
  const halves = pictures({
    counts: [40, 40],
    size: 16,
    paint: ({ label, random }, p) => ((p % 16 < 8) === (label === 0) ? 200 : 40) + random.integer(20),
  });
  const all = await baselines(halves, halves.folds(4, { by: "image", seed: 1 }), quiet);
  assert.equal(all.get("nearest-neighbour").accuracy.estimate, 1);
  assert.ok(all.get("colour-histogram").accuracy.low < 0.6);
});

Deno.test("baselines() reads no image outside of the folds", async () => {
  const sealed = pictures({ counts: [30, 30], paint: noise, size: 8, sealed: 10 });
  const all = await baselines(sealed, sealed.folds(5, { by: "image", seed: 1 }), quiet);
  assert.equal(all.best.images.length, 50);
});

Deno.test("baselines() of one split scores its validation part only", async () => {
  const [fold] = unevenFolds;
  const all = await baselines(uneven, [fold], quiet);
  assert.deepEqual(all.best.images.toSorted((a, b) => a - b), [...fold.validation]);
});

Deno.test("baselines() counts groups, not images, as independent", async () => {
  const groups = pictures({ counts: [40, 40], groupSize: 4, paint: noise, size: 8 });
  const all = await baselines(groups, groups.folds(4, { by: "group", seed: 1 }), quiet);
  assert.equal(all.best.accuracy.groups, 20);
});

Deno.test("baselines() tells how far it is, up to the end", async () => {
  const told: number[] = [];
  await baselines(uneven, [unevenFolds[0]], { onProgress: (share) => told.push(share) });
  assert.deepEqual(told, told.toSorted((a, b) => a - b));
  assert.equal(told.at(-1), 1);
});

Deno.test("baselines() refuses no folds, and folds that measure an image twice", async () => {
  await assert.rejects(baselines(uneven, [], quiet), /at least one fold/);
  await assert.rejects(baselines(uneven, [unevenFolds[0], unevenFolds[0]], quiet), /one fold at most, 40 are in more/);
});

Deno.test("baselines show themselves as a chart, with figures and table for the report", async () => {
  const all = await ofUneven();
  const shown = await all[jupyterDisplay]();
  const record = shown[RECORD_MIME] as ResultRecord;
  assert.equal(record.chart!.id, "baselines");
  assert.equal(record.tables![0].rows.length, 6);
  assert.ok(record.figures!.some(({ id, value, key }) => id === "chance" && value === 0.25 && key));
  assert.match(shown["image/svg+xml"] as string, /Colour histogram/);
});

Deno.test("baselines are rungs of the ladder: chance, the majority class, and those that look", async () => {
  const result = await ofUneven();
  const rungs = result.figures().flatMap(({ rung, of }) => rung === undefined ? [] : [`${rung}: ${of}`]);
  assert.deepEqual(rungs, [
    "chance: Chance",
    "baseline: Most frequent class",
    "baseline: Nearest neighbour",
    "baseline: Colour histogram",
  ]);
  assert.deepEqual([...new Set(result.findings.findings.map(({ chart }) => chart))], [result.chart().id]);
});

Deno.test("colourHistogram() holds square roots of shares, so that a row has length 1", () => {
  const out = new Float32Array(COLOURS);
  colourHistogram(Uint8Array.from([255, 0, 0, 255, 0, 0, 255, 0, 0, 0, 0, 255]), out);
  assert.deepEqual(
    [...out].filter((value) => value > 0).map((value) => value ** 2).toSorted(),
    [0.25, 0.75].map((x) => Math.fround(Math.sqrt(x)) ** 2),
  );
});

Deno.test("shrink() takes means of areas, also where sizes do not divide, and can enlarge", () => {
  const rgb = (values: number[]) => Uint8Array.from(values.flatMap((value) => [value, value, value]));
  const shrunk = (pixels: Uint8Array, from: number, to: number) => {
    const out = new Uint8Array(to * to * 3);
    shrink(pixels, from, to, out);
    return [...out].filter((_, i) => i % 3 === 0);
  };
  assert.deepEqual(shrunk(rgb([0, 100, 200, 100]), 2, 1), [100]);
  assert.deepEqual(shrunk(rgb([0, 0, 90, 0, 0, 90, 0, 0, 90]), 3, 2), [0, 60, 0, 60]);
  assert.deepEqual(shrunk(rgb([10, 20, 30, 40]), 2, 4).slice(0, 4), [10, 10, 20, 20]);
});
