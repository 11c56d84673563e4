import assert from "node:assert/strict";
import { lower } from "../../../lib/engine/onnx/lowering/lower.ts";
import { Pending, type Section } from "../../../lib/engine/onnx/pending.ts";
import { check, checkSameInterface, type Graph } from "../../../lib/engine/onnx/rewriting/graph.ts";
import { type PassName, passNames, rewrite } from "../../../lib/engine/onnx/rewriting/mod.ts";
import { type Operand, Value } from "../../../lib/engine/onnx/value.ts";
import { tf, use } from "../../../lib/engine/mod.ts";
import { tinyData, tinyModel } from "../_models.ts";
import { Recorder } from "./_recorder.ts";

const same = { strides: 1, pad: "same", dilations: 1 };
const pool = { filterSize: 2, strides: 2, pad: "valid" };
const pixels = { axis: [0, 1, 2], keepDims: false };

const names = ({ nodes }: Graph) => nodes.map(({ kernel }) => kernel.name);
const count = (graph: Graph, name: string) => names(graph).filter((other) => other === name).length;

/** Applies passes, with the legality check after each of them. */
function rewritten(graph: Graph, passes: readonly PassName[] = passNames): Graph {
  check(graph);
  return rewrite(graph, passes, (name, after) => {
    try {
      check(after);
      checkSameInterface(graph, after);
    } catch (error) {
      throw new Error(`after ${name}: ${(error as Error).message}`);
    }
  });
}

/** A block of a network as tfjs records it: convolution, normalisation by the batch, ReLU, pooling, and its gradient. */
function block(r: Recorder, channels = 16): Graph {
  const x = r.stored(2, 8, 8, 3), gamma = r.stored(channels);
  const z = r.call("Conv2D", { x, filter: r.stored(3, 3, 3, channels) }, same);
  const mean = r.call("Mean", { x: z }, pixels);
  const deviation = r.call("Sub", { a: z, b: mean });
  const variance = r.call("Mean", { x: r.call("Square", { x: deviation }) }, pixels);
  const y = r.call("FusedBatchNorm", { x: z, mean, variance, offset: r.stored(channels), scale: gamma }, {
    varianceEpsilon: 1e-3,
  });
  const h = r.call("Relu", { x: y });
  const p = r.call("MaxPool", { x: h }, pool);
  const scattered = r.call("MaxPoolGrad", { dy: r.stored(2, 4, 4, channels), input: h, output: p }, pool);
  const dz = r.call("Multiply", { a: scattered, b: r.call("Step", { x: y }, { alpha: 0 }) });
  const sum = r.call("Sum", { x: dz }, pixels);
  const moment = r.call("Sum", { x: r.call("Multiply", { a: dz, b: r.call("Sub", { a: z, b: mean }) }) }, pixels);
  const direct = r.call("Multiply", { a: dz, b: gamma });
  const indirect = r.call("Multiply", { a: deviation, b: moment });
  const dx = r.call("Add", { a: r.call("Add", { a: direct, b: indirect }), b: sum });
  const attrs = { ...same, filterShape: [3, 3, 3, channels] };
  return r.section(p, sum, moment, r.call("Conv2DBackpropFilter", { x, dy: dx }, attrs));
}

Deno.test("the legality check names the call and the rule that it breaks", () => {
  const r = new Recorder();
  const x = r.stored(2, 3);
  const { nodes, feeds, targets } = r.section(r.call("Exp", { x: r.call("Neg", { x }) }));
  check({ nodes, feeds, targets });
  assert.throws(
    () => check({ nodes: nodes.toReversed(), feeds, targets }),
    /Exp#0 reads float32 \[2,3\], which no earl/,
  );
  assert.throws(() => check({ nodes, feeds: [], targets }), /Neg#0 reads/);
  assert.throws(() => check({ nodes: [...nodes, nodes[1]], feeds, targets }), /Exp#2 makes .* there already/);
  assert.throws(() => check({ nodes: nodes.slice(0, 1), feeds, targets }), /target float32 \[2,3\] is made by no call/);
  const bent = { ...nodes[0], inputs: [{ value: x, shape: [2, 4] }] };
  assert.throws(() => check({ nodes: [bent, nodes[1]], feeds, targets }), /Neg#0 sees .* number of elements/);
  const other = { nodes, feeds, targets: [new Value([2, 3], "int32")] };
  assert.throws(() => checkSameInterface({ nodes, feeds, targets }, other), /target 0 was float32 .* is int32/);
});

Deno.test("equal calls become one, also where leading axes of extent 1 are all that differs", () => {
  const r = new Recorder();
  const x = r.stored(2, 4, 4, 3);
  const vector = r.stored(3);
  const [plain, viewed] = [r.call("Sub", { a: x, b: vector }), r.call("Sub", { a: x, b: vector })];
  (viewed.node!.inputs as Operand[])[1] = { value: vector, shape: [1, 1, 1, 3] };
  const graph = rewritten(r.section(r.call("Multiply", { a: plain, b: viewed })), ["commonCalls"]);
  assert.deepEqual(names(graph), ["Sub", "Multiply"]);
});

Deno.test("a value that is held is still computed when its call became another", () => {
  const r = new Recorder();
  const x = r.stored(2, 4, 4, 3);
  const [a, b] = [r.call("Exp", { x }), r.call("Exp", { x })];
  const graph = rewritten(r.section(a, b), ["commonCalls"]);
  assert.deepEqual(names(graph), ["Exp"]);
  assert.equal(graph.targets.length, 2);
  assert.equal(lower(graph).outputs.length, 2);
});

Deno.test("ReLU and its gradient run on the pooled image", () => {
  const graph = rewritten(block(new Recorder()), ["reluAfterPooling"]);
  for (const { kernel, outputs: [{ shape }] } of graph.nodes) {
    if (kernel.name === "Relu" || kernel.name === "Step") assert.deepEqual(shape, [2, 4, 4, 16], kernel.name);
  }
  const scattered = graph.nodes.find(({ kernel }) => kernel.name === "MaxPoolGrad")!;
  assert.equal(
    scattered.inputs[1]!.value,
    graph.nodes.find(({ kernel }) => kernel.name === "FusedBatchNorm")!.outputs[0],
  );
});

Deno.test("a ReLU that somebody else reads stays before pooling", () => {
  const r = new Recorder();
  const h = r.call("Relu", { x: r.stored(2, 8, 8, 16) });
  const graph = rewritten(r.section(h, r.call("MaxPool", { x: h }, pool)));
  assert.ok(graph.nodes.some(({ kernel, outputs }) => kernel.name === "Relu" && outputs[0].shape[1] === 8));
});

Deno.test("bias and ReLU go into the convolution, and the gradient looks at what came out", () => {
  const r = new Recorder();
  const z = r.call("Conv2D", { x: r.stored(2, 8, 8, 3), filter: r.stored(3, 3, 3, 16) }, same);
  const sum = r.call("Add", { a: z, b: r.stored(16) });
  const h = r.call("Relu", { x: sum });
  const section = r.section(h, r.call("Step", { x: sum }, { alpha: 0 }));
  const graph = rewritten(section);
  assert.deepEqual(names(graph), ["FusedConv2D", "Step"]);
  assert.equal(graph.nodes[1].inputs[0]!.value, graph.nodes[0].outputs[0]);
  // Blocked, it is one operator.
  const convolutions = lower(graph, 16).nodes.filter(({ type }) => type === "Conv");
  assert.deepEqual(convolutions.map(({ attributes }) => attributes.activation), ["Relu"]);
  // A sum that is held stays.
  sum.held = true;
  assert.equal(count(rewritten(r.pending.section()!), "Relu"), 1);
});

Deno.test("sums of products over pixels do not write the product", () => {
  const graph = rewritten(block(new Recorder()), ["commonCalls", "channelDots"]);
  assert.equal(count(graph, "Square"), 0);
  assert.equal(count(graph, "ChannelDot"), 2);
  const { nodes } = lower(graph, 16);
  const images = nodes.filter(({ type, outputs: [{ shape }] }) =>
    type === "Mul" && shape.length === 5 && shape[2] === 8
  );
  for (const { name, outputs: [product] } of images) {
    const readers = nodes.filter(({ inputs }) => inputs.includes(product));
    assert.ok(!readers.every(({ type }) => type.startsWith("Reduce")), `${name} is written for a sum only`);
  }
});

Deno.test("the sum of deviations from the mean is known to be zero, the sum of others is not", () => {
  for (const [own, zero] of [[true, true], [false, false]]) {
    const r = new Recorder();
    const x = r.stored(2, 4, 4, 8);
    const mean = r.call("Mean", { x: own ? x : r.stored(2, 4, 4, 8) }, pixels);
    const scaled = r.call("Multiply", { a: r.call("Sub", { a: x, b: mean }), b: r.stored(8) });
    const graph = rewritten(r.section(r.call("Sum", { x: scaled }, pixels)), ["channelDots"]);
    assert.equal(count(graph, "Sum") === 0, zero);
  }
});

Deno.test("batch normalisation runs on the pooled image, with the scale's sign on the filter", () => {
  const graph = rewritten(block(new Recorder()), [
    "commonCalls",
    "reluAfterPooling",
    "channelDots",
    "poolingBeforeNorm",
  ]);
  const norms = graph.nodes.filter(({ kernel }) => kernel.name === "FusedBatchNorm");
  assert.deepEqual(norms.map(({ outputs: [{ shape }] }) => shape), [[2, 4, 4, 16]]);
  // Of the two sums of products, the gradient's is over the pooled image as well.
  const dots = graph.nodes.filter(({ kernel }) => kernel.name === "ChannelDot");
  assert.deepEqual(dots.map(({ inputs }) => inputs[0]!.shape[1]), [8, 4]);
  const convolution = graph.nodes.find(({ kernel }) => kernel.name === "Conv2D")!;
  assert.ok(
    graph.nodes.some(({ kernel, outputs }) =>
      kernel.name === "Multiply" && outputs[0] === convolution.inputs[1]!.value
    ),
  );
});

Deno.test("a normalised image that is read by more than pooling is normalised before pooling", () => {
  const r = new Recorder();
  const z = r.call("Conv2D", { x: r.stored(2, 8, 8, 3), filter: r.stored(3, 3, 3, 16) }, same);
  const vectors = { mean: r.stored(16), variance: r.stored(16), offset: r.stored(16), scale: r.stored(16) };
  const y = r.call("FusedBatchNorm", { x: z, ...vectors }, { varianceEpsilon: 1e-3 });
  const graph = rewritten(r.section(r.call("MaxPool", { x: y }, pool), r.call("Exp", { x: y })), ["poolingBeforeNorm"]);
  assert.deepEqual(names(graph), ["Conv2D", "FusedBatchNorm", "MaxPool", "Exp"]);
});

Deno.test("values that are seen under another shape are left alone", () => {
  for (const kernel of ["MaxPool", "Mean", "Sub", "Relu", "Step", "Multiply", "Sum"]) {
    const r = new Recorder();
    const section = block(r);
    const changed = section.nodes.map((node) => {
      if (node.kernel.name !== kernel) return node;
      const inputs = node.inputs.map((input) => {
        const [batch, height, width, channels] = input!.shape;
        if (input!.shape.length !== 4) return input;
        return { value: input!.value, shape: [height, batch, width, channels] };
      });
      return { ...node, inputs };
    });
    // It only has to survive: shapes of outputs are no longer what the kernels infer.
    rewrite({ ...section, nodes: changed }, passNames, (_name, graph) => check(graph));
  }
});

Deno.test("the gradient of a normalised block is one pass for each of its two images", () => {
  const graph = lower(rewritten(block(new Recorder())), 16);
  const full = graph.nodes.filter(({ type, domain, attributes, outputs: [{ shape }] }) =>
    type === "Conv" && domain !== "" && attributes.group === 16 && shape[2] === 8
  );
  // The deviations, and the gradient, whose other image is added to it.
  assert.equal(full.length, 2);
  assert.equal(full.filter(({ inputs }) => inputs.length === 4).length, 1);
});

Deno.test("a network that predicts has its batch normalisation in the filters", () => {
  for (const depthwise of [false, true]) {
    const r = new Recorder();
    const channels = () => r.stored(16);
    const filter = depthwise ? r.stored(3, 3, 16, 1) : r.stored(3, 3, 16, 16);
    const z = r.call(depthwise ? "DepthwiseConv2dNative" : "Conv2D", { x: r.stored(2, 8, 8, 16), filter }, same);
    const vectors = { mean: channels(), variance: channels(), offset: channels(), scale: channels() };
    const y = r.call("FusedBatchNorm", { x: z, ...vectors }, { varianceEpsilon: 1e-3 });
    const section = r.section(r.call("Relu", { x: y }));
    const graph = lower(rewritten(section), 16);
    const convolutions = graph.nodes.filter(({ type }) => type === "Conv");
    assert.deepEqual(convolutions.map(({ inputs, attributes }) => [inputs.length, attributes.activation]), [[
      3,
      "Relu",
    ]]);
    // Not where the convolution's own result is asked for.
    z.held = true;
    assert.equal(count(rewritten(r.pending.section()!), "ChannelAffine"), 1);
  }
});

Deno.test("a product with a sum is not multiplied out", () => {
  const r = new Recorder();
  const image = r.stored(2, 4, 4, 8);
  const difference = r.call("Sub", { a: image, b: r.stored(8) });
  const graph = rewritten(r.section(r.call("Multiply", { a: difference, b: r.stored(8) })), ["channelAffine"]);
  assert.equal(count(graph, "ChannelAffine"), 2);
});

Deno.test("normalisation, residual addition and ReLU are one pass", () => {
  const r = new Recorder();
  const z = r.call("Conv2D", { x: r.stored(2, 8, 8, 16), filter: r.stored(3, 3, 16, 16) }, same);
  const vectors = { mean: r.stored(16), variance: r.stored(16), offset: r.stored(16), scale: r.stored(16) };
  const y = r.call("FusedBatchNorm", { x: z, ...vectors }, { varianceEpsilon: 1e-3 });
  const h = r.call("Relu", { x: r.call("Add", { a: y, b: r.stored(2, 8, 8, 16) }) });
  const graph = rewritten(r.section(h));
  assert.equal(count(graph, "ChannelAffine"), 1);
  const lowered = lower(graph, 16).nodes.filter(({ attributes }) => attributes.group === 16);
  assert.deepEqual(lowered.map(({ inputs, attributes }) => [inputs.length, attributes.activation]), [[4, "Relu"]]);
});

/** Gradients of an image that goes into convolutions with these strides, and one more that comes from elsewhere. */
function gradientsOf(r: Recorder, strides: readonly number[], elsewhere: boolean) {
  const inputShape = [2, 8, 8, 16];
  const gradients = strides.map((stride, i) => {
    const inputs = { dy: r.stored(2, 8 / stride, 8 / stride, 32), filter: r.stored(3 - 2 * i, 3 - 2 * i, 16, 32) };
    return r.call("Conv2DBackpropInput", inputs, { ...same, strides: stride, inputShape });
  });
  return elsewhere ? [...gradients, r.stored(...inputShape)] : gradients;
}

Deno.test("gradients of strided convolutions of one image are added before their phases are put together", () => {
  const r = new Recorder();
  const [a, b] = gradientsOf(r, [2, 2], false);
  const graph = rewritten(r.section(r.call("Add", { a, b })));
  assert.deepEqual(names(graph), ["ImageGradient"]);
  const { nodes } = lower(graph, 16);
  const sums = nodes.filter(({ type, inputs }) => type === "Conv" && inputs.length === 4);
  assert.deepEqual(sums.map(({ inputs }) => inputs[1]!.shape), [[16, 32, 1, 1]]);
  assert.ok(!nodes.some(({ type }) => type === "Add" || type === "ConvTranspose"));
  assert.equal(nodes.filter(({ type }) => type === "Concat").length, 1);
});

Deno.test("a gradient of stride 1 is added to other images while it is computed", () => {
  const r = new Recorder();
  const [a, b] = gradientsOf(r, [1], true);
  const section = r.section(r.call("Add", { a, b }));
  const graph = rewritten(section);
  assert.deepEqual(names(graph), ["ImageGradient"]);
  const { nodes } = lower(graph, 16);
  assert.deepEqual(nodes.filter(({ type }) => type === "Conv").map(({ inputs }) => inputs.length), [4]);
  assert.ok(!nodes.some(({ type }) => type === "Add"));
  // Not one that is asked for itself.
  a.held = true;
  assert.deepEqual(names(rewritten(r.pending.section()!)), ["Conv2DBackpropInput", "ChannelAffine"]);
});

Deno.test("gradients of other strides are not added to images, nor to each other, where nothing is saved", () => {
  for (const [strides, elsewhere] of [[[2], true], [[2, 4], false]] as const) {
    const r = new Recorder();
    const [a, b] = gradientsOf(r, strides, elsewhere);
    assert.equal(count(rewritten(r.section(r.call("Add", { a, b }))), "ImageGradient"), 0);
  }
});

Deno.test("each pass, and all of them, keep the graphs of real training steps legal", async () => {
  await use("onnx");
  const sections: Section[] = [];
  const original = Pending.prototype.section;
  const model = tinyModel();
  const { x, y } = tinyData(24);
  try {
    Pending.prototype.section = function () {
      const section = original.call(this);
      if (section !== null) sections.push(section);
      return section;
    };
    model.compile({ optimizer: tf.train.adam(0.01), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
    await model.fit(x, y, { epochs: 2, batchSize: 16, verbose: 0 });
  } finally {
    Pending.prototype.section = original;
    tf.dispose([x, y]);
    model.dispose();
  }
  const largest = sections.reduce((a, b) => a.nodes.length > b.nodes.length ? a : b);
  assert.ok(largest.nodes.length > 100);
  for (const section of sections) {
    rewritten(section);
    for (const name of passNames) rewritten(section, [name]);
  }
});
