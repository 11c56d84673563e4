import assert from "node:assert/strict";
import { join } from "node:path";
import * as engine from "../../lib/engine/mod.ts";
import { statistics } from "../../lib/engine/onnx/mod.ts";
import { projectRoot } from "../../lib/files/mod.ts";
import { load, ModelError, type ModelSpec } from "../../lib/model/mod.ts";
import { inTempFolder, write } from "../_fixtures.ts";
import {
  average3,
  conv3,
  dense3,
  functional2,
  functional3,
  input3,
  layer3,
  object3,
  sequential3,
  tensor3,
} from "./_keras_json.ts";

const INPUT = { size: 16, classes: 3, seed: 1 };

/** Loads `content` from a file of this name. */
async function loaded(content: unknown, name = "net.json"): Promise<ModelSpec> {
  await engine.use("cpu");
  let spec: ModelSpec;
  await inTempFolder(async (folder) => {
    const path = join(folder, name);
    await write(path, typeof content === "string" ? content : JSON.stringify(content));
    spec = await load(path, INPUT);
  });
  return spec!;
}

async function refused(content: unknown, message: RegExp, name?: string): Promise<void> {
  await assert.rejects(loaded(content, name), (error: Error) => {
    assert.ok(error instanceof ModelError, String(error));
    assert.match(error.message, message);
    assert.ok(error.message.includes(name ?? "net.json"), `names the file: ${error.message}`);
    return true;
  });
}

/** Shapes of the outputs of its layers, number of weights and the weights themselves. */
function seen(spec: ModelSpec, input: Partial<typeof INPUT> = {}) {
  const model = spec.build({ ...INPUT, size: spec.inputSize ?? INPUT.size, ...input });
  try {
    return {
      layers: model.layers.map((layer) => `${layer.getClassName()} ${[layer.outputShape].flat().slice(1).join("x")}`),
      parameters: model.countParams(),
      weights: model.getWeights().map((weight) => [...weight.dataSync()]).flat(),
    };
  } finally {
    model.dispose();
  }
}

const SCRIPT = `
import { engine } from "plateau";
const { layers: tf } = engine;

export default ({ size, classes }) => {
  const model = tf.sequential();
  model.add(tf.layers.conv2d({ inputShape: [size, size, 3], filters: 4, kernelSize: 3, activation: "relu" }));
  model.add(tf.layers.globalAveragePooling2d({}));
  model.add(tf.layers.dropout({ rate: 0.5 }));
  model.add(tf.layers.dense({ units: classes, activation: "softmax" }));
  return model;
};`;

Deno.test("load() builds what the default export of a .ts file makes, for the size and classes it is given", async () => {
  const spec = await loaded(SCRIPT, "my net.ts");
  assert.equal(spec.name, "my-net");
  assert.equal(spec.inputSize, undefined);
  assert.match(spec.description, /^Your model my net\.ts\. Its weights start fresh from the seed\.$/);
  assert.deepEqual(seen(spec).layers, [
    "Conv2D 14x14x4",
    "GlobalAveragePooling2D 4",
    "Dropout 4",
    "Dense 3",
  ]);
  assert.equal(seen(spec, { size: 20, classes: 5 }).layers.at(-1), "Dense 5");
});

Deno.test("a .ts file that names no seed still begins with the same weights for the same seed, and others for others", async () => {
  const spec = await loaded(SCRIPT, "net.ts");
  assert.deepEqual(seen(spec).weights, seen(spec).weights);
  assert.notDeepEqual(seen(spec).weights, seen(spec, { seed: 2 }).weights);
});

Deno.test("dropout of an own model draws other masks at every step, and the same ones in every run of a seed", async () => {
  const spec = await loaded(SCRIPT.replace("rate: 0.5", "rate: 0.5, seed: 7"), "net.ts");
  const masks = () => {
    const model = spec.build(INPUT);
    const ones = engine.tf.ones([1, 200]);
    const dropout = model.layers.find((layer) => layer.getClassName() === "Dropout")!;
    const drawn = [1, 2].map(() => [...(dropout.call(ones, { training: true }) as engine.Tensor).dataSync()].join());
    model.dispose();
    return drawn;
  };
  const [first, second] = masks();
  assert.notEqual(first, second);
  assert.deepEqual(masks(), [first, second]);
});

Deno.test("an own model that draws no numbers is left as TensorFlow.js made it: its steps are repeated", async () => {
  const spec = await loaded(SCRIPT.replace(/.*dropout.*/, ""), "net.ts");
  await engine.use("onnx", { threads: 2 });
  const model = spec.build(INPUT);
  model.compile({ optimizer: "sgd", loss: "categoricalCrossentropy" });
  const x = engine.tf.ones([8, 16, 16, 3]),
    y = engine.tf.cast(engine.tf.oneHot([0, 1, 2, 0, 1, 2, 0, 1], 3), "float32");
  const before = statistics().repeatedSteps;
  await model.fit(x, y, { epochs: 6, batchSize: 8, verbose: 0 });
  assert.equal(statistics().repeatedSteps - before, 4, "two steps in a row show which calls a step makes");
  model.dispose();
  engine.tf.dispose([x, y]);
});

Deno.test("load() says so when a file gives its weights seeds of its own", async () => {
  const seeded = SCRIPT.replaceAll("filters: 4", "filters: 4, kernelInitializer: tf.initializers.heNormal({ seed: 3 })")
    .replace("units: classes", 'units: classes, kernelInitializer: "zeros"');
  assert.match((await loaded(seeded, "net.ts")).description, /the same whatever the seed is/);
});

Deno.test("a changed file is another experiment, and so is a changed file that it imports", async () => {
  const first = await loaded(SCRIPT, "net.ts");
  assert.deepEqual((await loaded(SCRIPT, "net.ts")).config, first.config);
  assert.notDeepEqual((await loaded(SCRIPT + "\n// a word", "net.ts")).config, first.config);

  const width = async (filters: number) => {
    let spec: ModelSpec;
    await inTempFolder(async (folder) => {
      await write(join(folder, "width.ts"), `export const filters: number = ${filters};`);
      await write(
        join(folder, "net.ts"),
        `import { filters } from "./width.ts";` + SCRIPT.replace("filters: 4", "filters"),
      );
      spec = await load(join(folder, "net.ts"), INPUT);
    });
    return spec!.config;
  };
  assert.deepEqual(await width(4), await width(4));
  assert.notDeepEqual(await width(4), await width(8));
});

Deno.test("load() notices the size that a model insists on", async () => {
  const spec = await loaded(SCRIPT.replace("[size, size, 3]", "[24, 24, 3]"), "net.ts");
  assert.equal(spec.inputSize, 24);
  assert.match(spec.description, /made for 24×24 images/);
  assert.equal((await loaded(sequential3(input3(24), average3, dense3(3)))).inputSize, 24);
});

Deno.test("a model that ends in plain scores gets a softmax behind it, and the file's model does not change", async () => {
  const sequential = await loaded(sequential3(input3(16), conv3(), average3, dense3(3, { activation: "linear" })));
  assert.match(sequential.description, /plain scores \(logits\)/);
  assert.equal(seen(sequential).layers.at(-1), "Softmax 3");

  const functional = JSON.parse(JSON.stringify(functional3()).replace('"softmax"', '"linear"'));
  const spec = await loaded(functional);
  const before = engine.tf.memory().numTensors;
  const model = spec.build(INPUT);
  const rows = engine.tf.tidy(() => (model.predict(engine.tf.ones([2, 16, 16, 3])) as engine.Tensor2D).arraySync());
  const sums = rows.map((row) => row.reduce((sum, value) => sum + value, 0));
  assert.ok(sums.every((sum) => Math.abs(sum - 1) < 1e-5), sums.join());
  model.dispose();
  assert.equal(engine.tf.memory().numTensors, before, "nothing is left of it");
});

Deno.test("a model that scales pixels itself gets them from 0 to 255", async () => {
  const scaled = (scale: number) =>
    sequential3(input3(16), layer3("Rescaling", { name: "scale", scale, offset: 0 }), average3, dense3(3));
  assert.deepEqual((await loaded(scaled(1 / 255))).inputRange, [0, 255]);
  assert.equal((await loaded(scaled(2))).inputRange, undefined);
});

Deno.test("load() builds a Sequential of Keras 3", async () => {
  const spec = await loaded(sequential3(
    input3(16),
    conv3(),
    layer3("BatchNormalization", { name: "norm", axis: -1, momentum: 0.99, epsilon: 0.001, renorm: false }),
    layer3("LeakyReLU", { name: "leaky", negative_slope: 0.2 }),
    layer3("MaxPooling2D", { name: "pool", pool_size: [2, 2], strides: [2, 2], padding: "valid" }),
    layer3("Dropout", { name: "drop", rate: 0.3, seed: 5, noise_shape: null }),
    layer3("Activation", { name: "bend", activation: "silu" }),
    average3,
    dense3(3),
  ));
  const { layers, parameters, weights } = seen(spec);
  assert.deepEqual(layers.slice(1), [
    "Conv2D 14x14x4",
    "BatchNormalization 14x14x4",
    "LeakyReLU 14x14x4",
    "MaxPooling2D 7x7x4",
    "Dropout 7x7x4",
    "Activation 7x7x4",
    "GlobalAveragePooling2D 4",
    "Dense 3",
  ]);
  assert.equal(parameters, 3 * 9 * 4 + 4 + 4 * 4 + 4 * 3 + 3);
  assert.notDeepEqual(weights, seen(spec, { seed: 2 }).weights);

  const model = spec.build(INPUT);
  const config = (type: string) => model.layers.find((layer) => layer.getClassName() === type)!.getConfig();
  assert.equal(config("LeakyReLU").alpha, 0.2);
  assert.equal(config("Activation").activation, "swish");
  assert.deepEqual(JSON.parse(JSON.stringify(config("Conv2D").kernelRegularizer)).config, { l1: 0, l2: 0.01 });
  model.dispose();
});

Deno.test("load() builds branches of Keras 3 and of Keras 2, and drops their seeds", async () => {
  for (const json of [functional3(), functional2()]) {
    const spec = await loaded(json);
    const { layers, weights } = seen(spec);
    assert.ok(layers.includes("Add 14x14x4"), layers.join());
    assert.equal(layers.at(-1), "Dense 3");
    assert.notDeepEqual(weights, seen(spec, { seed: 2 }).weights);
    assert.deepEqual(weights, seen(spec).weights);
  }
  const separate = functional3({ args: [tensor3("a"), tensor3("b")], kwargs: { training: null } } as never);
  assert.ok(seen(await loaded(separate)).layers.includes("Add 14x14x4"));
});

Deno.test("load() builds a layers model of TensorFlow.js from its folder, and leaves its weights alone", async () => {
  await engine.use("cpu");
  await inTempFolder(async (folder) => {
    const own = engine.layers.sequential({ name: "own" });
    own.add(engine.layers.layers.conv2d({ inputShape: [16, 16, 3], filters: 2, kernelSize: 3, padding: "same" }));
    own.add(engine.layers.layers.reLU({}));
    own.add(engine.layers.layers.flatten());
    own.add(engine.layers.layers.dense({ units: 3, activation: "softmax" }));
    await write(
      join(folder, "shoes", "model.json"),
      JSON.stringify({
        format: "layers-model",
        modelTopology: own.toJSON(null, false),
        weightsManifest: [{ paths: ["not-there.bin"], weights: [] }],
      }),
    );
    own.dispose();
    const spec = await load(join(folder, "shoes"), INPUT);
    assert.equal(spec.name, "shoes");
    assert.equal(seen(spec).layers.at(-1), "Dense 3");
    await assert.rejects(load(folder, INPUT), /a folder must have a model\.json in it, it has none/);
  });
});

Deno.test("what a file leaves open of its input is the working size", async () => {
  assert.equal(seen(await loaded(sequential3(input3(null), conv3(), average3, dense3(3)))).layers[1], "Conv2D 14x14x4");
  const spec = await loaded(sequential3(conv3(), average3, dense3(3)));
  assert.equal(spec.inputSize, undefined);
  assert.ok(seen(spec, { size: 20 }).layers.includes("Conv2D 18x18x4"));
});

Deno.test("frozen layers are trained, since their weights start fresh, and load() says so", async () => {
  const spec = await loaded(sequential3(input3(16), conv3({ trainable: false }), average3, dense3(3)));
  assert.match(spec.description, /1 frozen layer is trained like the rest/);
  const model = spec.build(INPUT);
  assert.equal(model.trainableWeights.length, 4);
  model.dispose();
});

Deno.test("load() refuses by name what TensorFlow.js does not have, or would pass over in silence", async () => {
  const around = (layer: Record<string, unknown>) => sequential3(input3(16), layer, average3, dense3(3));
  await refused(around(layer3("Lambda", { name: "mine" })), /layer "mine" is a Lambda, which cannot be had here/);
  await refused(around(layer3("RandomFlip", { name: "flip" })), /leave it out, the workbench varies/);
  await refused(around(conv3({ groups: 2 })), /"conv" \(Conv2D\) has groups 2, here it can only be 1/);
  await refused(around(layer3("ReLU", { name: "r", negative_slope: 0.1 })), /negative_slope 0\.1/);
  await refused(around(conv3({ data_format: "channels_first" })), /channels first/);
  await refused(around(conv3({ activation: "hard_sigmoid" })), /activation "hard_sigmoid" of the layer "conv"/);
  await refused(
    around(conv3({ activation: object3("builtins", "function", "mine" as never) })),
    /activation "mine".*layer of its own/,
  );
  await refused(around(conv3({ kernel_initializer: object3("mine", "Mine") })), /initialiser "Mine"/);
  await refused(around(conv3({ kernel_regularizer: object3("mine", "Mine") })), /regulariser "Mine"/);
  await refused(around(conv3({ kernel_constraint: object3("mine", "Mine") })), /constraint "Mine"/);
  await refused(functional3({ args: [tensor3("a"), 2], kwargs: {} } as never), /layer "sum" is called with more/);
});

Deno.test("load() refuses files that hold no model", async () => {
  await refused("{", /must be JSON/);
  await refused("[]", /must be a JSON object/);
  await refused({ a: 1 }, /neither "modelTopology" nor "class_name"/);
  await refused({ format: "graph-model", modelTopology: {} }, /graph model, which cannot be trained/);
  await refused({ class_name: "Mine", config: {} }, /Sequential or Functional model, it is "Mine"/);
  await refused(sequential3(), /it has no layers/);
  await refused(sequential3(input3(16), conv3({ kernel_size: [40, 40] }), average3, dense3(3)), /do not fit together/);
});

Deno.test("load() refuses files of other kinds, and says what to do", async () => {
  await refused("x", /it is \.keras\. Write its architecture in Python: .*to_json/, "net.keras");
  await refused("x", /it is \.py\./, "net.py");
  await refused("x", /a file without extension/, "net");
  await engine.use("cpu");
  await assert.rejects(load("/nowhere/net.ts"), /Cannot read the model "\/nowhere\/net\.ts": it does not exist/);
});

Deno.test("load() refuses a script without a function that makes one model, and says what it has instead", async () => {
  const script = (text: string) => `import { engine } from "plateau";\nconst { layers: tf } = engine;\n${text}`;
  const dense = "tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [16] })] })";
  const cases: [string, RegExp][] = [
    ["export const model = 1;", /needs a default export, a function .* and has none/],
    ["export default 3;", /must be a function .* it is a number/],
    [script(`export default ${dense};`), /it is a model: put it into a function/],
    ["export default () => 3;", /it returns a number/],
    ["export default () => ({ layers: [] });", /it returns an object \(Object\)/],
    ["export default async () => 3;", /it returns a promise/],
    ['export default () => { throw new Error("no luck"); };', /size: 16, classes: 3, seed: 1 .* throws: no luck/],
    ['throw new Error("at once");', /importing it failed: at once/],
    ["export default (", /importing it failed/],
    ['import "./not_there.ts"; export default 1;', /importing it failed/],
  ];
  for (const [text, message] of cases) await refused(text, message, "net.ts");
});

Deno.test("load() refuses several inputs or outputs, and weights that no seed can bring back", async () => {
  const script = (text: string) =>
    `import { engine } from "plateau";\nconst { layers: tf, tf: core } = engine;\n${text}`;
  await refused(
    script(`export default () => {
      const [a, b] = [tf.input({ shape: [4] }), tf.input({ shape: [4] })];
      return tf.model({ inputs: [a, b], outputs: tf.layers.add().apply([a, b]) });
    };`),
    /must have one input, the image, it has 2/,
    "net.ts",
  );
  await refused(
    script(`export default () => {
      const a = tf.input({ shape: [4] });
      return tf.model({ inputs: a, outputs: [1, 2].map((units) => tf.layers.dense({ units }).apply(a)) });
    };`),
    /must have one output, the classes, it has 2/,
    "net.ts",
  );
  await refused(
    script(`let calls = 0;
    export default () => tf.sequential({ layers: [
      tf.layers.dense({ units: 3, inputShape: [4], kernelInitializer: tf.initializers.constant({ value: calls++ }) }),
    ] });`),
    /two models of seed 1 differ, so no run could be repeated/,
    "net.ts",
  );
});

Deno.test("load() leaves no tensors behind", async () => {
  await loaded(SCRIPT, "net.ts");
  const before = engine.tf.memory().numTensors;
  await loaded(SCRIPT, "net.ts");
  await loaded(functional3());
  assert.equal(engine.tf.memory().numTensors, before);
});

Deno.test("the example in the documentation is a model", async () => {
  const page = await Deno.readTextFile(join(projectRoot(), "docs", "own-model.md"));
  const [, example] = page.match(/```ts\n([^`]*export default[^`]*)```/)!;
  assert.deepEqual(seen(await loaded(example, "example.ts")).layers, [
    "Conv2D 14x14x32",
    "GlobalAveragePooling2D 32",
    "Dense 3",
  ]);
});

Deno.test("a model within a model is built, counted and given back whole, in Keras 3's way of numbering calls", async () => {
  const node = (layer: Record<string, unknown>, name: string, ...from: string[]) => ({
    ...layer,
    name,
    inbound_nodes: from.map((one) => ({ args: [tensor3(one)], kwargs: {} })),
  });
  const inner = { ...sequential3(input3(16), conv3()), config: { name: "inner", layers: [input3(16), conv3()] } };
  const json = object3("keras", "Functional", {
    name: "outer",
    layers: [
      node(input3(16), "input"),
      node(inner, "inner", "input"),
      node(average3, "average", "inner"),
      node(dense3(3), "dense", "average"),
    ],
    input_layers: ["input", 0, 0],
    output_layers: ["dense", 0, 0],
  });
  const spec = await loaded(json);
  const before = engine.tf.memory().numTensors;
  const { parameters, weights } = seen(spec);
  assert.equal(parameters, 3 * 9 * 4 + 4 + 4 * 3 + 3);
  assert.notDeepEqual(weights, seen(spec, { seed: 2 }).weights);
  assert.equal(engine.tf.memory().numTensors, before);
});
