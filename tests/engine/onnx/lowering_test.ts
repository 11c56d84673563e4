import assert from "node:assert/strict";
import type { OnnxGraph } from "../../../lib/engine/onnx/lowering/edge.ts";
import { channelKernels } from "../../../lib/engine/onnx/operators/channels.ts";
import { imageGradients } from "../../../lib/engine/onnx/operators/image_gradient.ts";
import type { Window } from "../../../lib/engine/onnx/operators/window.ts";
import { ModelProto } from "../../../lib/engine/onnx/serialise/messages.ts";
import { serialise } from "../../../lib/engine/onnx/serialise/serialise.ts";
import { sizeOf } from "../../../lib/engine/onnx/value.ts";
import { Recorder } from "./_recorder.ts";

const count = (graph: OnnxGraph, type: string) => graph.nodes.filter((node) => node.type === type).length;
const same = { strides: 1, pad: "same", dilations: 1 };

Deno.test("a chain of convolution, normalisation, activation and pooling is transposed at its ends only", () => {
  const r = new Recorder();
  let x = r.stored(2, 8, 8, 3);
  for (const [from, to] of [[3, 4], [4, 5]]) {
    x = r.call("Conv2D", { x, filter: r.stored(3, 3, from, to) }, same);
    const channel = () => r.stored(to);
    const statistics = { mean: channel(), variance: channel(), offset: channel(), scale: channel() };
    x = r.call("FusedBatchNorm", { x, ...statistics }, { varianceEpsilon: 1e-3 });
    x = r.call("Relu", { x });
    x = r.call("MaxPool", { x }, { filterSize: 2, strides: 2, pad: "valid" });
  }
  const graph = r.lowered(x);
  const images = graph.nodes.filter(({ type, inputs }) => type === "Transpose" && inputs[0]!.shape[0] === 2);
  assert.equal(images.length, 2);
  assert.equal(count(graph, "Conv"), 2);
});

for (const block of [8, 16]) {
  Deno.test(`a chain of layers with whole blocks of ${block} channels is converted at its end only`, () => {
    const r = new Recorder();
    let x = r.stored(2, 8, 8, 3);
    for (const [from, to] of [[3, 16], [16, 32]]) {
      x = r.call("Conv2D", { x, filter: r.stored(3, 3, from, to) }, same);
      const channel = () => r.stored(to);
      const statistics = { mean: channel(), variance: channel(), offset: channel(), scale: channel() };
      x = r.call("FusedBatchNorm", { x, ...statistics }, { varianceEpsilon: 1e-3 });
      x = r.call("Relu", { x: r.call("Add", { a: x, b: channel() }) });
      x = r.call("MaxPool", { x }, { filterSize: 2, strides: 2, pad: "valid" });
    }
    const graph = r.blocked(block, x);
    assert.deepEqual(graph.nodes.map(({ type }) => type).slice(-2), ["ReorderInput", "Reshape"]);
    assert.equal(count(graph, "ReorderInput"), 1);
    for (const node of graph.nodes.filter(({ type }) => type === "Conv" || type === "MaxPool")) {
      assert.equal(node.domain, "com.microsoft.nchwc", node.name);
    }
  });
}

Deno.test("an image of one block of channels is in tfjs's order already", () => {
  for (const [channels, reorders] of [[16, 0], [32, 1]]) {
    const r = new Recorder();
    const x = r.call("Conv2D", { x: r.stored(2, 8, 8, 3), filter: r.stored(3, 3, 3, channels) }, same);
    // Softmax wants tfjs's order, the second convolution blocks.
    const y = r.call("Softmax", { logits: x }, { dim: 3 });
    const graph = r.blocked(16, r.call("Conv2D", { x: y, filter: r.stored(1, 1, channels, 16) }, same));
    assert.equal(count(graph, "ReorderInput"), 2 * reorders, `${channels} channels`);
    assert.equal(count(graph, "ReorderOutput"), 0, "it runs on one thread");
  }
});

Deno.test("broken blocks of channels, and processors without blocks, get standard operators", () => {
  for (const [block, channels] of [[16, 24], [0, 16]]) {
    const r = new Recorder();
    const x = r.call("Conv2D", { x: r.stored(2, 8, 8, 3), filter: r.stored(3, 3, 3, channels) }, same);
    const graph = r.blocked(block, r.call("MaxPool", { x }, { filterSize: 2, strides: 2, pad: "valid" }));
    assert.deepEqual([...new Set(graph.nodes.map(({ domain }) => domain))], [""]);
  }
});

Deno.test("a per-channel vector meets an image in the image's layout", () => {
  const r = new Recorder();
  const x = r.call("Conv2D", { x: r.stored(2, 8, 8, 3), filter: r.stored(3, 3, 3, 4) }, same);
  const sum = r.call("Sum", { x: r.call("Add", { a: x, b: r.stored(4) }) }, { axis: [0, 1, 2], keepDims: false });
  const graph = r.lowered(sum);
  assert.equal(graph.nodes.filter(({ type, inputs }) => type === "Transpose" && inputs[0]!.shape[0] === 2).length, 1);
  assert.deepEqual(graph.nodes.find(({ type }) => type === "Add")!.inputs[1]!.shape, [1, 4, 1, 1]);
});

Deno.test("the filter's gradient is a convolution, with no unfolded copy of the image", () => {
  const r = new Recorder();
  const [x, dy] = [r.stored(8, 16, 16, 32), r.stored(8, 16, 16, 24)];
  const graph = r.lowered(r.call("Conv2DBackpropFilter", { x, dy }, { ...same, filterShape: [3, 3, 32, 24] }));
  assert.equal(count(graph, "Conv"), 1);
  const largest = Math.max(...graph.nodes.flatMap(({ outputs }) => outputs.map(({ shape }) => sizeOf(shape))));
  assert.ok(largest <= 8 * 16 * 18 * 32, `largest intermediate has ${largest} elements`);
});

Deno.test("the image's gradient for stride 1 is a convolution, for other strides a transposed one", () => {
  for (const [strides, type] of [[1, "Conv"], [2, "ConvTranspose"]] as const) {
    const r = new Recorder();
    const extent = 8 / strides;
    const inputs = { dy: r.stored(1, extent, extent, 4), filter: r.stored(3, 3, 3, 4) };
    const dx = r.call("Conv2DBackpropInput", inputs, { ...same, strides, inputShape: [1, 8, 8, 3] });
    assert.equal(count(r.lowered(dx), type), 1);
  }
});

/** The image's gradient of a convolution, in blocks of 16, or in the standard layout. */
function imageGradient(
  ...[size, strides, pad, extent, from, to, block = 16]: [
    number,
    number,
    "same" | "valid",
    number,
    number,
    number,
    number?,
  ]
) {
  const r = new Recorder();
  const out = pad === "same" ? Math.ceil(extent / strides) : Math.ceil((extent - size + 1) / strides);
  const inputs = { dy: r.stored(2, out, out, to), filter: r.stored(size, size, from, to) };
  const attrs = { strides, pad, dilations: 1, inputShape: [2, extent, extent, from] };
  return r.blocked(block, r.call("Conv2DBackpropInput", inputs, attrs));
}

Deno.test("in the blocked layout the image's gradient is convolutions for every stride, and no tap is taken twice", () => {
  for (const size of [1, 2, 3, 5]) {
    for (const strides of [1, 2, 3]) {
      for (const [pad, extent] of [["same", 8], ["same", 9], ["valid", 8], ["valid", 9]] as const) {
        const what = `size ${size}, strides ${strides}, ${pad}, extent ${extent}`;
        const graph = imageGradient(size, strides, pad, extent, 16, 32);
        assert.equal(count(graph, "ConvTranspose") + count(graph, "Transpose"), 0, what);
        const convolutions = graph.nodes.filter(({ type }) => type === "Conv");
        const weights = convolutions.reduce((sum, { inputs }) => sum + sizeOf(inputs[1]!.shape), 0);
        assert.equal(weights, size * size * 16 * 32, what);
        // Phases with equally many taps are one convolution.
        assert.equal(convolutions.length, size % strides === 0 || size < strides ? 1 : 4, what);
        for (const { domain } of convolutions) assert.equal(domain, "com.microsoft.nchwc", what);
      }
    }
  }
});

Deno.test("in the blocked layout the gradient for stride 1 needs nothing after its convolution", () => {
  for (const size of [1, 3]) {
    const { nodes } = imageGradient(size, 1, "same", 8, 32, 32);
    const after = nodes.slice(nodes.findIndex(({ type }) => type === "Conv") + 1).map(({ type }) => type);
    assert.deepEqual(after, ["Reshape", "ReorderInput", "Reshape"], "into tfjs's order");
  }
});

/** The gradient of a filter [size, size, from, to] in blocks of 16, for an image that a convolution gave. */
function filterGradient(size: number, strides: number, batch: number, extent: number, from: number, to: number) {
  const r = new Recorder();
  const filter = r.stored(1, 1, 16, from);
  const x = r.call("Conv2D", { x: r.stored(batch, extent, extent, 16), filter }, same);
  const out = Math.ceil(extent / strides);
  const attrs = { ...same, strides, filterShape: [size, size, from, to] };
  return r.blocked(16, r.call("Conv2DBackpropFilter", { x, dy: r.stored(batch, out, out, to) }, attrs));
}

Deno.test("in the blocked layout a filter's gradient pads and reorders with operators that run on all threads", () => {
  for (const from of [16, 32]) {
    for (const batch of [16, 32]) {
      const graph = filterGradient(3, 1, batch, 8, from, 32);
      for (const type of ["Pad", "ReorderOutput", "Gather"]) assert.equal(count(graph, type), 0, type);
      const [margins] = graph.nodes.filter(({ type }) => type === "Concat");
      assert.deepEqual(margins.inputs.map((edge) => edge!.shape[1]), [16 * from, 8 * 16 * from, 16 * from]);
    }
  }
});

Deno.test("a kernel that outgrows the cache is cut into parts, whose rows are channels", () => {
  const gradient = (extent: number, pad: "same" | "valid", out = 64) => {
    const r = new Recorder();
    const inside = pad === "valid" ? extent - 2 : extent;
    const inputs = { x: r.stored(32, extent, extent, 16), dy: r.stored(32, inside, inside, out) };
    const attrs = { ...same, pad, filterShape: [3, 3, 16, out] };
    const { nodes } = r.blocked(16, r.call("Conv2DBackpropFilter", inputs, attrs));
    const { inputs: edges, attributes } = nodes.find(({ type }) => type === "Conv")!;
    return [...edges.map((edge) => edge!.shape), attributes.pads];
  };
  // 26 rows of 26 pixels for 16 images and 64 channels have 2.8 MB, 2 of them 0.2 MB.
  const cut = [[1, 32 * 13, 4, 28 * 16], [2 * 64, 16 * 13, 2, 26], [0, 0, 0, 0]];
  assert.deepEqual(gradient(28, "valid"), cut);
  assert.deepEqual(gradient(26, "same"), cut, "zeros come with the rows");
  assert.deepEqual(gradient(12, "same"), [[1, 32, 12, 14 * 16], [2 * 64, 16, 12, 12], [1, 0, 1, 0]], "small enough");
  assert.deepEqual(gradient(28, "valid", 32)[1], [2 * 32, 16, 26, 26], "too little to do for each row copied");
});

Deno.test("the gradient of a filter with one tap reads only the pixels that its stride hits", () => {
  for (const from of [16, 32]) {
    const { nodes } = filterGradient(1, 2, 32, 8, from, 32);
    const [, gradient] = nodes.filter(({ type }) => type === "Conv");
    assert.deepEqual(gradient.inputs[0]!.shape, [1, 32, 4, 4 * from]);
  }
});

Deno.test("what the taps of a first layer's filter see is never picked column by column", () => {
  // By stride, the elements of a step that are put into blocks together, each time that it is done.
  for (const [stride, together] of [[1, [1]], [2, [6, 6]], [3, [9]]] as const) {
    const r = new Recorder();
    const inputs = { x: r.stored(2, 8, 16 * stride, 3), dy: r.stored(2, 8, 16, 16) };
    const attrs = { strides: [1, stride], pad: "same", dilations: 1, filterShape: [3, 3, 3, 16] };
    const graph = r.blocked(16, r.call("Conv2DBackpropFilter", inputs, attrs));
    const reordered = graph.nodes.filter(({ type }) => type === "ReorderInput");
    assert.deepEqual(reordered.map(({ outputs }) => outputs[0].shape[3]), together);
    assert.ok(graph.nodes.every(({ type, inputs }) => type !== "Slice" || inputs[4]!.uniform === 1));
    assert.equal(count(graph, "Pad"), 0);
  }
});

Deno.test("in the standard layout the image's gradient for other strides is convolutions of few phases, of many channels", () => {
  const cases = [
    { size: 3, strides: 2, from: 16, to: 24, type: "Conv", times: 4 },
    { size: 2, strides: 2, from: 8, to: 24, type: "Conv", times: 4 },
    { size: 3, strides: 2, from: 3, to: 16, type: "ConvTranspose", times: 1 },
    { size: 3, strides: 3, from: 16, to: 24, type: "ConvTranspose", times: 1 },
    // Most phases get nothing.
    { size: 1, strides: 2, from: 16, to: 24, type: "ConvTranspose", times: 1 },
  ];
  for (const { size, strides, from, to, type, times } of cases) {
    const graph = imageGradient(size, strides, "same", 8, from, to, 0);
    const convolutions = graph.nodes.filter((node) => node.type.startsWith("Conv"));
    assert.deepEqual(convolutions.map((node) => node.type), new Array(times).fill(type), `size ${size}, ${from}`);
    const weights = convolutions.reduce((sum, { inputs }) => sum + sizeOf(inputs[1]!.shape), 0);
    assert.equal(weights, size * size * from * to);
  }
});

Deno.test("repeating is left undone where nobody needs the copies", () => {
  const r = new Recorder();
  const x = r.stored(4, 6);
  const repeated = r.call("Tile", { x: r.stored(1, 6) }, { reps: [4, 1] });
  const scaled = r.call("Multiply", { a: repeated, b: r.call("OnesLike", { x }) });
  const graph = r.lowered(r.call("Add", { a: x, b: scaled }));
  assert.deepEqual(graph.nodes.map(({ type }) => type), ["Add"]);
});

Deno.test("a sum over repeated elements is a product", () => {
  const r = new Recorder();
  const sum = r.call("Sum", { x: r.call("OnesLike", { x: r.stored(5, 7) }) }, { axis: null, keepDims: false });
  const graph = r.lowered(sum);
  assert.equal(count(graph, "ReduceSum"), 0);
  assert.ok(graph.initializers.some(({ data }) => data.length === 1 && Number(data[0]) === 35));
});

Deno.test("equal calls become one operator", () => {
  const r = new Recorder();
  const x = r.stored(3, 4);
  const graph = r.lowered(r.call("Add", { a: r.call("Exp", { x }), b: r.call("Exp", { x }) }));
  assert.equal(count(graph, "Exp"), 1);
});

Deno.test("transposing there and back is nothing", () => {
  const r = new Recorder();
  const there = r.call("Transpose", { x: r.stored(2, 3, 4) }, { perm: [2, 0, 1] });
  const graph = r.lowered(r.call("Relu", { x: r.call("Transpose", { x: there }, { perm: [1, 2, 0] }) }));
  assert.deepEqual(graph.nodes.map(({ type }) => type), ["Relu"]);
});

Deno.test("calls whose results nobody holds are left out of the section, its graph and its key", () => {
  const record = (unused: boolean) => {
    const r = new Recorder();
    const x = r.stored(3);
    const kept = r.call("Relu", { x });
    if (unused) r.call("Exp", { x: r.call("Neg", { x: kept }) });
    kept.held = true;
    return r.pending.section()!;
  };
  const section = record(true);
  assert.equal(section.nodes.length, 1);
  assert.equal(section.key, record(false).key);
});

Deno.test("keys tell shapes, attributes and held values apart, and not numbers", () => {
  const key = (extent: number, alpha: number, hold: boolean, fill: number) => {
    const r = new Recorder();
    const x = r.stored(extent);
    x.data!.fill(fill);
    const inner = r.call("LeakyRelu", { x }, { alpha });
    const outer = r.call("Exp", { x: inner });
    inner.held = hold;
    outer.held = true;
    return r.pending.section()!.key;
  };
  assert.equal(key(3, 0.1, false, 1), key(3, 0.1, false, 2));
  assert.equal(
    new Set([key(3, 0.1, false, 0), key(4, 0.1, false, 0), key(3, 0.2, false, 0), key(3, 0.1, true, 0)]).size,
    4,
  );
});

Deno.test("every input of a node is there before the node", () => {
  const r = new Recorder();
  const x = r.call("Conv2D", { x: r.stored(3, 7, 6, 2), filter: r.stored(3, 3, 2, 4) }, same);
  const y = r.call("MaxPool", { x }, { filterSize: 2, strides: 2, pad: "same" });
  const attrs = { filterSize: 2, strides: 2, pad: "same" };
  const graph = r.lowered(r.call("MaxPoolGrad", { dy: y, input: x, output: y }, attrs));
  const known = new Set([...graph.inputs, ...graph.initializers.map(({ edge }) => edge)].map(({ name }) => name));
  for (const node of graph.nodes) {
    for (const input of node.inputs) assert.ok(input === null || known.has(input.name), `${node.name}: ${input?.name}`);
    for (const { name } of node.outputs) known.add(name);
  }
  for (const { name } of graph.outputs) assert.ok(known.has(name));
});

Deno.test("a serialised graph decodes to the same nodes, attributes and constants", () => {
  const r = new Recorder();
  const graph = r.lowered(
    r.call("LeakyRelu", { x: r.call("Sum", { x: r.stored(2, 3) }, { axis: 1 }) }, { alpha: 0.25 }),
  );
  const model = ModelProto.toObject(ModelProto.decode(serialise(graph)), { longs: Number }) as {
    graph: {
      node: { opType: string; attribute: { name: string; f?: number }[] }[];
      initializer: { dims?: number[] }[];
    };
  };
  assert.deepEqual(model.graph.node.map(({ opType }) => opType), graph.nodes.map(({ type }) => type));
  assert.equal(model.graph.node.at(-1)!.attribute[0].f, 0.25);
  assert.equal(model.graph.initializer.length, graph.initializers.length);
});

Deno.test("tied maxima of a blocked image are counted by adding up, with nothing to multiply", () => {
  const r = new Recorder();
  const pool = { filterSize: 2, strides: 2, pad: "valid" };
  const input = r.call("Conv2D", { x: r.stored(2, 8, 8, 16), filter: r.stored(3, 3, 16, 32) }, same);
  const output = r.call("MaxPool", { x: input }, pool);
  const graph = r.blocked(16, r.call("MaxPoolGrad", { dy: r.stored(2, 4, 4, 32), input, output }, pool));
  assert.equal(count(graph, "AveragePool"), 0);
  assert.equal(count(graph, "Mul"), 1);
  const [divisor] = graph.nodes.filter(({ type }) => type === "Div").map(({ inputs }) => inputs[1]!);
  assert.ok(graph.nodes.some(({ type, outputs }) => type === "Conv" && outputs[0] === divisor));
});

Deno.test("tied maxima with channels first are counted by a product, with nothing to multiply, in rows that are not long", () => {
  for (const [extent, types] of [[16, ["MatMul"]], [256, ["AveragePool", "Mul"]]] as const) {
    const r = new Recorder();
    const pool = { filterSize: 2, strides: 2, pad: "valid" };
    const input = r.call("Conv2D", { x: r.stored(1, 8, extent, 3), filter: r.stored(3, 3, 3, 5) }, same);
    const output = r.call("MaxPool", { x: input }, pool);
    const graph = r.lowered(r.call("MaxPoolGrad", { dy: r.stored(1, 4, extent / 2, 5), input, output }, pool));
    const counting = graph.nodes.filter(({ type }) => type === "AveragePool" || type === "MatMul" || type === "Mul");
    assert.deepEqual(counting.map(({ type }) => type), [...types, "Mul"]);
  }
});

Deno.test("large filters are put into ONNX's order by rows, so that one axis is left to move", () => {
  const moved = (perm: readonly number[], shape: readonly number[]) => {
    const real = perm.filter((axis) => shape[axis] > 1);
    return [...real.keys()].some((at) => real.toSpliced(at, 1).every((axis, i, rest) => i === 0 || axis > rest[i - 1]));
  };
  for (const kernel of ["Conv2D", "Conv2DBackpropInput"]) {
    const r = new Recorder();
    const [x, filter] = [r.stored(1, 8, 8, 64), r.stored(3, 3, 64, 64)];
    const attrs = { ...same, inputShape: [1, 8, 8, 64] };
    const graph = r.lowered(r.call(kernel, kernel === "Conv2D" ? { x, filter } : { dy: x, filter }, attrs));
    const transposes = graph.nodes.filter(({ type, inputs }) => type === "Transpose" && inputs[0]!.shape[3] === 64);
    for (const { inputs, attributes } of transposes) {
      assert.ok(moved(attributes.perm as number[], inputs[0]!.shape), `${kernel}: ${attributes.perm}`);
    }
    assert.equal(count(graph, "Gather"), 1);
  }
});

Deno.test("a scale and a bias for each channel are one convolution on large images, one normalisation on small ones", () => {
  for (const [extent, type] of [[32, "Conv"], [16, "BatchNormalization"]] as const) {
    const r = new Recorder();
    const x = r.call("MaxPool", { x: r.stored(1, extent, extent, 4) }, { filterSize: 1, strides: 1, pad: "valid" });
    const kernel = channelKernels.find(({ name }) => name === "ChannelAffine")!;
    const graph = r.lowered(r.record(kernel, { x, a: r.stored(4), b: r.stored(4) }, { scales: [1], bias: 2 }));
    assert.equal(count(graph, type), 1);
    assert.equal(count(graph, "Conv") + count(graph, "BatchNormalization"), 1);
  }
});

Deno.test("the image's gradient for other strides stays a transposed convolution where channels are broken blocks", () => {
  for (const [from, to] of [[3, 16], [16, 24]]) {
    const graph = imageGradient(3, 2, "same", 8, from, to);
    assert.equal(count(graph, "ConvTranspose"), 1);
  }
});

Deno.test("in the standard layout convolutions with equal strides share the phases of their image", () => {
  const kernel = imageGradients.find(({ name }) => name === "ImageGradient")!;
  const r = new Recorder();
  const inputs = {
    a: r.stored(2, 4, 4, 8),
    f: r.stored(3, 3, 16, 8),
    b: r.stored(2, 4, 4, 8),
    e: r.stored(1, 1, 16, 8),
  };
  const window: Window = {
    ...{ kernel: [3, 3], strides: [2, 2], dilations: [1, 1], before: [0, 0], after: [1, 1] },
    ...{ input: [8, 8], output: [4, 4] },
  };
  const windows = [window, { ...window, kernel: [1, 1], after: [-1, -1] }];
  const graph = r.lowered(r.record(kernel, inputs, { windows, shape: [2, 8, 8, 16] }));
  assert.equal(count(graph, "Conv"), 5);
  assert.equal(count(graph, "ConvTranspose"), 0);
  // One phase gets something from both.
  assert.deepEqual(graph.nodes.filter(({ type }) => type === "Add").map(({ outputs }) => outputs[0].shape), [[
    2,
    16,
    4,
    4,
  ]]);
});

Deno.test("a filter's gradient pads in its convolution, and is a product where the filter looks at one pixel", () => {
  for (
    const [size, strides, types] of [[3, 1, ["Conv"]], [3, 2, ["Conv"]], [1, 1, ["MatMul"]], [1, 2, [
      "MatMul",
    ]]] as const
  ) {
    const r = new Recorder();
    const inputs = { x: r.stored(4, 16, 16, 8), dy: r.stored(4, 16 / strides, 16 / strides, 24) };
    const attrs = { ...same, strides, filterShape: [size, size, 8, 24] };
    const graph = r.lowered(r.call("Conv2DBackpropFilter", inputs, attrs));
    assert.equal(count(graph, "Pad"), 0);
    assert.deepEqual(graph.nodes.map(({ type }) => type).filter((type) => type === "Conv" || type === "MatMul"), types);
  }
});

Deno.test("a filter's gradient takes the images one by one where the sum over them is small, at once where they are", () => {
  for (const [extent, channels, groups] of [[64, 16, 16], [64, 128, 8], [8, 16, 1]] as const) {
    const r = new Recorder();
    const inputs = { x: r.stored(16, extent, extent, channels), dy: r.stored(16, extent, extent, 24) };
    const attrs = { ...same, filterShape: [3, 3, channels, 24] };
    const graph = r.lowered(r.call("Conv2DBackpropFilter", inputs, attrs));
    const [convolution] = graph.nodes.filter(({ type }) => type === "Conv");
    assert.equal(convolution.attributes.group, groups);
  }
});

Deno.test("images of few channels are transposed as one table, and its rows are picked", () => {
  for (
    const [extent, channels, types] of [
      [64, 16, ["Conv", "Transpose", "Gather"]],
      [8, 16, ["Conv", "Transpose"]], // small
      [64, 48, ["Conv", "Transpose"]], // many channels
    ] as const
  ) {
    const r = new Recorder();
    const graph = r.lowered(
      r.call("Conv2D", { x: r.stored(4, extent, extent, channels), filter: r.stored(1, 1, channels, channels) }, same),
    );
    const found = graph.nodes.map(({ type }) => type).filter((type) => type !== "Reshape");
    assert.deepEqual(found.slice(found.indexOf("Conv")), types, `${extent} by ${extent}, ${channels} channels`);
  }
});
