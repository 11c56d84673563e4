import assert from "node:assert/strict";
import type { Dataset } from "../../../lib/dataset/mod.ts";
import { ladder, levers, nextSteps } from "../../../lib/improve/mod.ts";
import { advise, type Offer } from "../../../lib/pipeline/mod.ts";
import { Random } from "../../../lib/stats/mod.ts";
import { inTempFolder } from "../../_fixtures.ts";

const N = 120, K = 3;

/** Images in groups of two; records only. */
const images = {
  name: "synthetic",
  size: 64,
  classes: ["ant", "bee", "cat"],
  grouped: true,
  development: Array.from({ length: N }, (_, i) => i),
  records: Array.from({ length: N }, (_, i) => ({
    hash: `h${i}`,
    label: Math.floor(i / 2) % K,
    group: `g${Math.floor(i / 2)}`,
  })),
} as unknown as Dataset;

/** An offer that is right on that share of the images. */
function offered(name: string, notebook: string, right: number, more: Partial<Offer> = {}): Offer {
  const random = new Random(name);
  const probabilities = new Float32Array(N * K).fill(0.1);
  for (let i = 0; i < N; i++) {
    const { label } = images.records[i];
    probabilities[i * K + (random.next() < right ? label : (label + 1) % K)] = 0.8;
  }
  return {
    name,
    notebook,
    lever: `Lever ${name}`,
    seconds: 30,
    recipe: { kind: "head", backbone: "", taps: [], head: { kind: "logistic", c: 1 } },
    images: images.development,
    probabilities,
    folds: 3,
    ...more,
  };
}

const first = offered("thread-cnn", "06", 0.3);

Deno.test("the best is the simplest that cannot be told from the most accurate", () => {
  const head = offered("head", "09", 0.8);
  const probabilities = head.probabilities.slice();
  // One image more is right: nobody can tell that from chance.
  const wrong = head.images.find((_, i) => probabilities[i * K + images.records[i].label] < 0.5)!;
  probabilities.fill(0.1, wrong * K, (wrong + 1) * K);
  probabilities[wrong * K + images.records[wrong].label] = 0.8;
  const ensemble = offered("ensemble", "09", 0.8, { probabilities, recipe: { kind: "ensemble", members: [] } });
  const found = levers(images, [first, head, ensemble], { folds: 3 });
  assert.ok(found.steps[2].accuracy.estimate > found.steps[1].accuracy.estimate);
  assert.equal(found.steps[found.best].offer.name, "head");
});

Deno.test("levers() measures each lever against the best before it, and says which cannot be told from zero", () => {
  const found = levers(images, [
    first,
    offered("same", "07", 0.3, { probabilities: first.probabilities }),
    offered("worse", "08", 0.05),
    offered("head", "09", 0.9),
  ], { folds: 3 });
  assert.equal(found.best, 3);
  assert.deepEqual(found.steps.map(({ against }) => against), [null, 0, 0, 0]);
  const rows = found.table().rows;
  assert.deepEqual(rows.map(({ told }) => told), ["", "cannot be told from zero", "loss", "gain"]);
  const words = found.findings.text();
  assert.match(words, /From thread-cnn .* to head .*\d.points/);
  assert.match(words, /Cannot be told from zero with 120 images: same/);
  assert.doesNotMatch(words, /missing/);
  assert.match(found.chart().alt, /Lever same .* which cannot be told from zero/);
});

Deno.test("levers() puts within a notebook what is made of others behind them", () => {
  const ensemble = offered("a-both", "09", 0.9, { recipe: { kind: "ensemble", members: [] } });
  const found = levers(images, [first, ensemble, offered("head", "09", 0.8)], { folds: 3 });
  assert.deepEqual(found.steps.map(({ offer }) => offer.name), ["thread-cnn", "head", "a-both"]);
  assert.deepEqual(found.steps.map(({ against }) => against), [null, 0, 1]);
});

Deno.test("levers() names what is missing, and leaves out what was measured on other folds", () => {
  const found = levers(images, [first, offered("old", "07", 0.9, { folds: 5 })], { folds: 3 });
  assert.equal(found.steps.length, 1);
  const words = found.findings.text();
  assert.match(words, /"Lever old" of notebook 07 was measured on other folds or images: run it again/);
  assert.match(words, /Notebook 09 was not run, or had nothing to offer/);
  assert.match(words, /Nothing that was tried is better than thread-cnn/);
});

Deno.test("the best of many that are all alike is expected to be no better than they are", () => {
  const alike = Array.from({ length: 12 }, (_, i) => offered(`trial ${i}`, "07", 0.4).probabilities);
  const found = levers(images, [first, offered("best", "07", 0.4, { tried: alike })], { folds: 3 });
  assert.equal(found.tried, 14);
  const { accuracy, winning } = found.selection;
  assert.ok(accuracy.estimate < winning, "the choice is accounted for");
});

Deno.test("nextSteps() ranks by what is surest, keeps what nobody measured for the end, and escapes nothing twice", () =>
  inTempFolder(async () => {
    const gain = {
      id: "twice",
      label: "with twice the images",
      value: 0.05,
      low: 0.03,
      high: 0.07,
      unit: "points",
    } as const;
    const finding = {
      severity: "info",
      evidence: [],
      code: "more-data",
      sentence: "More helps.",
      remedy: "Collect as many again.",
      expectedGain: gain,
    } as const;
    await advise(images, "08", [finding, { ...finding, code: "unmeasured", expectedGain: undefined }], {
      "more-data": { images: 120 },
    });
    const found = levers(images, [first, offered("head", "09", 0.9), offered("worse", "08", 0.05)], { folds: 3 });
    const doubts = {
      notebook: "06",
      finding: { code: "x", sentence: "", remedy: "Look <here>." },
      minutes: 0,
      images: 7,
    };
    const { steps, ...shown } = await nextSteps(images, found, [doubts]);
    assert.deepEqual(steps.map(({ what }) => what), [
      "Lever head",
      "Collect as many again.",
      "Lever worse",
      "Look <here>.",
    ]);
    assert.equal(steps[1].images, 120);
    assert.ok(shown);
    const view = await nextSteps(images, found, [doubts]);
    assert.match(view.html(), /Look &lt;here&gt;/);
    assert.match(view.text(), /not measured/);
  }));

Deno.test("ladder() shows of each thing the accuracy that was measured on most images", () => {
  const rung = (value: number, n: number) => ({
    id: "a",
    label: "a",
    value,
    n,
    unit: "share" as const,
    rung: "model" as const,
    of: "small-cnn",
  });
  const { rungs } = ladder([{ figures: () => [rung(0.4, 100)] }, null, { figures: () => [rung(0.3, 750)] }]);
  assert.deepEqual(rungs.map(({ value }) => value), [0.3]);
});
