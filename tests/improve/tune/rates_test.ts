import assert from "node:assert/strict";
import { join } from "node:path";
import { type Dataset, open } from "../../../lib/dataset/mod.ts";
import { FindingView } from "../../../lib/display/mod.ts";
import * as engine from "../../../lib/engine/mod.ts";
import { RangeTest, rangeTest, RateMap, sweep } from "../../../lib/improve/mod.ts";
import { localFit } from "../../../lib/improve/tune/_local_fit.ts";
import { rateAt } from "../../../lib/train/_optimiser.ts";
import { Run, trainingConfig, type Wanted } from "../../../lib/train/mod.ts";
import { accuracyInterval, Random } from "../../../lib/stats/mod.ts";
import { imageFolder, inTempFolder } from "../../_fixtures.ts";

async function withImages(perClass: number, test: (images: Dataset) => Promise<void>): Promise<void> {
  await engine.use("onnx");
  await inTempFolder(async (folder) => {
    const root = await imageFolder(join(folder, "data"), { cat: perClass, dog: perClass });
    await test(await open(root, { size: 16, onProgress: () => {} }));
  });
}

const plan = (most: number) => ({
  folds: 2,
  budget: "15m",
  mostImages: null,
  epochs: (wanted: number) => Math.min(wanted, 2),
  trainings: (_stage: string, { count }: Wanted) => Math.min(count, most),
  careful: (seed: number) => ({ epochs: 4, seed, augmentation: null }),
});

Deno.test("a local line goes through a line, and finds where a curve is steepest", () => {
  const x = Array.from({ length: 21 }, (_, i) => i / 10);
  const line = localFit(x, x.map((value) => 3 - 2 * value), 4);
  x.forEach((value, i) => {
    assert.ok(Math.abs(line.values[i] - (3 - 2 * value)) < 1e-12);
    assert.ok(Math.abs(line.slopes[i] + 2) < 1e-9);
  });
  const { slopes } = localFit(x, x.map((value) => -Math.tanh(5 * (value - 1.2))), 2);
  assert.equal(x[slopes.indexOf(Math.min(...slopes))], 1.2);
});

/** A loss that stays at `start`, falls around 0.002, is lowest at 0.05, and bursts. */
function steps(seed: number, start = 2.8) {
  const random = new Random(seed);
  const rates = Array.from({ length: 100 }, (_, i) => 10 ** (-5 + 5 * i / 99));
  const losses = rates.map((rate) => {
    const at = Math.log10(rate);
    return start - 0.6 * (1 + Math.tanh(3 * (at - Math.log10(0.002)))) + 8 * Math.max(0, at - Math.log10(0.05)) +
      0.02 * random.normal();
  });
  return { rates, losses };
}

Deno.test("a range test suggests where the loss falls fastest, and judges the rate in use", () => {
  const judged = (used: number) => new RangeTest([steps(1), steps(2), steps(3)], { batchSize: 32, used });
  const test = judged(0.001);
  assert.ok(test.suggested! > 0.001 && test.suggested! < 0.004, `${test.suggested}`);
  assert.ok(test.lowest > 0.01 && test.lowest < 0.08, `${test.lowest}`);
  assert.ok(test.range![0] <= test.suggested! && test.suggested! <= test.range![1]);
  const code = (used: number) => judged(used).findings.findings[0].code;
  assert.deepEqual([code(1e-5), code(0.001), code(0.3)], [
    "learning-rate-off",
    "learning-rate-works",
    "learning-rate-off",
  ]);
  const suggested = test.figures()[0];
  assert.equal(suggested.method, "range over 3 starts");
});

Deno.test("a loss that never falls suggests no rate", () => {
  const random = new Random("flat");
  const { rates } = steps(1);
  const test = new RangeTest([{ rates, losses: rates.map(() => 2.8 + 0.02 * random.normal()) }], {
    batchSize: 32,
    used: 0.001,
  });
  assert.equal(test.suggested, null);
  assert.equal(test.findings.findings[0].code, "no-rate-works");
});

Deno.test("rangeTest() has a rate and a loss for each step, the rates being those trained with", () =>
  withImages(20, async (images) => {
    const test = await rangeTest(images, plan(20), { seed: 1 });
    assert.ok(test instanceof RangeTest);
    assert.equal(test.readings.length, 1, "with more time there are more starts");
    const { rates } = test.readings[0];
    // 16 or so images in one batch an epoch, for a hundred epochs.
    const config = trainingConfig({ epochs: 100, learningRate: 1e-5, schedule: { kind: "range", to: 1 } });
    assert.equal(rates.length, 100);
    rates.forEach((rate, i) => assert.ok(Math.abs(rate / rateAt(config, i + 0.5) - 1) < 1e-9));
    const none = await rangeTest(images, plan(0), { seed: 1 });
    assert.ok(none instanceof FindingView);
    assert.equal(none.findings[0].code, "budget-cut");
  }));

Deno.test("sweep() measures on images that are in no validation part of the fold, and compares what was set beforehand", () =>
  withImages(30, async (images) => {
    const map = await sweep(images, plan(70), { seed: 1 });
    assert.ok(map instanceof RateMap);
    const [fold] = images.folds(2, { seed: 1 });
    for (const { fold: { train, validation } } of map.runs) {
      assert.ok([...train, ...validation].every((image) => fold.train.includes(image)));
      assert.ok(!validation.some((image) => train.includes(image)));
    }
    const asked = map.at({ batchSize: 4, learningRate: 0.001 })!;
    assert.ok(asked.history.length === 2);
    assert.deepEqual(map.contrasts.map(({ rule, setting }) => [rule, setting.batchSize, setting.learningRate]), [
      ["same", 32, 0.001],
      ["linear", 32, 0.008],
      ["same", 128, 0.001],
      ["linear", 128, 0.032],
    ]);
    const codes = map.findings.findings.map(({ code }) => code);
    assert.ok(
      codes.includes("batch-size-asked") && codes.some((code) => code.startsWith("linear-scaling")),
      `${codes}`,
    );
    assert.equal(codes.at(-1), "budget-cut");
    assert.equal(map.table().rows.length, map.runs.length);
    for (const run of map.runs) assert.ok(run.validationAccuracy.estimate <= map.best.validationAccuracy.estimate);
    assert.throws(
      () => new RateMap(map.runs, images, { asked: { batchSize: 5, learningRate: 1 }, epochs: 2 }),
      /batches of 5 at 1 must be among/,
    );
    const none = await sweep(images, plan(1), { seed: 1 });
    assert.ok(none instanceof FindingView && none.findings[0].code === "budget-cut");
  }));

Deno.test("where a scaled rate learns nothing, linear scaling breaks down, however few images could tell", () =>
  withImages(12, (images) => {
    const [fold] = images.folds(2, { seed: 1 });
    const run = (batchSize: number, learningRate: number, hits: number, training: number) => {
      const correct = fold.validation.map((_, i) => i < hits);
      return new Run({
        model: "thread-cnn",
        config: trainingConfig({ batchSize, learningRate }),
        fold,
        correct,
        trainingAccuracy: training,
        validationAccuracy: accuracyInterval({ correct }),
        history: [{ loss: 1 }],
        seconds: 1,
      } as never);
    };
    const map = (training: number) =>
      new RateMap([run(4, 0.001, 8, 0.9), run(8, 0.001, 8, 0.9), run(8, 0.002, 6, training)], images, {
        asked: { batchSize: 4, learningRate: 0.001 },
        epochs: 4,
      }).findings.findings;
    const [, dead, which] = map(0.5);
    assert.equal(dead.code, "linear-scaling-breaks");
    assert.match(dead.sentence, /breaks down at batches of 8 at 0.002.*learn nothing: 50 % of the images trained on/);
    assert.match(which.sentence, /^Nothing is learnt with batches of 8 at 0.002:/);
    const lower = new RateMap([run(4, 0.00025, 7, 0.95), run(4, 0.001, 7, 0.6)], images, {
      asked: { batchSize: 4, learningRate: 0.001 },
      epochs: 4,
    }).findings.findings[0];
    assert.match(lower.sentence, /The same batches at 0.00025 get 95 % .* right: 0.001 is too much for them here\.$/);
    const alive = map(0.8);
    assert.equal(alive.length, 2);
    assert.equal(alive[1].code, "linear-scaling");
    return Promise.resolve();
  }));
