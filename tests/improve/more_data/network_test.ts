import assert from "node:assert/strict";
import { join } from "node:path";
import { open } from "../../../lib/dataset/mod.ts";
import * as engine from "../../../lib/engine/mod.ts";
import { checkNetworkWithReserve, moreData, moreDataForNetwork, networkFromNothing } from "../../../lib/improve/mod.ts";
import { threadCnn } from "../../../lib/model/mod.ts";
import { ExperimentStore, Plan } from "../../../lib/train/mod.ts";
import { imageFolder, inTempFolder } from "../../_fixtures.ts";

Deno.test("moreData() of a network trains each size once and for all, the whole as a cross-validation does", () =>
  inTempFolder(async (folder) => {
    await engine.use("onnx");
    const images = await open(await imageFolder(join(folder, "data"), { a: 10, b: 10 }), { size: 16 });
    const folds = images.folds(2);
    const learner = networkFromNothing(threadCnn(), { epochs: 1, batchSize: 8 });
    const options = { learner, draws: 2, shares: [0.5, 1] };
    const curve = await moreData(images, folds, options);
    const kept = async () => {
      const store = await ExperimentStore.open();
      try {
        return store.count();
      } finally {
        store.close();
      }
    };
    assert.equal(await kept(), 2 * 2 + 2);
    assert.deepEqual(curve.facts.sizes.map(({ trained }) => trained), [4, 8]);
    assert.equal(curve.facts.name, "thread-cnn");
    await moreData(images, folds, options);
    await learner.learn(images, folds);
    assert.equal(await kept(), 6);
  }));

Deno.test("without time for it, the network's curve and its check say so, and nothing is trained", () =>
  inTempFolder(async (folder) => {
    const images = await open(await imageFolder(join(folder, "data"), { a: 6, b: 6 }), { size: 16 });
    const pace = { step: 1, first: 1 };
    const plan = new Plan({
      images: 10,
      classes: 2,
      grouped: false,
      size: 16,
      mostFolds: 2,
      calibration: { thread: pace, threadOf4: pace, small: pace },
    }, "3m");
    const scope = { networkDraws: 0, networkReserve: false };
    const curve = await moreDataForNetwork(images, images.folds(2), plan, scope);
    assert.equal(curve.chart(), null);
    assert.equal(curve.findings.record(), undefined); // what was cut is a finding of its own
    assert.match(curve.findings.text(), /no time to train the small CNN on six sizes/);
    const check = await checkNetworkWithReserve(images, images.folds(2), curve, plan, scope);
    assert.match(check.findings.text(), /no prediction of it to be checked/);
  }));
