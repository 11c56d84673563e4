import assert from "node:assert/strict";
import { layers, tf, use } from "../../lib/engine/mod.ts";
import { lint, lintAsPosted, type LintContext } from "../../lib/diagnose/mod.ts";
import { cutOff } from "../../lib/diagnose/lint/_data_rules.ts";
import { policies } from "../../lib/augment/mod.ts";
import { Random } from "../../lib/stats/mod.ts";
import { smallCnn, threadCnn } from "../../lib/model/mod.ts";
import { pictures } from "./_synthetic.ts";

await use("cpu");
const L = layers.layers;

/** A setting in which nothing is wrong. */
const CLEAN: LintContext = {
  classes: 10,
  images: 1000,
  size: 32,
  config: {
    epochs: 20,
    batchSize: 32,
    learningRate: 0.001,
    augmentation: policies.flipShift,
    earlyStopping: { patience: 5 },
  },
};

const sample = pictures({ counts: new Array(16).fill(47), paint: () => 0, size: 64 });

/** A model that ends in `last`, after one small convolution of 8x8 images and whatever `between` is. */
function net(
  last: Partial<Parameters<typeof L.dense>[0]>,
  between: layers.layers.Layer[] = [L.globalAveragePooling2d({})],
  first: layers.layers.Layer[] = [],
): layers.LayersModel {
  const model = layers.sequential({ name: "net" });
  if (first.length === 0) {
    model.add(L.conv2d({ filters: 4, kernelSize: 3, activation: "relu", inputShape: [8, 8, 3] }));
  } else {
    first.forEach((layer) => model.add(layer));
    model.add(L.conv2d({ filters: 4, kernelSize: 3, activation: "relu" }));
  }
  between.forEach((layer) => model.add(layer));
  model.add(L.dense({ units: 10, activation: "softmax", name: "last", ...last }));
  return model;
}

function codes(model: Parameters<typeof lint>[0], context: Partial<LintContext> = {}): string[] {
  return lint(model, { ...CLEAN, ...context }).findings.map(({ code }) => code);
}

function found(code: string, model: Parameters<typeof lint>[0], context: Partial<LintContext> = {}) {
  const finding = lint(model, { ...CLEAN, ...context }).findings.find((one) => one.code === code);
  assert.ok(finding, `no ${code} among ${codes(model, context)}`);
  return finding;
}

Deno.test("lint() finds nothing wrong with a model that fits its task", () => {
  assert.deepEqual(codes(net({})), ["lint-clean"]);
  assert.deepEqual(codes(smallCnn(), { run: { deadUnits: [{ layer: "relu_1", share: 0 }] } }), [
    "activations-alive",
    "lint-clean",
  ]);
});

Deno.test("lint() says that a dense layer on a map answers once per place", () => {
  const finding = found("missing-flatten", net({}, []));
  assert.equal(finding.severity, "error");
  assert.match(finding.sentence, /feature map \(6×6×4\).* 36 answers per image.*\(6×6×10\)/);
  assert.ok(!codes(net({}, [])).includes("wrong-output"));
});

Deno.test("lint() says when the last layer has not one unit per class", () => {
  assert.match(found("wrong-output", net({ units: 12 })).sentence, /12 numbers per image, but there are 10 classes/);
});

Deno.test("lint() lets one sigmoid unit pass for two classes", () => {
  const binary = { classes: 2, loss: "binary_crossentropy", labels: "integer" as const };
  assert.deepEqual(codes(net({ units: 1, activation: "sigmoid" }), binary), ["lint-clean"]);
});

Deno.test("lint() says when poolings leave nothing of the image", () => {
  const pools = Array.from({ length: 3 }, () => L.maxPooling2d({ poolSize: 2 }));
  const model = net({}, [...pools, L.flatten()]);
  assert.match(found("too-deep", model).sentence, /8×8 image.*"max_pooling2d/);
});

Deno.test("lint() of a specification that cannot be built says why instead of failing", () => {
  const finding = found("does-not-build", threadCnn(), { size: 8 });
  assert.equal(finding.severity, "error");
  assert.match(finding.sentence, /^thread-cnn cannot be built for 8×8 images: /);
});

for (
  const [activation, loss, severity] of [
    ["softmax", "categoricalCrossentropy", null],
    ["softmax", "sparse_categorical_crossentropy", null],
    ["linear", "categorical_crossentropy", "error"],
    ["relu", "categorical_crossentropy", "error"],
    ["sigmoid", "categorical_crossentropy", "warning"],
    ["softmax", "binary_crossentropy", "error"],
    ["sigmoid", "binaryCrossentropy", "error"],
    ["softmax", "mse", "warning"],
    ["linear", "mse", null],
  ] as const
) {
  Deno.test(`lint() ${severity ? `has an ${severity} about` : "accepts"} ${activation} with ${loss}`, () => {
    const labels = loss.startsWith("sparse") ? "integer" : "one-hot";
    const { findings } = lint(net({ activation }), { ...CLEAN, loss, labels });
    const about = findings.find(({ code }) => code === "loss-against-activation");
    assert.equal(about?.severity ?? null, severity);
  });
}

Deno.test("lint() takes a softmax layer of its own for the model's last activation", () => {
  const model = net({ activation: undefined }) as layers.Sequential;
  assert.ok(codes(model).includes("loss-against-activation"));
  model.add(L.softmax({}));
  assert.deepEqual(codes(model), ["lint-clean"]);
});

Deno.test("lint() says what binary cross-entropy's accuracy of always no is", () => {
  assert.match(
    found("loss-against-activation", net({}), { loss: "binary_crossentropy" }).sentence,
    /always answering no gets 90\s%/,
  );
});

Deno.test("lint() says that softmax over a single unit can tell nothing apart", () => {
  const finding = found("loss-against-activation", net({ units: 1 }), { classes: 2, loss: "binary_crossentropy" });
  assert.match(finding.sentence, /always gives 1/);
});

Deno.test("lint() holds the labels' encoding against the loss, both ways", () => {
  assert.match(found("label-encoding", net({}), { labels: "integer" }).remedy, /sparse/);
  assert.match(
    found("label-encoding", net({}), { loss: "sparseCategoricalCrossentropy" }).sentence,
    /expects one class number/,
  );
});

Deno.test("lint() says that pixels of 0 to 255 are not scaled, unless the model does it first", () => {
  const inputRange = [0, 255] as const;
  assert.match(found("unscaled-inputs", net({}), { inputRange }).sentence, /as 0 to 255/);
  const rescaling = L.rescaling({ scale: 1 / 255, inputShape: [8, 8, 3] } as never);
  assert.ok(!codes(net({}, undefined, [rescaling]), { inputRange }).includes("unscaled-inputs"));
  // Normalising after the first weights comes too late for them.
  const late = net({}, [L.batchNormalization({}), L.globalAveragePooling2d({})]);
  assert.ok(codes(late, { inputRange }).includes("unscaled-inputs"));
  for (const fine of [[-1, 1], [-3, 3]] as const) {
    assert.deepEqual(codes(net({}), { inputRange: fine }), ["lint-clean"]);
  }
});

Deno.test("lint() names the classes that validation_split off the end of folder-ordered images leaves untrained", () => {
  const finding = found("validation-off-the-end", smallCnn(), {
    ...CLEAN,
    classes: undefined,
    images: undefined,
    dataset: pictures({ counts: [30, 30, 30, 30, 40], paint: () => 0, size: 64 }),
    validationSplit: { share: 0.25, fromEnd: true, orderedByClass: true },
  });
  assert.equal(finding.severity, "error");
  // 160 images, cut at 120: class 4 begins there.
  assert.match(finding.sentence, /1 class is never trained on \(class 4\), and 4 classes are never measured/);
});

Deno.test("lint() only supposes so where nobody knows the order, and says nothing where images are shuffled", () => {
  const split = (orderedByClass: boolean | null, fromEnd = true) => ({ validationSplit: { fromEnd, orderedByClass } });
  const unknown = found("validation-off-the-end", net({}), split(null));
  assert.equal(unknown.severity, "warning");
  assert.match(unknown.sentence, /If they come folder by folder, 2 classes are never trained on, and 7 classes/);
  assert.ok(!codes(net({}), split(false)).includes("validation-off-the-end"));
  assert.ok(!codes(net({}), split(true, false)).includes("validation-off-the-end"));
});

Deno.test("cutOff() cuts where Keras cuts, also inside a class, and skips empty classes", () => {
  const of = (...counts: number[]) => counts.map((count, k) => ({ name: `${k}`, count }));
  assert.deepEqual(cutOff(of(3, 3, 4), 0.4), { untrained: ["2"], unmeasured: ["0", "1"] });
  assert.deepEqual(cutOff(of(3, 3, 4), 0.25), { untrained: [], unmeasured: ["0", "1"] });
  assert.deepEqual(cutOff(of(5, 0, 5), 0.5), { untrained: ["2"], unmeasured: ["0"] });
});

Deno.test("lint() looks at the order of the images itself where nobody names it", () => {
  const split = { share: 0.25, fromEnd: true };
  const context = { ...CLEAN, classes: undefined, images: undefined, validationSplit: split };
  const inOrder = pictures({ counts: [30, 30, 30, 30, 40], paint: () => 0, size: 64 });
  const finding = found("validation-off-the-end", smallCnn(), { ...context, dataset: inOrder });
  assert.equal(finding.severity, "error");
  assert.match(finding.sentence, /come folder by folder, so 1 class is never trained on \(class 4\), and 4 classes/);
  const records = new Random(1).shuffled(inOrder.records);
  assert.ok(!codes(smallCnn(), { ...context, dataset: { ...inOrder, records } }).includes("validation-off-the-end"));
});

Deno.test("lint() measures the pixels of a batch instead of believing the configuration", () => {
  const batch = (high: number) => ({
    inputs: Array.from({ length: 2 * 192 }, (_, i) => i % 2 * high),
    inputShape: [2, 8, 8, 3],
    targets: Array.from({ length: 20 }, (_, i) => Number(i % 10 === 0)),
    targetShape: [2, 10],
  });
  const finding = found("unscaled-inputs", net({}), { batch: batch(255), inputRange: [0, 1] });
  assert.match(finding.sentence, /go in as 0 to 255/);
  assert.deepEqual(finding.evidence.map(({ value, n }) => [value, n]), [[0, 2], [255, 2]]);
  assert.deepEqual(codes(net({}), { batch: batch(1), inputRange: [0, 255] }), ["lint-clean"]);
});

Deno.test("lint() says when labels name outputs that the model does not have", () => {
  const about = (targets: number[], targetShape = [targets.length], encoding: "integer" | "one-hot" = "integer") => ({
    batch: { inputs: new Array(targetShape[0]).fill(0), inputShape: [targetShape[0], 1], targets, targetShape },
    loss: encoding === "integer" ? "sparse_categorical_crossentropy" : "categorical_crossentropy",
  });
  const fromOne = found("targets-out-of-range", net({}), about([1, 5, 10]));
  assert.equal(fromOne.severity, "error");
  assert.match(fromOne.sentence, /numbers from 1 to 10, but the model's 10 outputs stand for 0 to 9/);
  assert.match(fromOne.remedy, /subtract 1/);
  assert.match(found("targets-out-of-range", net({}), about([-1, 0])).sentence, /from −1 to 0/);
  assert.match(found("targets-out-of-range", net({}), about([0.5, 1])).sentence, /not all of them whole/);
  assert.deepEqual(codes(net({}), about([0, 9])), ["lint-clean"]);
  const rows = (width: number, value: number) => about(new Array(2 * width).fill(value), [2, width], "one-hot");
  assert.match(found("targets-out-of-range", net({}), rows(11, 1)).sentence, /rows of 11 numbers.*has 10 outputs/);
  assert.match(found("targets-out-of-range", net({}), rows(10, 3)).sentence, /numbers from 3 to 3/);
  assert.deepEqual(codes(net({}), rows(10, 1)), ["lint-clean"]);
  assert.deepEqual(codes(net({ units: 9 }), rows(10, 1)), ["wrong-output"]);
});

Deno.test("lint() takes the labels' encoding from a batch, and refuses a batch that does not fill its shape", () => {
  const batch = { inputs: [0, 1], inputShape: [2, 1], targets: [0, 1], targetShape: [2] };
  assert.ok(codes(net({}), { batch }).includes("label-encoding"));
  assert.throws(() => lint(net({}), { ...CLEAN, batch: { ...batch, targetShape: [3] } }), /fill their shapes/);
});

Deno.test("lint() says where the thread's weights sit, and how many there are for each image", () => {
  const finding = found("weights-against-images", threadCnn(), { dataset: sample, classes: 16, images: 600, size: 64 });
  assert.match(finding.sentence, /^93\s% of 1\.48 million weights sit in the dense layer after Flatten\./);
  assert.match(finding.sentence, /for each of 600 training images/);
  assert.match(finding.remedy, /GlobalAveragePooling2D/);
  assert.ok(!codes(smallCnn()).includes("weights-against-images"));
});

Deno.test("lint() counts only the images that validation_split leaves for training", () => {
  const finding = found("weights-against-images", threadCnn(), {
    size: 64,
    images: 800,
    validationSplit: { share: 0.25, fromEnd: false, orderedByClass: false },
  });
  assert.match(finding.sentence, /each of 600 training images/);
});

Deno.test("lint() calls batches of 4 at 0.001 noisy, and batches of 4 at 0.0001 not", () => {
  const config = (batchSize: number, learningRate: number) => ({
    config: { ...CLEAN.config, batchSize, learningRate },
  });
  const finding = found("batch-against-learning-rate", net({}), config(4, 0.001));
  assert.match(finding.sentence, /Batches of 4 at a learning rate of 0\.001 .* 8 times.* at most 4 of 10 classes/);
  assert.match(finding.remedy, /about 0\.0001 .*Goyal et al\. 2017/);
  assert.deepEqual(codes(net({}), config(4, 0.0001)), ["lint-clean"]);
  assert.ok(codes(net({}), config(32, 0.01)).includes("batch-against-learning-rate"));
  assert.deepEqual(codes(net({}), config(128, 0.001)), ["lint-clean"]);
});

Deno.test("lint() says when a training has hardly any steps", () => {
  const config = { ...CLEAN.config, epochs: 5, batchSize: 128 };
  assert.match(found("few-steps", net({}), { config }).sentence, /are 40 steps in all/);
});

Deno.test("lint() warns of batch normalisation over a handful of images", () => {
  const config = { ...CLEAN.config, batchSize: 4, learningRate: 0.0001 };
  assert.ok(codes(smallCnn(), { config }).includes("batch-norm-tiny-batches"));
  assert.ok(!codes(net({}), { config }).includes("batch-norm-tiny-batches"));
});

Deno.test("lint() misses augmentation on small data only, and any regularisation where there is none", () => {
  const config = { ...CLEAN.config, augmentation: null };
  assert.ok(codes(net({}), { config }).includes("no-augmentation"));
  assert.ok(!codes(net({}), { config, images: 20_000 }).includes("no-augmentation"));
  const bare = { ...config, earlyStopping: null };
  assert.ok(codes(net({}), { config: bare }).includes("no-regularisation"));
  const dropout = [L.globalAveragePooling2d({}), L.dropout({ rate: 0.5 })];
  assert.ok(!codes(net({}, dropout), { config: bare }).includes("no-regularisation"));
  const penalty = net({ kernelRegularizer: layers.regularizers.l2({ l2: 0.01 }) });
  assert.ok(!codes(penalty, { config: bare }).includes("no-regularisation"));
});

Deno.test("lint() names the layers whose units have died", () => {
  const run = { deadUnits: [{ layer: "conv_1", share: 0.1 }, { layer: "conv_3", share: 0.5 }] };
  const finding = found("dead-activations", net({}), { run });
  assert.match(finding.sentence, /50\s% in conv_3\./);
  assert.equal(finding.evidence.length, 1);
  assert.ok(codes(net({}), { run: { deadUnits: [run.deadUnits[0]] } }).includes("activations-alive"));
});

Deno.test("lint() notices a convolution without an activation, but not one that is normalised and rectified later", () => {
  const conv = (options = {}) => L.conv2d({ filters: 4, kernelSize: 3, padding: "same", ...options });
  assert.match(found("no-activation", net({}, [conv({ name: "bare" }), conv(), L.flatten()])).sentence, /layer "bare"/);
  assert.ok(!codes(net({}, [conv(), L.batchNormalization({}), L.reLU({}), L.flatten()])).includes("no-activation"));
});

Deno.test("lint() puts the worst first", () => {
  const { findings } = lint(net({}, []), {
    ...CLEAN,
    config: { ...CLEAN.config, augmentation: null, earlyStopping: null },
  });
  const order = ["error", "warning", "info", "good"];
  const places = findings.map(({ severity }) => order.indexOf(severity));
  assert.deepEqual(places, places.toSorted((a, b) => a - b));
  assert.ok(places.length >= 3);
});

Deno.test("lint() leaves a built model usable and gives a built specification's memory back", () => {
  const model = net({});
  lint(model, CLEAN);
  const answer = tf.tidy(() => (model.predict(tf.zeros([1, 8, 8, 3])) as tf.Tensor).dataSync());
  assert.equal(answer.length, 10);
  model.dispose();
  const before = tf.memory().numTensors;
  lint(smallCnn(), CLEAN);
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("lintAsPosted() finds what is wrong with the thread's CNN as it was posted", () => {
  const { findings } = lintAsPosted(sample);
  assert.equal(findings[0].code, "missing-flatten");
  const list = findings.map(({ code }) => code);
  for (
    const code of ["validation-off-the-end", "batch-against-learning-rate", "no-augmentation", "no-regularisation"]
  ) {
    assert.ok(list.includes(code), `${code} among ${list}`);
  }
  const split = findings.find(({ code }) => code === "validation-off-the-end")!;
  assert.match(
    split.sentence,
    /If they come folder by folder, 4 classes are never trained on .* 12 classes are never measured/,
  );
  assert.ok(!list.includes("unscaled-inputs"), "the question does not say how pixels are scaled");
});

Deno.test("lint() refuses a context without the number of classes or the size to build for", () => {
  assert.throws(() => lint(net({}), { ...CLEAN, classes: undefined }), /classes must be at least 1, got undefined/);
  assert.throws(() => lint(smallCnn(), { ...CLEAN, size: undefined }), /Cannot lint "small-cnn".*give size/);
});
