import assert from "node:assert/strict";
import { join } from "node:path";
import sharp from "sharp";
import { type AugmentationPolicy, policies } from "../../../lib/augment/mod.ts";
import { type Dataset, open } from "../../../lib/dataset/mod.ts";
import { jupyterDisplay } from "../../../lib/display/mod.ts";
import * as engine from "../../../lib/engine/mod.ts";
import { augmentation, variations } from "../../../lib/improve/mod.ts";
import { chooseScope, USUAL } from "../../../lib/improve/augmentation/_scope.ts";
import { Random } from "../../../lib/stats/mod.ts";
import type { TrainingConfig, Wanted } from "../../../lib/train/mod.ts";
import { inTempFolder, write } from "../../_fixtures.ts";

await engine.use("onnx");
const SIDE = 16;

/** A stem of nine pixels with a bowl at its foot, to the right or to the left; dark on light, anywhere, in grain. */
function letter(name: "b" | "d", random: Random): Uint8Array {
  const x0 = 5 + random.integer(6), y0 = 2 + random.integer(4);
  const ink = 20 + random.integer(60), paper = 170 + random.integer(60);
  return Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3), y = Math.floor(pixel / SIDE) - y0;
    const x = (pixel % SIDE - x0) * (name === "b" ? 1 : -1);
    const stem = x >= 0 && x < 2 && y >= 0 && y < 9;
    const bowl = x >= 2 && x < 5 && y >= 5 && y < 9;
    return (stem || bowl ? ink : paper) + random.integer(20);
  });
}

async function letters(folder: string, perClass: number): Promise<Dataset> {
  for (const name of ["b", "d"] as const) {
    for (let i = 0; i < perClass; i++) {
      const raw = { width: SIDE, height: SIDE, channels: 3 } as const;
      const png = await sharp(letter(name, new Random(`${name}/${i}`)), { raw }).png().toBuffer();
      await write(join(folder, "data", name, `${i}.png`), new Uint8Array(png));
    }
  }
  return await open(join(folder, "data"), { size: SIDE, onProgress: () => {} });
}

/** A plan with room for that many trainings. */
function plan(most = Infinity, config: Partial<TrainingConfig> = {}, folds = 2) {
  return {
    folds,
    budget: "15m",
    mostImages: null,
    trainings: (_stage: string, { count }: Wanted) => Math.min(count, most),
    careful: (seed: number): Partial<TrainingConfig> => ({
      epochs: 14,
      batchSize: 8,
      augmentation: policies.flipShift,
      seed,
      ...config,
    }),
  };
}

const never: AugmentationPolicy = {
  name: "a little darker",
  operations: [{ kind: "brightness", by: 0.1 }],
};

Deno.test("augmentation() warns of the flip that turns b into d, shown by the drop, and not of what does no harm", () =>
  inTempFolder(async (folder) => {
    const images = await letters(folder, 44);
    const settings = plan(Infinity, { epochs: 8, learningRate: 0.003 });
    const found = await augmentation(images, settings, { policies: [policies.flip, never], seed: 1 });
    const [flip, darker] = found.effects;
    assert.equal(found.scope!.whole, true);
    assert.ok(found.none!.accuracy.estimate > 0.9, `${found.none!.accuracy.estimate}`);
    assert.equal(flip.told, "harms");
    assert.ok(flip.difference.high < 0 && flip.difference.estimate < -0.2, `${flip.difference.estimate}`);
    assert.notEqual(darker.told, "harms");
    const list = found.findings.findings;
    const warnings = list.filter(({ severity }) => severity === "warning");
    assert.deepEqual(warnings.map(({ code }) => code), ["augmentation-harms", "augmentation-harms"]);
    assert.match(warnings[1].sentence, /\(flip-shift\)/); // what is used elsewhere is measured too
    assert.match(
      warnings[0].sentence,
      /mirrored left to right \(flip\) lower the accuracy: −.* on the same \d+ images/,
    );
    assert.match(warnings[0].sentence, /"b" and "d" are taken for each other/);
    assert.match(warnings[0].remedy, /Leave it out.*It is part of what this report varies images with elsewhere\.$/);
    assert.ok(list.some(({ code, sentence }) => code === "augmentation-not-told" && sentence.includes("darker")));
    assert.ok(!list.some(({ code }) => code === "budget-cut"));

    const again = await augmentation(images, settings, { policies: [policies.flip, never], seed: 1 });
    assert.deepEqual(again.table(), found.table());
    const bundle = await found[jupyterDisplay]();
    assert.match(String(bundle["image/svg+xml"]), /<svg/);
    assert.equal(found.table().rows.length, 4 + (found.together === null ? 0 : 1));
  }));

Deno.test("augmentation() decides for each fold on the others what helped, and offers the best with all that was tried", () =>
  inTempFolder(async (folder) => {
    const images = await letters(folder, 24);
    // So short that letters are hardly told yet: some policies are ahead by luck.
    const tried = [policies.shift, never, policies.noise];
    const settings = plan(Infinity, { epochs: 6, learningRate: 0.003 });
    const found = await augmentation(images, settings, { policies: tried, seed: 3 });
    const { none, effects, together } = found;
    const folds = images.folds(2, { seed: 3 });
    const hits = ({ images: judged, probabilities }: typeof effects[number], of: Set<number>) =>
      judged.filter((image, i) =>
        of.has(image) && (probabilities[2 * i + 1] > probabilities[2 * i]) === (images.records[image].label === 1)
      ).length;
    const choice = (of: Set<number>) =>
      effects.filter(({ policy }) => tried.includes(policy))
        .filter((one) => hits(one, of) > hits(none as never, of)).flatMap(({ policy }) => policy.operations);
    const sorted = (operations: readonly unknown[]) => operations.map((one) => JSON.stringify(one)).sort();
    assert.ok(together !== null, "the seed is one where two are ahead");
    assert.ok(new Set(together.byFold.map((policy) => policy?.name)).size > 1, "and where folds do not agree");
    assert.deepEqual(sorted(together.policy.operations), sorted(choice(new Set(images.development))));
    for (const [i, { validation }] of folds.entries()) {
      const others = new Set(images.development.filter((image) => !validation.includes(image)));
      assert.deepEqual(sorted(together.byFold[i]?.operations ?? []), sorted(choice(others)), `fold ${i}`);
    }
    const offer = found.offer();
    assert.ok(offer !== null && offer.recipe.kind === "network");
    assert.equal(offer.images.length, images.development.length);
    assert.equal(offer.probabilities.length, 2 * offer.images.length);
    assert.equal(offer.tried!.length, tried.length + 2);
    assert.ok(offer.recipe.config.augmentation!.operations.length > 0);
    assert.equal(offer.recipe.config.epochs, 6);
  }));

Deno.test("augmentation() says that there is no time, and what was left out for it", () =>
  inTempFolder(async (folder) => {
    const images = await letters(folder, 8);
    const nothing = await augmentation(images, plan(0));
    assert.equal(nothing.chart(), null);
    assert.equal(nothing.offer(), null);
    const [{ code, sentence }] = nothing.findings.findings;
    assert.deepEqual([code, sentence], [
      "budget-cut",
      "There is no time within 15\u00a0min to measure what varying the training images brings.",
    ]);
    const two = await augmentation(images, plan(4, { epochs: 14 }), { policies: [policies.flip, policies.shift] });
    assert.deepEqual(two.effects.map(({ policy }) => policy.name), ["flip"]);
    assert.equal(two.offer(), null);
    const cut = two.findings.findings.find((one) => one.code === "budget-cut")!;
    assert.match(cut.sentence, /trained for 12 epochs on 2 folds, and not tried: shift\./);
  }));

Deno.test("chooseScope() takes all there is time for, then shorter, smaller and fewer trainings", () => {
  const images = { development: Array.from({ length: 750 }, (_, i) => i), size: 64 };
  /** A plan by seconds, where an image takes a thousandth of one in each epoch. */
  const within = (seconds: number) => ({
    ...plan(),
    folds: 5,
    trainings: (_stage: string, { count, trained, measured, epochs }: Wanted) =>
      Math.min(count, Math.floor(seconds / (epochs * (trained + measured / 3) / 1000))),
    careful: (seed: number): Partial<TrainingConfig> => ({
      epochs: 60,
      augmentation: policies.flipShift,
      earlyStopping: { patience: 15 },
      seed,
    }),
  });
  const at = (seconds: number) => chooseScope(within(seconds), images, USUAL, 1);
  const facts = [1e6, 500, 150, 100, 75, 30, 12, 4, 1].map((seconds) => {
    const scope = at(seconds);
    return scope && [scope.whole, scope.size, scope.folds, scope.config.epochs, scope.tried.length];
  });
  assert.deepEqual(facts, [
    [true, 64, 5, 60, 13],
    [false, 64, 2, 20, 12],
    [false, 32, 3, 20, 12],
    [false, 32, 2, 20, 12],
    [false, 32, 2, 20, 12],
    [false, 32, 2, 20, 3],
    [false, 32, 2, 12, 1],
    null,
    null,
  ]);
  assert.equal(at(1e6)!.config.augmentation, undefined);
  assert.deepEqual(at(1e6)!.config.earlyStopping, { patience: 15 });
  const short = at(30)!;
  assert.deepEqual([...short.tried, ...short.leftOut], USUAL);
  assert.equal(short.config.earlyStopping, undefined);
});

Deno.test("variations() shows the same images unchanged and by each policy, class names escaped", () =>
  inTempFolder(async (folder) => {
    const images = await letters(folder, 4);
    const grid = await variations(images, { policies: [policies.flip, policies.colour], pictures: 4 });
    const { rows } = grid.content;
    assert.deepEqual(rows.map(({ images }) => images.length), [4, 4, 4]);
    assert.equal(rows[0].label, "unchanged");
    assert.match(rows[1].label, /^flip: mirrored left to right$/);
    const classes = rows[0].images.map(({ alt }) => alt[0]);
    assert.deepEqual(classes.toSorted(), ["b", "b", "d", "d"]);
    const { data, info } = await sharp(rows[0].images[0].src).raw().toBuffer({ resolveWithObject: true });
    assert.deepEqual([info.width, info.height, data.length], [128, 128, 128 * 128 * 3]);
    assert.notDeepEqual(rows[2].images[0].src, rows[0].images[0].src);
    const same = await variations(images, { policies: [policies.flip, policies.colour], pictures: 4 });
    assert.deepEqual(same.content, grid.content);
  }));
