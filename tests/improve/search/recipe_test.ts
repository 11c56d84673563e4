import assert from "node:assert/strict";
import { join } from "node:path";
import { dataset, engine, train } from "../../../lib/mod.ts";
import { policies } from "../../../lib/augment/mod.ts";
import { draw, searchSpace, trialRecipe } from "../../../lib/improve/search/mod.ts";
import { trialsOf } from "../../../lib/improve/search/search.ts";
import { smallCnn } from "../../../lib/model/mod.ts";
import { imageFolder, inTempFolder } from "../../_fixtures.ts";

const VERDICTS = ["overfitting", "underfitting", "diverging", "good-fit"] as const;

Deno.test("training as it is, is what plan.careful() trains: its runs are found in the store", () => {
  for (const verdict of VERDICTS) {
    const [asItIs] = trialsOf(searchSpace({ verdict }), 3, 1);
    const { model, config } = trialRecipe(asItIs, 45, { seed: 1 });
    assert.deepEqual(model.config, smallCnn().config);
    assert.deepEqual(config, {
      epochs: 45,
      augmentation: policies.flipShift,
      earlyStopping: { patience: 15 },
      seed: 1,
    });
  }
});

Deno.test("every value of every space is a configuration that can train, and none is ignored", () => {
  for (const verdict of VERDICTS) {
    const { parameters } = searchSpace({ verdict }, {
      classes: ["a", "b"],
      development: [0, 1, 2],
      records: [{ label: 0 }, { label: 0 }, { label: 1 }],
    });
    assert.ok(parameters.some(({ name }) => name === "balance"));
    const [start] = draw(parameters, 1, 1);
    for (const one of parameters) {
      const values = one.kind === "choice" ? one.values : [one.low, one.high];
      const made = values.map((value) => {
        const { model, config } = trialRecipe({ ...start, [one.name]: value }, 12, { seed: 1 });
        return JSON.stringify([model.config, train.trainingConfig(config)]);
      });
      assert.equal(new Set(made).size, values.length, one.name);
    }
  }
});

Deno.test("trials of a space are really trained, all options together", () =>
  inTempFolder(async (folder) => {
    await engine.use("onnx", { threads: 1, layout: "auto" });
    const root = await imageFolder(join(folder, "data"), { a: 12, b: 12 });
    const images = await dataset.open(root, { size: 32, onProgress: () => {} });
    const fold = images.holdOut(0.25);
    const settings = draw(searchSpace({ verdict: "overfitting" }).parameters, 3, 4);
    const list = settings.map((one) => ({ ...trialRecipe(one, 2, { seed: 1 }), fold }));
    for (const { history, probabilities } of await train.fitAll(images, list, { onProgress: () => {} })) {
      assert.ok(history.every(({ loss }) => Number.isFinite(loss)));
      assert.equal(probabilities.length, 2 * fold.validation.length);
    }
  }));
