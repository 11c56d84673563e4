import assert from "node:assert/strict";
import { join } from "node:path";
import { outlook, outlookText } from "../../lib/cli/_outlook.ts";
import { prepare } from "../../lib/cli/_prepare.ts";
import { dataset } from "../../lib/mod.ts";
import * as engine from "../../lib/engine/mod.ts";
import { smallCnn, threadCnn } from "../../lib/model/mod.ts";
import { offer } from "../../lib/pipeline/mod.ts";
import { crossValidate, plan } from "../../lib/train/mod.ts";
import { imageFolder, inTempFolder } from "../_fixtures.ts";

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");
const SETTINGS = { budget: "3m", engine: "onnx", seed: 1 };

Deno.test("outlook() is that of the plan, and less where runs are kept", () =>
  inTempFolder(async (folder) => {
    await engine.use("onnx");
    const data = await imageFolder(join(folder, "data"), { cat: 5, dog: 5 });
    const images = await dataset.open(data, { size: 32, onProgress: () => {} });
    const planned = await plan(images, "3m");
    const fresh = await outlook(images, SETTINGS);
    const { otherSeconds, trainingSeconds, improvingSeconds } = planned;
    assert.deepEqual(fresh, { sentence: planned.sentence, seconds: otherSeconds + trainingSeconds + improvingSeconds });
    const folds = images.folds(planned.folds, { seed: 1 });
    await crossValidate(threadCnn(), images, folds, { ...planned.plain(1) });
    const half = await outlook(images, SETTINGS);
    assert.ok(Math.abs(half.seconds - otherSeconds - trainingSeconds / 2 - improvingSeconds) < 1e-6);
    await crossValidate(smallCnn(), images, folds, { ...planned.careful(1) });
    assert.ok(Math.abs((await outlook(images, SETTINGS)).seconds - otherSeconds - improvingSeconds) < 1e-6);
    await offer(images, {
      name: "head",
      lever: "Frozen features",
      notebook: "09",
      seconds: 1,
      recipe: { kind: "ensemble", members: [] },
      images: [0],
      probabilities: Float32Array.of(1, 0),
      folds: planned.folds,
    });
    assert.ok(Math.abs((await outlook(images, SETTINGS)).seconds - otherSeconds) < 1e-6);
  }));

Deno.test("outlookText() gives a time as exact as it is known", () => {
  const text = (seconds: number) => plain(outlookText({ sentence: "Five folds.", seconds }));
  assert.equal(text(41), "Five folds.\nAll notebooks together should take about 50 s from here.");
  assert.equal(text(634), "Five folds.\nAll notebooks together should take about 11 min from here.");
  assert.match(text(Infinity), /07 to 10\) take an hour or more/);
  assert.equal(text(9000), "Five folds.\nAll notebooks together should take about 2 h 30 min from here.");
});

Deno.test("prepare() says that the time is not known where the engine cannot be used, and goes on", () =>
  inTempFolder(async (folder) => {
    const data = await imageFolder(join(folder, "data"), { cat: 5, dog: 5 });
    const { name, outlook } = await prepare(data, 1, {
      ...SETTINGS,
      engine: "abacus",
      model: "",
      history: "",
      predictions: "",
      backbone: "",
    });
    assert.equal(name, "data");
    assert.match(outlook!, /^How long it will take cannot be told: .*"abacus"/);
  }));
