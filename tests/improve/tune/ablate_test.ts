import assert from "node:assert/strict";
import { join } from "node:path";
import sharp from "sharp";
import { type Dataset, open } from "../../../lib/dataset/mod.ts";
import { FindingView, jupyterDisplay } from "../../../lib/display/mod.ts";
import * as engine from "../../../lib/engine/mod.ts";
import { ablate, Ablation, type Arm, optionEffects } from "../../../lib/improve/mod.ts";
import { chooseOptionScope } from "../../../lib/improve/tune/_option_scope.ts";
import { smallCnn } from "../../../lib/model/mod.ts";
import { Random } from "../../../lib/stats/mod.ts";
import type { Wanted } from "../../../lib/train/mod.ts";
import { inTempFolder, write } from "../../_fixtures.ts";

/** Two classes of noise that differ in colour. */
async function redAndBlue(folder: string, perClass: number): Promise<Dataset> {
  const random = new Random("red and blue");
  for (const [name, channel] of [["red", 0], ["blue", 2]] as const) {
    for (let i = 0; i < perClass; i++) {
      const pixels = Uint8Array.from({ length: 768 }, (_, j) => (j % 3 === channel ? 140 : 70) + random.integer(60));
      const raw = { width: 16, height: 16, channels: 3 } as const;
      const png = new Uint8Array(await sharp(pixels, { raw }).png().toBuffer());
      await write(join(folder, "data", name, `${i}.png`), png);
    }
  }
  return await open(join(folder, "data"), { size: 16, onProgress: () => {} });
}

async function withImages(perClass: number, test: (images: Dataset) => Promise<void>): Promise<void> {
  await engine.use("onnx");
  await inTempFolder(async (folder) => await test(await redAndBlue(folder, perClass)));
}

/** A plan with room for that many trainings. */
const plan = (most: number, epochs = 60) => ({
  folds: 2,
  budget: "15m",
  mostImages: null,
  trainings: (_stage: string, { count }: Wanted) => Math.min(count, most),
  careful: (seed: number) => ({ epochs, seed, augmentation: null, earlyStopping: { patience: 15 } }),
});

const arm = (name: string, learningRate: number, epochs = 8): Arm => ({
  name,
  model: smallCnn({ width: 0.25 }),
  config: { epochs, batchSize: 8, learningRate },
});

Deno.test("ablate() tells a change that helps from one that changes nothing, on the same images", () =>
  withImages(24, async (images) => {
    const folds = images.folds(2, { seed: 1 });
    const result = await ablate(images, folds, arm("no step <at all>", 1e-7), [
      arm("steps that learn", 0.01, 12),
      arm("steps as small", 1.1e-7),
    ], { id: "steps" });
    const [learns, same] = result.effects;
    assert.equal(learns.told, "helps", `${learns.difference.estimate}, ${learns.p}`);
    assert.equal(same.told, "no");
    assert.equal(result.bestFirst[0], learns);
    const near = learns.accuracy.estimate - result.base.accuracy.estimate;
    assert.ok(Math.abs(learns.difference.estimate - near) < 1e-9);
    assert.deepEqual(learns.images.toSorted((a, b) => a - b), images.development.toSorted((a, b) => a - b));
    assert.equal(learns.probabilities.length, 2 * images.development.length);
    assert.deepEqual(result.findings.findings.map(({ code }) => code), ["option-helps", "option-not-told"]);
    assert.equal(result.findings.findings[0].expectedGain?.value, learns.difference.estimate);
    assert.ok(result.findings.findings.every(({ chart }) => chart === "steps"));
    const shown = await result[jupyterDisplay]();
    assert.ok(!JSON.stringify(shown["text/html"] ?? "").includes("<at all>"));
    assert.equal(result.table().rows.length, 3);
  }));

Deno.test("ablate() refuses arms that cannot be told apart, and to compare nothing", () =>
  withImages(8, async (images) => {
    const folds = images.folds(2);
    await assert.rejects(ablate(images, folds, arm("a", 1), []), /there must be at least one variant/);
    await assert.rejects(ablate(images, folds, arm("a", 1), [arm("a", 2)]), /names must be unique, "a" is there twice/);
  }));

Deno.test("an arm is trained once, whoever asks for it", () =>
  withImages(10, async (images) => {
    const folds = images.folds(2), base = arm("base", 0.001, 2);
    const first = await ablate(images, folds, base, [arm("other", 0.002, 2)]);
    const again = await ablate(images, folds, base, [arm("another name", 0.002, 2)]);
    assert.equal(again.effects[0].seconds, first.effects[0].seconds);
    assert.deepEqual(again.effects[0].probabilities, first.effects[0].probabilities);
  }));

Deno.test("options are tried in full where there is time, then shorter, smaller and fewer, and not at all", () => {
  const images = { development: Array.from({ length: 750 }, (_, i) => i), size: 64 };
  const choose = (most: number) => chooseOptionScope(plan(most), images, 1, () => 12);
  assert.deepEqual(
    { ...choose(Infinity)!, config: choose(Infinity)!.config.epochs },
    { inputSize: null, folds: 2, config: 60, whole: true, tried: 12 },
  );
  assert.equal(choose(Infinity)!.config.earlyStopping, undefined);
  const few = choose(100)!;
  assert.ok(few.tried < 12 && few.tried >= 6 && few.inputSize === 32 && !few.whole, JSON.stringify(few));
  assert.equal(choose(5), null);
});

Deno.test("optionEffects() trains each option once per fold and says what was left out", () =>
  withImages(14, async (images) => {
    const all = await optionEffects(images, plan(Infinity, 2), { seed: 1 });
    assert.ok(all instanceof Ablation);
    const names = all.effects.map(({ arm }) => arm.name);
    assert.ok(names.includes("averaged weights") && names.includes("small ResNet instead"), names.join());
    assert.ok(!names.includes("class weights"), "classes are even");
    assert.ok(all.findings.findings.every(({ code }) => code !== "budget-cut"));
    const none = await optionEffects(images, plan(3, 2), { seed: 1 });
    assert.ok(none instanceof FindingView);
    assert.equal(none.findings[0].code, "budget-cut");
    assert.match(none.findings[0].sentence, /^Not run: /);
  }));
