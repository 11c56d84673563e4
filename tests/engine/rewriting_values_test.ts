import assert from "node:assert/strict";
import { type Tensor, type Tensor1D, type Tensor4D, tf, use } from "../../lib/engine/mod.ts";
import { info, type PassName, passNames, setLayout, setRewriting } from "../../lib/engine/onnx/mod.ts";
import { Random } from "../../lib/stats/mod.ts";
import { assertClose, evaluate, normal, type Raw } from "./_compare.ts";

const four = (x: Tensor) => x as Tensor4D;

/** Convolution, normalisation by the batch, ReLU. */
function normalised(x: Tensor, filter: Tensor, gamma: Tensor, beta: Tensor, pad: "same" | "valid" = "same"): Tensor {
  const z = tf.conv2d(four(x), four(filter), 1, pad);
  const { mean, variance } = tf.moments(z, [0, 1, 2]);
  return tf.batchNorm(z, mean as Tensor1D, variance as Tensor1D, beta as Tensor1D, gamma as Tensor1D, 1e-3);
}

/** The same numbers, value and gradients, with some passes alone and with all of them, in both layouts. */
async function assertPassesChangeNothing(
  what: string,
  f: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Raw[],
  tolerance?: number,
  alone: readonly PassName[] = passNames,
): Promise<void> {
  await use("onnx", { threads: 2 });
  try {
    for (const layout of ["auto", "standard"] as const) {
      setLayout(layout);
      setRewriting([]);
      const expected = evaluate(f, inputs, 1);
      for (const names of [...alone.map((name) => [name]), passNames] as PassName[][]) {
        setRewriting(names);
        assertClose(evaluate(f, inputs, 1), expected, `${what}, ${layout} layout, passes ${names}`, tolerance);
      }
    }
  } finally {
    setRewriting(passNames);
    setLayout("auto");
  }
}

/** Parameters of a block; the scales of every third channel are negative. */
function parameters(random: Random, from: number, to: number): Raw[] {
  const gamma = normal(random, [to]);
  gamma.values.forEach((value, i) => gamma.values[i] = (Math.abs(value) + 0.2) * (i % 3 === 1 ? -1 : 1));
  return [normal(random, [3, 3, from, to], 0.3), gamma, normal(random, [to])];
}

Deno.test("passes change nothing in normalised blocks with pooling, with negative scales", async () => {
  for (const [index, channels] of [16, 32, 5].entries()) {
    const random = new Random(`passes block/${index}`);
    const inputs = [normal(random, [4, 8, 8, 3]), ...parameters(random, 3, channels)];
    const overlapping = index === 1;
    const f = (x: Tensor, w: Tensor, gamma: Tensor, beta: Tensor) =>
      tf.maxPool(four(tf.relu(normalised(x, w, gamma, beta))), overlapping ? 3 : 2, 2, overlapping ? "same" : "valid");
    await assertPassesChangeNothing(`${channels} channels`, f, inputs, 1e-4);
  }
});

Deno.test("a rewritten step gives the same bits each time", async () => {
  await use("onnx", { threads: 2 });
  const random = new Random("passes bits");
  const inputs = [normal(random, [16, 12, 12, 3]), ...parameters(random, 3, 32)];
  const f = (x: Tensor, w: Tensor, gamma: Tensor, beta: Tensor) =>
    tf.maxPool(four(tf.relu(normalised(x, w, gamma, beta))), 2, 2, "valid");
  const [first, second] = [evaluate(f, inputs, 1), evaluate(f, inputs, 1)];
  assert.deepEqual(second, first);
});

Deno.test("passes change nothing where all pixels are equal: tied maxima share the gradient", async () => {
  const random = new Random("passes flat");
  const flat = (): Raw => ({ shape: [2, 6, 6, 3], values: new Float32Array(216).fill(0.5) });
  const f = (x: Tensor, w: Tensor, gamma: Tensor, beta: Tensor) =>
    tf.maxPool(four(tf.relu(normalised(x, w, gamma, beta, "valid"))), 2, 2, "valid");
  const inputs = [flat(), ...parameters(random, 3, 16)];
  // What is left of the deviations is rounding noise, up to 3e-5, and so are the gradients of the filter and the scale.
  await assertPassesChangeNothing("flat images", f, inputs, 5e-2);
  // Two flat images that differ have a variance: ties, and numbers.
  inputs[0].values.fill(0.25, 108);
  await assertPassesChangeNothing("two flat images", f, inputs, 1e-3);
  const plain = (x: Tensor) => tf.maxPool(four(tf.relu(x)), 2, 2, "valid");
  await assertPassesChangeNothing("flat images without normalisation", plain, [flat()]);
});

Deno.test("passes change nothing where means are large: variances come from differences", async () => {
  const random = new Random("passes mean");
  const inputs = [normal(random, [4, 8, 8, 16]), ...parameters(random, 16, 16)];
  inputs[0].values.forEach((value, i) => inputs[0].values[i] = value + 1000);
  const f = (x: Tensor, gamma: Tensor, beta: Tensor) => {
    const { mean, variance } = tf.moments(x, [0, 1, 2]);
    const y = tf.batchNorm(four(x), mean as Tensor1D, variance as Tensor1D, beta as Tensor1D, gamma as Tensor1D, 1e-3);
    return tf.maxPool(four(tf.relu(y)), 2, 2, "valid");
  };
  // Identity filters: the convolution puts the image into the blocked layout and leaves its numbers alone.
  const identity = Float32Array.from({ length: 256 }, (_, i) => i % 17 === 0 ? 1 : 0);
  const g = (x: Tensor, gamma: Tensor, beta: Tensor) =>
    f(tf.conv2d(four(x), tf.tensor4d(identity, [1, 1, 16, 16]), 1, "same"), gamma, beta);
  await assertPassesChangeNothing("mean 1000", g, [inputs[0], inputs[2], inputs[3]], 2e-3);
  // Not only equal to each other: the variance is right.
  await use("onnx", { threads: 2 });
  const value = evaluate(g, [inputs[0], inputs[2], inputs[3]], 1)[0];
  const shifted = { shape: inputs[0].shape, values: inputs[0].values.map((v) => v - 1000) };
  assertClose([value], [evaluate(g, [shifted, inputs[2], inputs[3]], 1)[0]], "shifted by 1000", 2e-3);
});

Deno.test("a scale of zero gives no gradient to the image, whatever pooling picks", async () => {
  await use("onnx", { threads: 2 });
  const random = new Random("passes zero");
  const inputs = [normal(random, [2, 8, 8, 3]), ...parameters(random, 3, 16)];
  inputs[2].values.fill(0);
  const f = (x: Tensor, w: Tensor, gamma: Tensor, beta: Tensor) =>
    tf.maxPool(four(tf.relu(normalised(x, w, gamma, beta))), 2, 2, "valid");
  const [value, dx, dw, dgamma] = evaluate(f, inputs, 1);
  value.values.forEach((v, i) => assert.ok(Math.abs(v - Math.max(0, inputs[3].values[i % 16])) < 1e-5));
  for (const v of [...dx.values, ...dw.values]) assert.ok(Math.abs(v) < 1e-5);
  assert.ok(dgamma.values.every(Number.isFinite));
});

Deno.test("passes change nothing in convolutions with bias and ReLU", async () => {
  for (const channels of [16, 7]) {
    const random = new Random(`passes bias/${channels}`);
    const inputs = [
      normal(random, [3, 9, 7, 3]),
      normal(random, [3, 3, 3, channels]),
      normal(random, [channels]),
      normal(random, [3, 3, channels, 16], 0.2),
    ];
    const f = (x: Tensor, w: Tensor, bias: Tensor, v: Tensor) =>
      tf.conv2d(four(tf.relu(tf.add(tf.conv2d(four(x), four(w), 2, "same"), bias))), four(v), 1, "valid");
    await assertPassesChangeNothing(`${channels} channels`, f, inputs, 5e-5, ["reluIntoConvolutions"]);
  }
});

Deno.test("passes change nothing where a network predicts, with its statistics given", async () => {
  for (const channels of [16, 6]) {
    const random = new Random(`passes predict/${channels}`);
    const inputs = [
      normal(random, [3, 9, 7, 3]),
      ...parameters(random, 3, channels),
      normal(random, [3, 3, channels, 1]),
      normal(random, [channels]),
    ];
    const positive = (x: Tensor) => tf.add(tf.square(x), 0.5) as Tensor1D;
    const f = (x: Tensor, w: Tensor, gamma: Tensor, beta: Tensor, deep: Tensor, mean: Tensor) => {
      const [g, b, m] = [gamma, beta, mean] as Tensor1D[];
      const first = tf.relu(tf.batchNorm(tf.conv2d(four(x), four(w), 2, "same"), m, positive(b), b, g));
      const second = tf.depthwiseConv2d(four(first), four(deep), 1, "same");
      const third = tf.relu(tf.batchNorm(tf.add(second, b) as Tensor4D, m, positive(m), b, g));
      return tf.maxPool(four(third), 2, 2, "valid");
    };
    await assertPassesChangeNothing(`${channels} channels`, f, inputs, 1e-4, ["channelAffine"]);
    await use("onnx", { threads: 2 });
    const predict = () =>
      tf.tidy(() =>
        f(...inputs.map(({ shape, values }) => tf.tensor(values, shape)) as Parameters<typeof f>).dataSync()
      );
    const rewritten = predict();
    setRewriting([]);
    const plain = predict();
    setRewriting(passNames);
    const raw = (values: ArrayLike<number>) => ({ shape: [values.length], values: Float32Array.from(values) });
    assertClose([raw(rewritten)], [raw(plain)], `predicting, ${channels} channels`, 5e-5);
  }
});

Deno.test("passes change nothing in residual blocks", async () => {
  for (const width of [16, 6]) {
    const random = new Random(`passes residual/${width}`);
    const inputs = [normal(random, [4, 6, 5, width]), ...parameters(random, width, width)];
    const f = (x: Tensor, w: Tensor, gamma: Tensor, beta: Tensor) => {
      const hidden = tf.relu(normalised(x, w, gamma, beta));
      return tf.relu(tf.add(normalised(hidden, w, beta, gamma), x));
    };
    await assertPassesChangeNothing(`${width} channels`, f, inputs, 3e-4);
  }
});

Deno.test("passes change nothing where an image goes into several convolutions", async () => {
  const cases = [
    { kernels: [3, 1], strides: [2, 2], channels: 16 },
    { kernels: [1, 3], strides: [2, 2], channels: 32 },
    { kernels: [5, 2, 3], strides: [3, 3, 3], channels: 16 },
    { kernels: [1, 1], strides: [2, 2], channels: 16 },
    { kernels: [3, 3], strides: [1, 1], channels: 16 },
    { kernels: [3, 3, 1, 2], strides: [2, 1, 2, 1], channels: 16 },
    { kernels: [3, 1], strides: [2, 2], channels: 5 },
  ];
  for (const [index, { kernels, strides, channels }] of cases.entries()) {
    for (const skip of [false, true]) {
      const random = new Random(`passes fork/${index}`);
      const inputs = [
        normal(random, [2, 7 + index % 2, 8 - random.integer(2), channels]),
        ...kernels.map((size) => normal(random, [size, size, channels, channels], 0.3)),
      ];
      const pads = kernels.map((_, i) => (["same", "valid"] as const)[(i + index) % 3 === 0 ? 1 : 0]);
      const f = (x: Tensor, ...filters: Tensor[]) => {
        const ways = filters.map((w, i) =>
          tf.mean(tf.square(tf.conv2d(four(x), four(w), strides[i], pads[i])), [1, 2])
        );
        return [...ways, ...(skip ? [tf.mean(tf.square(x), [1, 2])] : [])].reduce((a, b) => tf.add(a, b));
      };
      const what = `kernels ${kernels}, strides ${strides}, ${channels} channels`;
      await assertPassesChangeNothing(what, f, inputs, 5e-5, ["channelAffine"]);
    }
  }
});

Deno.test("sums and differences of scaled images in every order agree", async () => {
  const random = new Random("passes sums");
  const inputs = [
    normal(random, [2, 4, 4, 16]),
    normal(random, [1, 1, 16, 16]),
    normal(random, [16]),
    normal(random, [16]),
  ];
  const chains: Record<string, (x: Tensor, y: Tensor, a: Tensor, b: Tensor) => Tensor> = {
    "(x - a) b": (x, _y, a, b) => tf.mul(tf.sub(x, a), b),
    "a - x": (x, _y, a) => tf.sub(a, x),
    "x - y": (x, y) => tf.sub(x, y),
    "(x a + y b) a + b": (x, y, a, b) => tf.add(tf.mul(tf.add(tf.mul(x, a), tf.mul(b, y)), a), b),
    "relu(x + y)": (x, y) => tf.relu(tf.add(x, y)),
    "relu(2 (x + x))": (x) => tf.relu(tf.mul(2, tf.add(x, x))),
    "x + y + x + 3": (x, y) => tf.add(tf.add(x, tf.add(y, x)), 3),
    "relu(a x)": (x, _y, a) => tf.relu(tf.mul(a, x)),
    "mean of squares": (x, _y, a) => tf.mul(tf.mean(tf.square(tf.mul(x, a)), [0, 1, 2]), a),
    "sum of products": (x, y, a) => tf.mul(tf.sum(tf.mul(x, y), [0, 1, 2], true), a),
  };
  for (const [name, chain] of Object.entries(chains)) {
    const f = (x: Tensor, w: Tensor, a: Tensor, b: Tensor) => {
      const y = tf.conv2d(four(x), four(w), 1, "same");
      return tf.add(tf.add(chain(y, x, a, b), chain(x, y, a, b)), tf.mul(0, tf.add(a, b)));
    };
    await assertPassesChangeNothing(name, f, inputs, 5e-5, ["channelAffine"]);
  }
});

Deno.test("the engine's version names the passes where some are left out", async () => {
  await use("onnx", { threads: 2 });
  const all = info().version;
  try {
    setRewriting([]);
    assert.equal(info().version, `${all} passes off`);
    setRewriting(["channelDots", "commonCalls"]);
    assert.equal(info().version, `${all} passes commonCalls+channelDots`);
  } finally {
    setRewriting(passNames);
  }
  assert.equal(info().version, all);
});
