/** Illegal calls fail when they are recorded: with the kernel's name, every input's type and shape, and the rule. */
import assert from "node:assert/strict";
import { report, tf, use } from "../../../lib/engine/mod.ts";
import { statistics } from "../../../lib/engine/onnx/mod.ts";

type Inputs = Record<string, tf.Tensor>;

const f = (...shape: number[]) => tf.zeros(shape);
const i = (...shape: number[]) => tf.zeros(shape, "int32");
const b = (...shape: number[]) => tf.zeros(shape, "bool");

const conv = { strides: 1, pad: "same", dilations: 1, dataFormat: "NHWC" };
const pool = { filterSize: 2, strides: 2, pad: "valid" };
const matrix = { transposeA: false, transposeB: false };
const resize = { alignCorners: false, halfPixelCenters: false };

/** Kernel, inputs, attributes, and the rule that the call breaks. */
const illegal: [kernel: string, inputs: () => Inputs, attrs: object, rule: string][] = [
  ["Conv2D", () => ({ x: f(4, 4, 2), filter: f(3, 3, 2, 1) }), conv, "x must have rank 4, it has rank 3"],
  ["Conv2D", () => ({ x: f(1, 4, 4, 2), filter: f(3, 3, 2) }), conv, "filter must have rank 4, it has rank 3"],
  ["Conv2D", () => ({ x: f(1, 4, 4, 2), filter: i(3, 3, 2, 1) }), conv, "x and filter must have one type"],
  ["Conv2D", () => ({ x: f(1, 4, 4, 2), filter: f(3, 3, 5, 1) }), conv, "the input has 2 channels, the filter takes 5"],
  [
    "Conv2D",
    () => ({ x: f(1, 2, 2, 2), filter: f(3, 3, 2, 1) }),
    { ...conv, pad: "valid" },
    "a window of 3,3 with dilations 1,1 does not fit into 2,2",
  ],
  [
    "FusedConv2D",
    () => ({ x: f(1, 4, 4, 2), filter: f(3, 3, 2, 4), bias: f(3) }),
    conv,
    "bias has 3 channels, the filter gives 4",
  ],
  [
    "Conv2DBackpropInput",
    () => ({ dy: f(1, 4, 4, 3), filter: f(3, 3, 2, 4) }),
    { ...conv, inputShape: [1, 4, 4, 2] },
    "dy has 3 channels, the filter gives 4",
  ],
  [
    "Conv2DBackpropInput",
    () => ({ dy: f(2, 4, 4, 4), filter: f(3, 3, 2, 4) }),
    { ...conv, inputShape: [1, 4, 4, 2] },
    "dy has 2 images, the input 1",
  ],
  [
    "Conv2DBackpropInput",
    () => ({ dy: f(1, 4, 4, 4), filter: f(3, 3, 2, 4) }),
    { ...conv, inputShape: [1, 4, 4, 7] },
    "the input has 7 channels, the filter takes 2",
  ],
  [
    "Conv2DBackpropFilter",
    () => ({ x: f(1, 4, 4, 2), dy: f(1, 3, 4, 4) }),
    { ...conv, filterShape: [3, 3, 2, 4] },
    "the convolution gives [1,4,4,4], and so must dy",
  ],
  [
    "DepthwiseConv2dNative",
    () => ({ x: f(1, 4, 4, 2), filter: f(3, 3, 3, 1) }),
    conv,
    "the input has 2 channels, the filter 3",
  ],
  [
    "FusedDepthwiseConv2D",
    () => ({ x: f(1, 4, 4, 2), filter: f(3, 3, 2, 2), bias: f(3) }),
    conv,
    "bias has 3 channels, the filter gives 4",
  ],
  [
    "DepthwiseConv2dNativeBackpropInput",
    () => ({ dy: f(1, 4, 4, 3), filter: f(3, 3, 2, 1) }),
    { ...conv, inputShape: [1, 4, 4, 2] },
    "dy must have the shape [1,4,4,2], which the convolution gives",
  ],
  [
    "DepthwiseConv2dNativeBackpropFilter",
    () => ({ x: f(1, 4, 4, 2), dy: f(1, 4, 4, 3) }),
    { ...conv, filterShape: [3, 3, 2, 1] },
    "the convolution gives [1,4,4,2], and so must dy",
  ],
  ["MaxPool", () => ({ x: f(4, 4, 2) }), pool, "x must have rank 4, it has rank 3"],
  ["MaxPool", () => ({ x: f(1, 1, 1, 2) }), pool, "a window of 2,2 with dilations 1,1 does not fit into 1,1"],
  ["AvgPool", () => ({ x: f(4, 4, 2) }), pool, "x must have rank 4, it has rank 3"],
  [
    "MaxPoolGrad",
    () => ({ dy: f(1, 3, 2, 2), input: f(1, 4, 4, 2), output: f(1, 2, 2, 2) }),
    pool,
    "dy must have the shape [1,2,2,2], which pooling the input gives",
  ],
  [
    "MaxPoolGrad",
    () => ({ dy: f(1, 2, 2, 2), input: f(1, 4, 4, 2), output: f(1, 3, 2, 2) }),
    pool,
    "output must have the shape [1,2,2,2], which pooling the input gives",
  ],
  [
    "AvgPoolGrad",
    () => ({ dy: f(1, 3, 2, 2), input: f(1, 4, 4, 2) }),
    pool,
    "dy must have the shape [1,2,2,2], which pooling the input gives",
  ],
  [
    "FusedBatchNorm",
    () => ({ x: f(2, 1), mean: f(3), variance: f(3) }),
    { varianceEpsilon: 1e-3 },
    "mean [3] must broadcast to [2,1], not the other way round",
  ],
  [
    "FusedBatchNorm",
    () => ({ x: f(2, 3), mean: f(3), variance: f(4) }),
    { varianceEpsilon: 1e-3 },
    "[2,3] and [4] do not broadcast: 3 against 4",
  ],
  ["BatchMatMul", () => ({ a: f(2, 3), b: f(2, 3) }), matrix, "inner extents must agree: 3 and 2"],
  ["BatchMatMul", () => ({ a: f(3), b: f(3) }), matrix, "both inputs must be matrices or batches of them"],
  ["BatchMatMul", () => ({ a: f(2, 3), b: i(3, 3) }), matrix, "a and b must have one type: float32 and int32"],
  [
    "_FusedMatMul",
    () => ({ a: f(2, 3), b: f(3, 4), bias: f(3) }),
    { ...matrix, activation: "relu" },
    "bias has 3 columns, the product 4",
  ],
  ["Add", () => ({ a: f(2, 3), b: i(2, 3) }), {}, "both inputs must have one type"],
  ["Add", () => ({ a: f(2, 3), b: f(2, 4) }), {}, "[2,3] and [2,4] do not broadcast: 3 against 4"],
  ["Greater", () => ({ a: f(2, 3), b: f(2, 4) }), {}, "[2,3] and [2,4] do not broadcast: 3 against 4"],
  ["LogicalAnd", () => ({ a: b(2, 3), b: b(2, 4) }), {}, "[2,3] and [2,4] do not broadcast: 3 against 4"],
  ["EluGrad", () => ({ dy: f(2, 3), y: f(2, 4) }), {}, "y must have the shape [2,3], which dy has"],
  ["Prelu", () => ({ x: f(2, 1), alpha: f(3) }), {}, "alpha [3] must broadcast to [2,1], not the other way round"],
  ["AddN", () => ({ 0: f(2, 3), 1: f(2, 4) }), {}, "all inputs must have one shape and one type"],
  ["AddN", () => ({ 0: f(2, 3), 1: i(2, 3) }), {}, "all inputs must have one shape and one type"],
  [
    "Select",
    () => ({ condition: b(3), t: f(2, 3), e: f(2, 3) }),
    {},
    "the condition chooses among 3 rows, there are 2",
  ],
  ["Select", () => ({ condition: b(2, 3), t: f(2, 3), e: i(2, 3) }), {}, "both branches must have one type"],
  [
    "Select",
    () => ({ condition: f(2, 3), t: f(2, 3), e: f(2, 3) }),
    {},
    "the condition must be of type bool, it is float32",
  ],
  ["Transpose", () => ({ x: f(2, 3) }), { perm: [0] }, "perm has 1 entries for 2 axes"],
  ["Transpose", () => ({ x: f(2, 3) }), { perm: [0, 0] }, "perm must name each axis once, it is [0,0]"],
  ["Concat", () => ({ 0: f(2, 3), 1: f(2, 4) }), { axis: 0 }, "shapes may differ along axis 0 only"],
  ["Concat", () => ({ 0: f(2, 3), 1: i(2, 3) }), { axis: 0 }, "all inputs must have one type"],
  ["Pack", () => ({ 0: f(2, 3), 1: f(2, 4) }), { axis: 0 }, "all shapes must be equal"],
  ["Unpack", () => ({ value: f(2, 3) }), { axis: 2 }, "axis 2 is outside of rank 2"],
  ["SplitV", () => ({ x: f(2, 4) }), { numOrSizeSplits: 3, axis: 1 }, "Number of splits must evenly divide the axis"],
  ["Slice", () => ({ x: f(2, 4) }), { begin: [1, 2], size: [1, 3] }, "rows 2 to 5 of axis 1 are outside of 4"],
  ["PadV2", () => ({ x: f(2, 4) }), { paddings: [[0, 1]], constantValue: 0 }, "paddings has 1 entries for 2 axes"],
  [
    "PadV2",
    () => ({ x: f(2, 4) }),
    { paddings: [[0, -3], [0, 0]], constantValue: 0 },
    "paddings must not be negative, they are [0,-3; 0,0]",
  ],
  [
    "MirrorPad",
    () => ({ x: f(2, 4) }),
    { paddings: [[0, 2], [0, 0]], mode: "reflect" },
    "axis 0 has 2 elements, which cannot mirror to 2 more",
  ],
  ["Tile", () => ({ x: f(2, 4) }), { reps: [2] }, "reps has 1 entries for 2 axes"],
  ["Tile", () => ({ x: f(2, 4) }), { reps: [2, -1] }, "reps must not be negative, they are [2,-1]"],
  ["Reverse", () => ({ x: f(2, 4) }), { dims: [2] }, "axis 2 is outside of rank 2"],
  ["Reshape", () => ({ x: f(2, 4) }), { shape: [3, 3] }, "Size(8) must match the product of shape 3,3"],
  ["ExpandDims", () => ({ input: f(2, 4) }), { dim: 4 }, "axis 4 is outside of rank 3"],
  ["Sum", () => ({ x: f(2, 4) }), { axis: [2], keepDims: false }, "axis 2 is outside of rank 2"],
  ["Max", () => ({ x: f(2, 4) }), { reductionIndices: [2], keepDims: false }, "axis 2 is outside of rank 2"],
  ["ArgMax", () => ({ x: f(2, 4) }), { axis: 2 }, "axis 2 is outside of rank 2"],
  ["Softmax", () => ({ logits: f(2, 4) }), { dim: 2 }, "axis 2 is outside of rank 2"],
  ["Cumsum", () => ({ x: f(2, 4) }), { axis: 2 }, "axis 2 is outside of rank 2"],
  ["GatherV2", () => ({ x: f(2, 4), indices: i(1) }), { axis: 2, batchDims: 0 }, "axis 2 is outside of rank 2"],
  [
    "GatherV2",
    () => ({ x: f(2, 4), indices: f(1) }),
    { axis: 0, batchDims: 0 },
    "indices must be of type int32, they are float32",
  ],
  ["OneHot", () => ({ indices: i(2) }), { depth: -2, onValue: 1, offValue: 0 }, "depth must not be negative, it is -2"],
  ["TopK", () => ({ x: f(2, 4) }), { k: 5 }, "k is 5, but there are only 4 elements"],
  ["TopK", () => ({ x: f(2, 4) }), { k: -1 }, "k must not be negative, it is -1"],
  ["ResizeBilinear", () => ({ images: f(4, 4, 2) }), { ...resize, size: [2, 2] }, "images must have rank 4"],
  [
    "ResizeBilinear",
    () => ({ images: f(1, 4, 4, 2) }),
    { ...resize, size: [0, 2] },
    "the new size must be at least 1 by 1, it is 0 by 2",
  ],
  ["ResizeNearestNeighbor", () => ({ images: f(4, 4, 2) }), { ...resize, size: [8, 8] }, "images must have rank 4"],
  [
    "ResizeNearestNeighborGrad",
    () => ({ images: f(1, 4, 4, 2), dy: f(1, 8, 8, 3) }),
    resize,
    "dy must have the shape [1,8,8,2], as the images have",
  ],
  ["Fill", () => ({}), { shape: [2, -1], value: 3, dtype: "float32" }, "the result would have the shape [2,-1]"],
  [
    "Fill",
    () => ({}),
    { shape: [1e6, 1e6], value: 1, dtype: "float32" },
    "the result [1000000,1000000] would have more than 4294967296 elements",
  ],
];

for (const [kernel, make, attrs, rule] of illegal) {
  Deno.test(`${kernel} says, when it is recorded: ${rule}`, async () => {
    await use("onnx", { threads: 2 });
    tf.tidy(() => {
      const inputs = make();
      const before = { pending: statistics().pending, fallbacks: report().summary };
      const list = Object.entries(inputs).map(([name, { dtype, shape }]) => `${name} ${dtype} [${shape}]`).join(", ");
      assert.throws(() => tf.engine().runKernel(kernel, inputs, attrs as never), ({ message }: Error) => {
        const start = `Cannot record ${kernel}${list === "" ? "" : ` of ${list}`}: `;
        assert.ok(message.startsWith(start + rule), message);
        return true;
      });
      // Neither recorded nor computed by somebody else.
      assert.deepEqual({ pending: statistics().pending, fallbacks: report().summary }, before);
    });
  });
}

Deno.test("a tensor that was disposed is refused, with the call and the input's name, and cannot be read", async () => {
  await use("onnx", { threads: 2 });
  for (const tensor of [tf.tensor1d([1, 2]), tf.add(tf.tensor1d([1, 2]), 1)]) {
    tensor.dispose();
    assert.throws(() => tf.relu(tensor), /Cannot record Relu of x float32 \[2\]: x was disposed/);
    assert.throws(() => tensor.dataSync(), /disposed/);
  }
  assert.deepEqual(Array.from(tf.add([1, 2], 1).dataSync()), [2, 3], "the engine works on");
});
