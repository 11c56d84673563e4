import assert from "node:assert/strict";
import { join } from "node:path";
import { dataset, diagnose } from "../../lib/mod.ts";
import * as engine from "../../lib/engine/mod.ts";
import { load } from "../../lib/model/mod.ts";
import { fit } from "../../lib/train/mod.ts";
import { imageFolder, inTempFolder, write } from "../_fixtures.ts";

const model = (lines: string) => `
import { engine } from "plateau";
const { layers: tf } = engine;
export default ({ size, classes }) => tf.sequential({ layers: [${lines}] });`;
const GOOD = model(`
  tf.layers.conv2d({ inputShape: [size, size, 3], filters: 4, kernelSize: 3, activation: "relu" }),
  tf.layers.globalAveragePooling2d({}),
  tf.layers.dropout({ rate: 0.3 }),
  tf.layers.dense({ units: classes, activation: "softmax" }),`);
const CONFIG = { epochs: 4, batchSize: 8, seed: 1 };

/** Two classes of twelve small images, and a file with a model. */
async function withModel(text: string, body: (images: dataset.Dataset, path: string) => Promise<void>) {
  await engine.use("onnx");
  await inTempFolder(async (folder) => {
    await imageFolder(join(folder, "data"), { red: 12, blue: 12 });
    await write(join(folder, "mine.ts"), text);
    const images = await dataset.open(join(folder, "data"), { size: 16, onProgress: () => {} });
    await body(images, join(folder, "mine.ts"));
  });
}

Deno.test("ownModel() says in one line how to give a model, where none was", () =>
  withModel(GOOD, async (images) => {
    const none = await diagnose.ownModel("", images, images.holdOut(0.25), CONFIG);
    assert.match(none.text(), /^No model of your own was given: deno task report --model FILE\.ts$/);
    assert.equal(none.record(), undefined);
    assert.equal(none.curves(), undefined);
    assert.equal(none.verdict, undefined);
    assert.deepEqual(none.runs, []);
  }));

Deno.test("ownModel() lints, trains and judges a person's own model", () =>
  withModel(GOOD, async (images, path) => {
    const own = await diagnose.ownModel(path, images, images.holdOut(0.25), CONFIG);
    assert.equal(own.run!.history.length, 4);
    assert.equal(own.run!.model, "mine");
    assert.ok(own.findings!.findings.some(({ code }) => code === "no-augmentation"));
    assert.ok(own.verdict!.sentence.length > 0);
    assert.match(own.curves()!.title, /^mine: loss and accuracy/);
    assert.ok(own.record()!.figures!.some(({ id }) => id.startsWith("mine.")));
    assert.match(own.html(), /Your model mine\.ts/);
    assert.equal(own.runs.length, 1);
    const other = await fit(await load(path, { size: 16, classes: 2 }), images, images.holdOut(0.25), {
      ...CONFIG,
      seed: 2,
    });
    assert.deepEqual(own.against(other)!.names, ["mine (first)", "mine (second)"]);
  }));

Deno.test("ownModel() lints a model that does not fit the images, does not train it, and says why", async () => {
  const grey = GOOD.replace("[size, size, 3]", "[size, size, 1]");
  const cases: [string, string, RegExp][] = [
    [grey, "wrong-input", /1 channel \(16×16×1\)/],
    [GOOD.replace("units: classes", "units: 5"), "wrong-output", /5 numbers per image, but there are 2 classes/],
    [GOOD.replace("tf.layers.globalAveragePooling2d({}),", ""), "missing-flatten", /feature map/],
    [GOOD.replace("[size, size, 3]", "[20, 16, 3]"), "wrong-input", /20×16 images, but those here are cut to squares/],
    [
      model("tf.layers.dense({ units: classes, inputShape: [48], activation: 'softmax' })"),
      "wrong-input",
      /takes 48 as input/,
    ],
  ];
  for (const [text, code, sentence] of cases) {
    await withModel(text, async (images, path) => {
      const own = await diagnose.ownModel(path, images, images.holdOut(0.25), CONFIG);
      assert.equal(own.run, null);
      const found = own.findings!.findings.find((finding) => finding.code === code);
      assert.equal(found?.severity, "error", own.text());
      assert.match(found!.sentence, sentence);
      assert.match(own.text(), new RegExp(`It is not trained: .*${code} must be mended first`));
      assert.equal(own.curves(), undefined);
    });
  }
});

Deno.test("an own model with dropout and no seed anywhere trains the same way twice", () =>
  withModel(GOOD, async (images, path) => {
    const spec = await load(path, { size: 16, classes: 2 });
    const fold = images.holdOut(0.25);
    const before = Deno.env.get("PLATEAU_CACHE")!;
    const first = await fit(spec, images, fold, CONFIG);
    Deno.env.set("PLATEAU_CACHE", `${before}-again`); // another store
    const again = await fit(spec, images, fold, CONFIG);
    await Deno.remove(`${before}-again`, { recursive: true });
    Deno.env.set("PLATEAU_CACHE", before);
    assert.equal(again.cached, false);
    assert.deepEqual(again.probabilities, first.probabilities);
    assert.deepEqual(again.history.map(({ loss }) => loss), first.history.map(({ loss }) => loss));
    assert.notDeepEqual((await fit(spec, images, fold, { ...CONFIG, seed: 2 })).probabilities, first.probabilities);
  }));

Deno.test("a model that insists on a size is linted and trained on images of that size", () =>
  withModel(GOOD.replace("[size, size, 3]", "[24, 24, 3]"), async (images, path) => {
    const own = await diagnose.ownModel(path, images, images.holdOut(0.25), CONFIG);
    assert.equal(own.spec!.inputSize, 24);
    assert.equal(own.run!.history.length, 4);
  }));

Deno.test("a model that scales pixels itself is fed pixels from 0 to 255, and learns the same from them", () =>
  withModel(GOOD, async (images, path) => {
    const fold = images.holdOut(0.25);
    const plain = await diagnose.ownModel(path, images, fold, CONFIG);
    await Deno.writeTextFile(
      path,
      GOOD.replace("layers: [", "layers: [tf.layers.rescaling({ inputShape: [size, size, 3], scale: 1 / 255 }),"),
    );
    const scaled = await diagnose.ownModel(path, images, fold, CONFIG);
    assert.deepEqual(scaled.run!.config.inputRange, [0, 255]);
    assert.ok(!scaled.findings!.findings.some(({ code }) => code === "unscaled-inputs"), scaled.text());
    const [a, b] = [plain, scaled].map(({ run }) => run!.history.at(-1)!.loss);
    assert.ok(Math.abs(a - b) < 1e-3, `${a} and ${b}`);
  }));

Deno.test("a model that calls one ReLU twice is trained: its units have no single answer, and are not counted", () =>
  withModel(
    `import { engine } from "plateau";
    const { layers: tf } = engine;
    export default ({ size, classes }) => {
      const input = tf.input({ shape: [size, size, 3] });
      const relu = tf.layers.reLU({});
      const bent = (x) => relu.apply(tf.layers.conv2d({ filters: 3, kernelSize: 3, padding: "same" }).apply(x));
      const pooled = tf.layers.globalAveragePooling2d({}).apply(bent(bent(input)));
      return tf.model({ inputs: input, outputs: tf.layers.dense({ units: classes }).apply(pooled) });
    };`,
    async (images, path) => {
      const own = await diagnose.ownModel(path, images, images.holdOut(0.25), { ...CONFIG, epochs: 1 });
      assert.deepEqual(own.run!.deadUnits, []);
    },
  ));
