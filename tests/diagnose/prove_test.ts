import assert from "node:assert/strict";
import { join } from "node:path";
import sharp from "sharp";
import { type Dataset, open } from "../../lib/dataset/mod.ts";
import { finding, prove } from "../../lib/diagnose/mod.ts";
import { changed, droppedOut, pooled, softmaxHead } from "../../lib/diagnose/prove/_transform.ts";
import { balancedDifference } from "../../lib/diagnose/prove/_balanced_difference.ts";
import { copiesIn } from "../../lib/diagnose/prove/_copies.ts";
import { type FindingRecord, findings as view } from "../../lib/display/mod.ts";
import * as engine from "../../lib/engine/mod.ts";
import { type ModelSpec, threadCnn } from "../../lib/model/mod.ts";
import { Random } from "../../lib/stats/mod.ts";
import { ExperimentStore } from "../../lib/train/mod.ts";
import { inTempFolder, write } from "../_fixtures.ts";

await engine.use("onnx");
const L = engine.layers.layers;

/** Two classes: brighter on the left, or on the right; without `difference` they are the same noise. */
async function sides(folder: string, difference: number, perClass = 30): Promise<Dataset> {
  const random = new Random(`sides/${difference}`);
  for (const [label, name] of ["left", "right"].entries()) {
    for (let i = 0; i < perClass; i++) {
      const pixels = Uint8Array.from({ length: 12 * 12 * 3 }, (_, j) => {
        const right = Math.floor(j / 3) % 12 >= 6;
        return 90 + random.integer(60) + (Number(right) === label ? difference : 0);
      });
      const png = await sharp(pixels, { raw: { width: 12, height: 12, channels: 3 } }).png().toBuffer();
      await write(join(folder, "data", name, `${i}.png`), new Uint8Array(png));
    }
  }
  return await open(join(folder, "data"), { size: 12, onProgress: () => {} });
}

/** A convolution, and whatever stands between it and the dense layer. */
function net(between: "flatten" | "nothing" = "flatten", units?: number): ModelSpec {
  return {
    name: `net-${between}`,
    description: "One convolution and one dense layer.",
    config: { between, units },
    build({ size, classes, seed }) {
      const kernelInitializer = engine.layers.initializers.glorotUniform({ seed });
      return engine.layers.sequential({
        layers: [
          L.conv2d({ filters: 4, kernelSize: 3, activation: "relu", kernelInitializer, inputShape: [size, size, 3] }),
          ...(between === "flatten" ? [L.flatten()] : []),
          L.dense({ units: units ?? classes, activation: "softmax", kernelInitializer }),
        ],
      });
    },
  };
}

/** As a person reads it. */
const text = (found: FindingRecord) => view([found]).text();

function about(code: string): FindingRecord {
  return finding({ code, severity: "warning", sentence: "Something is the matter.", remedy: "Mend it." });
}

Deno.test("prove() measures what scaling the pixels brings, on the same images", () =>
  inTempFolder(async (folder) => {
    const images = await sides(folder, 40);
    const { findings: [found, other] } = await prove([about("unscaled-inputs"), about("tiny-classes")], {
      model: net(),
      images,
      folds: images.folds(2),
      config: { inputRange: [0, 255], learningRate: 0.01, epochs: 6, batchSize: 8 },
    });
    const { value, low, high, n, unit, label, method } = found.expectedGain!;
    assert.ok(value > 0.1 && low! > 0 && high! <= 1, `${value} [${low}, ${high}]`);
    assert.deepEqual([n, unit], [images.development.length, "points"]);
    assert.equal(label, "Pixels of 0 to 1 instead of 0 to 255");
    assert.match(method!, /6 epochs on 2 folds, with and without$/);
    assert.equal(found.sentence, "Something is the matter.");
    assert.deepEqual(other, about("tiny-classes"));
  }));

Deno.test("prove() says that no effect can be told where there is none", () =>
  inTempFolder(async (folder) => {
    const images = await sides(folder, 40);
    const folds = images.folds(2);
    // What the remedy asks for is what is done already: both sides are the same.
    const { findings: [found] } = await prove([about("batch-against-learning-rate")], {
      model: net(),
      images,
      folds,
      config: { batchSize: 32, learningRate: 0.001, epochs: 2 },
    });
    assert.deepEqual([found.expectedGain!.value, found.expectedGain!.low! <= 0, found.expectedGain!.high! >= 0], [
      0,
      true,
      true,
    ]);
    assert.equal(found.expectedGain!.n, 48);
    assert.match(text(found), /No effect can be told: 0\spoints \[/);
  }));

Deno.test("prove() says that no effect can be told on noise, whatever the remedy", () =>
  inTempFolder(async (folder) => {
    const images = await sides(folder, 0);
    const codes = ["no-augmentation", "no-regularisation", "dead-activations"];
    const { findings } = await prove(codes.map(about), {
      model: net(),
      images,
      folds: images.folds(2),
      config: { epochs: 3, batchSize: 8 },
    });
    for (const { code, sentence, expectedGain } of findings) {
      assert.ok(expectedGain!.low! <= 0 && expectedGain!.high! >= 0, `${code}: ${sentence}`);
      assert.match(text({ ...about(code), expectedGain }), /No effect can be told: .* \[/);
    }
  }));

Deno.test("prove() tries a network with fewer weights where images are large enough for its poolings", () =>
  inTempFolder(async (folder) => {
    const small = await sides(folder, 40);
    const large = await open(join(folder, "data"), { size: 16, onProgress: () => {} });
    const gain = async (images: Dataset) => {
      const options = { model: net(), images, folds: images.folds(2), config: { epochs: 1 } };
      return (await prove([about("weights-against-images")], options)).findings[0].expectedGain;
    };
    assert.equal(await gain(small), undefined);
    assert.match((await gain(large))!.label, /^The small CNN/);
  }));

Deno.test("prove() holds balanced sampling against uneven classes by balanced accuracy", () =>
  inTempFolder(async (folder) => {
    await sides(folder, 14, 40);
    for (let i = 10; i < 40; i++) await Deno.remove(join(folder, "data", "right", `${i}.png`));
    const images = await open(join(folder, "data"), { size: 12, onProgress: () => {} });
    const { findings: [found] } = await prove([about("class-imbalance")], {
      model: net(),
      images,
      folds: images.folds(2),
      config: { epochs: 2, batchSize: 8 },
    });
    const { label, low, high, value, method } = found.expectedGain!;
    assert.match(label, /^Balanced accuracy/);
    assert.ok(low! <= value && value <= high!);
    assert.match(method!, /bootstrap over images, widened for 2 folds/);
  }));

Deno.test("balancedDifference() counts each class the same, however many images it has", () => {
  // Class 0: eight images, none better; class 1: two images, both better.
  const labels = [...new Array(8).fill(0), 1, 1];
  const records = labels.map((label, i) => ({ label, group: `${i}` }));
  const b = labels.map((label) => label === 1);
  const measured = { images: [...labels.keys()], folds: 1, dataset: { grouped: false, records }, seed: 1 };
  const one = balancedDifference(labels.map(() => false), b, measured);
  assert.equal(one.estimate, 0.5);
  const two = balancedDifference(labels.map((_, i) => i === 9), b, { ...measured, folds: 2 });
  assert.equal(two.estimate, 0.25);
  assert.ok(two.high > two.estimate && two.high <= 1);
});

Deno.test("prove() trains nothing a second time", () =>
  inTempFolder(async (folder) => {
    const images = await sides(folder, 40);
    const options = { model: net(), images, folds: images.folds(2), config: { epochs: 1 } };
    const runs = async () => {
      const store = await ExperimentStore.open();
      const count = store.count();
      store.close();
      return count;
    };
    const once = await prove([about("no-augmentation")], options);
    assert.equal(await runs(), 4);
    const again = await prove(once, options);
    assert.equal(await runs(), 4);
    assert.deepEqual(again.findings[0].expectedGain, once.findings[0].expectedGain);
  }));

Deno.test("prove() mends what cannot be trained, holds it against chance, and tries the rest on the mended model", () =>
  inTempFolder(async (folder) => {
    const images = await sides(folder, 90);
    const { findings: [mended, augmented] } = await prove([about("missing-flatten"), about("no-augmentation")], {
      model: net("nothing"),
      images,
      folds: images.folds(2),
      config: { epochs: 1 },
    });
    assert.match(mended.expectedGain!.label, /GlobalAveragePooling2D .* against chance/);
    assert.ok(mended.expectedGain!.low! < mended.expectedGain!.value);
    assert.ok(mended.expectedGain!.high! <= 0.5 + 1e-9, "half of the images is chance");
    assert.match(augmented.expectedGain!.label, /mirrored and shifted/);
    const units = await prove([about("wrong-output")], {
      model: net("flatten", 3),
      images,
      folds: images.folds(2),
      config: { epochs: 4, learningRate: 0.01, batchSize: 8 },
    });
    assert.ok(units.findings[0].expectedGain!.low! > 0);
  }));

Deno.test("prove() leaves findings alone whose remedy cannot be tried, and good news", () =>
  inTempFolder(async (folder) => {
    const images = await sides(folder, 40);
    const list = [
      about("few-images-per-class"),
      about("duplicates-in-class"), // there are none to leave out
      finding({ code: "diverging", severity: "good", sentence: "All is well." }),
    ];
    const options = { model: net(), images, folds: images.folds(2), config: { epochs: 1 } };
    assert.deepEqual((await prove(list, options)).findings, list);
    await assert.rejects(prove(list, { ...options, folds: [] }), /at least one fold, got none/);
  }));

Deno.test("prove() trains without the copies, and measures on neither side what should not be there", () =>
  inTempFolder(async (folder) => {
    await sides(folder, 40);
    const data = join(folder, "data");
    for (let i = 0; i < 6; i++) {
      await Deno.copyFile(join(data, "left", `${i}.png`), join(data, "left", `copy-${i}.png`));
      await Deno.copyFile(join(data, "left", `${10 + i}.png`), join(data, "right", `wrong-${i}.png`));
    }
    const images = await open(data, { size: 12, testShare: 0.05, onProgress: () => {} });
    const { spare, contradicted } = await copiesIn(images);
    const paths = (set: ReadonlySet<number>) => [...set].map((i) => images.records[i].path);
    assert.ok(spare.size >= 4 && spare.size <= 6 && contradicted.size >= 8 && contradicted.size <= 12);
    assert.ok(paths(contradicted).every((path) => /left\/1\d\.png|right\/wrong-/.test(path)));
    const { findings } = await prove(["duplicates-in-class", "duplicates-across-classes"].map(about), {
      model: net(),
      images,
      folds: images.folds(2),
      config: { epochs: 2 },
    });
    assert.deepEqual(findings.map(({ expectedGain }) => expectedGain!.n), [
      images.development.length - spare.size,
      images.development.length - contradicted.size,
    ]);
  }));

Deno.test("changed() changes one layer and keeps the initial weights of the others", () => {
  const shapes = (spec: ModelSpec) => {
    const model = spec.build({ size: 32, classes: 5, seed: 3 });
    const types = model.layers.map((layer) => layer.getClassName());
    const first = [...model.layers[0].getWeights()[0].dataSync()];
    const last = model.layers.at(-1)!.getConfig();
    model.dispose();
    return { types, first, last };
  };
  const before = shapes(threadCnn());
  const change = (spec: ModelSpec, name: string, by: Parameters<typeof changed>[2]) => {
    const other = changed(spec, name, by, 32, 5)!;
    assert.equal(other.name, `${spec.name}-${name}`);
    const after = shapes(other);
    assert.deepEqual(after.first, before.first);
    return after;
  };
  const convolutions = new Array(4).fill("Conv2D");
  assert.deepEqual(change(threadCnn(), "d", droppedOut).types, [...convolutions, "Flatten", "Dropout", "Dense"]);
  assert.deepEqual(change(threadCnn({ asPosted: true }), "p", pooled).types, [
    ...convolutions,
    "GlobalAveragePooling2D",
    "Dense",
  ]);
  const head = change(threadCnn(), "s", softmaxHead).last;
  assert.deepEqual([head.units, head.activation], [5, "softmax"]);
});

Deno.test("changed() does not apply where the change does not, nor to one that is no sequence", () => {
  assert.equal(changed(threadCnn(), "d", () => null, 32, 5), null);
  const branched: ModelSpec = {
    ...net(),
    build: ({ size, classes }) => {
      const input = engine.layers.input({ shape: [size, size, 3] });
      const flat = L.flatten().apply(input);
      return engine.layers.model({
        inputs: input,
        outputs: L.dense({ units: classes }).apply(flat) as engine.SymbolicTensor,
      });
    },
  };
  assert.equal(changed(branched, "d", droppedOut, 32, 5), null);
});
