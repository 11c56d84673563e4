import assert from "node:assert/strict";
import { dataset, diagnose, engine, model, train } from "../lib/mod.ts";
import { inTempFolder } from "./_fixtures.ts";

Deno.test("the sample shows the plateau: learnt by heart, far above chance on unseen emoji, and far below training", () =>
  inTempFolder(async () => {
    await engine.use("onnx");
    const images = await dataset.open();
    const run = await train.fit(model.threadCnn(), images, images.holdOut(0.25), { epochs: 8 });
    const { estimate, low, high } = run.validationAccuracy;
    assert.ok(run.trainingAccuracy > 0.85, `training ${run.trainingAccuracy}`);
    assert.ok(low > 1 / 16 && estimate > 2 / 16, `validation ${estimate} [${low}, ${high}]`);
    assert.ok(high < run.trainingAccuracy - 0.3, `validation up to ${high}, training ${run.trainingAccuracy}`);
    assert.equal(diagnose.learningCurves(run, images).verdict, "overfitting");

    const leakage = await diagnose.splitLeakage(images);
    const neighbour = leakage.rows.find(({ name }) => name === "nearest-neighbour")!;
    assert.ok(neighbour.difference.low > 0.05, "a split by image flatters");
    assert.equal(leakage.findings.findings[0].code, "group-leakage");
  }));
