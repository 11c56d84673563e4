import assert from "node:assert/strict";
import * as engine from "../../../lib/engine/mod.ts";
import { fineTuning } from "../../../lib/improve/mod.ts";
import { affordable } from "../../../lib/improve/transfer/_affordable.ts";
import type { Wanted } from "../../../lib/train/mod.ts";
import { inTempFolder } from "../../_fixtures.ts";
import { SIZE, tinyBackbone } from "../../model/tail/_backbones.ts";
import { foldOf, stripes } from "../../train/finetune/_pictures.ts";

type Images = Parameters<typeof fineTuning>[0];

/** As if `seconds` were left and a small training took one for every 1,000 images. */
function plan(seconds: number, folds = 2) {
  return {
    folds,
    seconds: () => seconds,
    trainings: (_: unknown, { epochs, trained, count }: Wanted) => Math.min(count, seconds * 1000 / (epochs * trained)),
  };
}

function imagesOf(n: number): Images {
  return { ...stripes(n, SIZE), grouped: false, size: SIZE } as unknown as Images;
}

function foldsOf(images: Images) {
  const half = images.development.length / 2;
  return [0, 1].map((index) => ({
    ...foldOf(images, images.development.filter((i) => Math.floor(i / half) === index)),
    index,
    of: 2,
  }));
}

Deno.test("fineTuning() compares with its own frozen features on the same images, and offers what it found", () =>
  inTempFolder(async (folder) => {
    await engine.use("onnx");
    const backbone = (await tinyBackbone(folder)).choose({ taps: ["mix"] });
    const images = imagesOf(64);
    const result = await fineTuning(images, backbone, { plan: plan(Infinity), folds: foldsOf(images), seed: 3 });
    const { comparison, predictions, tuned } = result;
    assert.equal(comparison!.difference.n, 64);
    assert.equal(predictions!.images.length, 64);
    assert.equal(tuned.length, 2);
    const right = predictions!.correct.filter(Boolean).length / 64;
    assert.ok(Math.abs(comparison!.b.estimate - right) < 1e-9);
    assert.ok(Math.abs(comparison!.difference.estimate - (comparison!.b.estimate - comparison!.a.estimate)) < 1e-9);

    const [offer] = result.offers();
    assert.deepEqual(offer.recipe, {
      kind: "fine-tuned",
      backbone: backbone.path,
      from: "conv_2",
      epochs: 10,
      batchSize: 32,
      learningRate: 3e-4,
      backboneRate: 1e-4,
      seed: 3,
    });
    assert.deepEqual([offer.images, offer.probabilities], [predictions!.images, predictions!.probabilities]);
    const { findings: [effect, ...others] } = result.findings;
    assert.match(effect.code, /^fine-tuning-(helps|hurts|not-told)$/);
    assert.match(effect.sentence, /on the same 64 images/);
    assert.equal(effect.chart, "fine-tuning");
    assert.equal(others.length, 0);
    assert.ok(result.chart()!.alt.length > 0);
    assert.match(result.details().text(), /fold by fold[^]*1 of 2[^]*2 of 2/);
    assert.deepEqual(result.figures().map(({ rung }) => rung), [undefined, "model", undefined]);
  }));

Deno.test("fineTuning() says what there was no time for, and offers nothing that was not measured on all folds", () =>
  inTempFolder(async (folder) => {
    await engine.use("onnx");
    const backbone = await tinyBackbone(folder);
    const images = imagesOf(32), folds = foldsOf(images);
    const none = await fineTuning(images, backbone, { plan: plan(0), folds });
    assert.deepEqual([none.chart(), none.predictions, none.offers()], [null, null, []]);
    assert.equal(none.details().text(), ""); // it was said in place of the chart
    assert.match(none.findings.findings[0].sentence, /was not fine-tuned: there was no time for even one fold\.$/);
    // The least time in which one fold fits.
    let seconds = 1e-6;
    while ((await scopeOf(seconds)) === null) seconds *= 1.2;
    const part = await fineTuning(images, backbone, { plan: plan(seconds), folds });
    assert.equal(part.predictions!.images.length, 16);
    assert.deepEqual(part.offers(), []);
    assert.equal(part.findings.findings[1].code, "budget-cut");
    assert.match(
      part.findings.findings[1].sentence,
      /run on 1 of 2 folds and with at most 5 epochs instead of 10 and with no mirror images; without all folds it is no candidate/,
    );

    async function scopeOf(seconds: number) {
      const { trainableTail } = await import("../../../lib/model/mod.ts");
      return affordable(plan(seconds), await trainableTail(backbone), { images: 32, size: SIZE });
    }
  }));

Deno.test("fineTuning() says why a network cannot be fine-tuned, and throws nothing", () =>
  inTempFolder(async (folder) => {
    await engine.use("onnx");
    const backbone = { ...await tinyBackbone(folder), path: "/nets/net.onnx" };
    const images = imagesOf(32);
    const result = await fineTuning(images, backbone, { plan: plan(Infinity), folds: foldsOf(images) });
    assert.equal(result.chart(), null);
    const [found] = result.findings.findings;
    assert.equal(found.code, "fine-tuning-not-possible");
    assert.match(found.sentence, /an ONNX file has its weights frozen\.$/);
  }));

Deno.test("affordable() cuts epochs before folds, and nothing without a limit", () => {
  const network = { multiplications: 12e6, frontMultiplications: 200e6 };
  const images = { images: 750, size: 64 };
  const of = (seconds: number) => affordable(plan(seconds, 5), network, images);
  assert.deepEqual(of(Infinity), { folds: 5, epochs: 10, mirror: true });
  const scopes = Array.from({ length: 400 }, (_, i) => of(i * 2));
  assert.equal(scopes[0], null);
  assert.deepEqual(scopes.at(-1), { folds: 5, epochs: 10, mirror: true });
  for (const scope of scopes) if (scope) assert.ok(scope.epochs >= 5 && (scope.folds === 5 || scope.epochs === 5));
  const work = (scope: { folds: number; epochs: number } | null) => scope === null ? 0 : scope.folds * scope.epochs;
  scopes.slice(1).forEach((scope, i) => assert.ok(work(scope) >= work(scopes[i])));
});
