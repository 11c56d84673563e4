import { report, type Tensor, type Tensor4D, tf, use } from "../../lib/engine/mod.ts";
import { Random } from "../../lib/stats/mod.ts";
import assert from "node:assert/strict";
import { assertAgrees, assertClose, evaluate, normal, type Raw } from "./_compare.ts";

const CASES = 14;

/** A random image batch; extents are odd and even, batches of one are common. */
function image(random: Random, channels = 1 + random.integer(6)): Raw {
  const batch = [1, 1, 2, 3, 5][random.integer(5)];
  return normal(random, [batch, 5 + random.integer(8), 5 + random.integer(8), channels]);
}

const padding = (random: Random) => random.integer(2) ? "same" as const : "valid" as const;
const four = (t: Tensor) => t as Tensor4D;

Deno.test("convolution and its gradients agree with the cpu engine for random shapes, strides and dilations", async () => {
  for (let index = 0; index < CASES; index++) {
    const random = new Random(`convolution/${index}`);
    const x = image(random, index % 5 === 4 ? 16 : undefined);
    const kernel = [1 + random.integer(4), 1 + random.integer(4)];
    const dilated = index % 3 === 2;
    const strides: [number, number] = dilated ? [1, 1] : [1 + random.integer(3), 1 + random.integer(3)];
    const pad = padding(random);
    const filter = normal(random, [...kernel, x.shape[3], 1 + random.integer(7)]);
    const f = (a: Tensor, b: Tensor) => tf.conv2d(four(a), four(b), strides, pad, "NHWC");
    await assertAgrees(`conv2d [${x.shape}] filter [${filter.shape}] strides ${strides} ${pad}`, f, [x, filter]);
  }
});

Deno.test("dilated convolution agrees with its dilation written out as zeros in the filter", async () => {
  // tfjs has no gradient for dilations, so only the value can be compared that way.
  await use("onnx", { threads: 2 });
  for (let index = 0; index < 4; index++) {
    const random = new Random(`dilation/${index}`);
    const x = image(random), pad = padding(random), dilation = 2 + random.integer(2);
    const filter = normal(random, [2, 3, x.shape[3], 3]);
    const values = tf.tidy(() => {
      const [a, b] = [x, filter].map(({ shape, values }) => four(tf.tensor(values, shape)));
      const sparse = tf.buffer([dilation + 1, 2 * dilation + 1, x.shape[3], 3]);
      const dense = b.bufferSync();
      for (let i = 0; i < 2; i++) {
        for (let j = 0; j < 3; j++) {
          for (let c = 0; c < x.shape[3]; c++) {
            for (let o = 0; o < 3; o++) sparse.set(dense.get(i, j, c, o), i * dilation, j * dilation, c, o);
          }
        }
      }
      return [tf.conv2d(a, b, 1, pad, "NHWC", dilation), tf.conv2d(a, four(sparse.toTensor()), 1, pad)]
        .map((t) => ({ shape: t.shape, values: Float32Array.from(t.dataSync()) }));
    });
    assertClose([values[0]], [values[1]], `dilation ${dilation} ${pad} [${x.shape}]`);
  }
});

Deno.test("depthwise and separable convolution agree with the cpu engine", async () => {
  for (let index = 0; index < CASES; index++) {
    const random = new Random(`depthwise/${index}`);
    const x = image(random), pad = padding(random), stride = 1 + random.integer(3);
    const multiplier = 1 + random.integer(3);
    const filter = normal(random, [1 + random.integer(3), 1 + random.integer(3), x.shape[3], multiplier]);
    const what = `[${x.shape}] filter [${filter.shape}] stride ${stride} ${pad}`;
    await assertAgrees(`depthwiseConv2d ${what}`, (a, b) => {
      return tf.depthwiseConv2d(four(a), four(b), stride, pad);
    }, [x, filter]);
    const point = normal(random, [1, 1, x.shape[3] * multiplier, 4]);
    await assertAgrees(`separableConv2d ${what}`, (a, b, c) => {
      return tf.separableConv2d(four(a), four(b), four(c), stride, pad);
    }, [x, filter, point]);
  }
});

Deno.test("max pooling and its gradient agree with the cpu engine, with and without overlap", async () => {
  for (let index = 0; index < CASES; index++) {
    const random = new Random(`maxPool/${index}`);
    const x = image(random), pad = padding(random);
    const size = 1 + random.integer(3), stride = index % 2 ? size : 1 + random.integer(3);
    const f = (a: Tensor) => tf.maxPool(four(a), size, stride, pad);
    await assertAgrees(`maxPool [${x.shape}] size ${size} stride ${stride} ${pad}`, f, [x]);
  }
});

Deno.test("tied maxima share the gradient, and its sum is kept", async () => {
  await use("onnx", { threads: 2 });
  const flat = { shape: [1, 4, 4, 1], values: new Float32Array(16).fill(3) };
  for (const [size, stride] of [[2, 2], [3, 1], [3, 2]]) {
    const f = (a: Tensor) => tf.maxPool(four(a), size, stride, "same");
    const [value, gradient] = evaluate(f, [flat], 1);
    const dy = normal(new Random("1/dy"), value.shape);
    const sum = (values: Float32Array) => values.reduce((total, v) => total + v, 0);
    assert.ok(Math.abs(sum(gradient.values) - sum(dy.values)) < 1e-5, `size ${size} stride ${stride}`);
    if (size === stride) assert.equal(gradient.values[0], Math.fround(dy.values[0] / 4));
  }
});

Deno.test("average pooling agrees with the cpu engine where windows hold no padding", async () => {
  for (let index = 0; index < CASES; index++) {
    const random = new Random(`avgPool/${index}`);
    const x = image(random);
    const size = 1 + random.integer(3), stride = index % 2 ? size : 1 + random.integer(3);
    const f = (a: Tensor) => tf.avgPool(four(a), size, stride, "valid");
    await assertAgrees(`avgPool [${x.shape}] size ${size} stride ${stride}`, f, [x]);
  }
});

Deno.test("average pooling with padding has the gradient that differences give", async () => {
  // The cpu engine's gradient counts padding, its value does not.
  await use("onnx", { threads: 2 });
  for (let index = 0; index < 4; index++) {
    const random = new Random(`padded avgPool/${index}`);
    const x = normal(random, [1, 5, 4, 2]);
    const size = 2 + random.integer(2), stride = 1 + index % 3;
    const f = (a: Tensor) => tf.avgPool(four(a), size, stride, "same");
    const [value, gradient] = evaluate(f, [x], index);
    const dy = normal(new Random(`${index}/dy`), value.shape).values;
    const loss = (values: Float32Array) =>
      tf.tidy(() => Array.from(f(tf.tensor(values, x.shape)).dataSync()).reduce((sum, v, i) => sum + v * dy[i], 0));
    for (let at = 0; at < x.values.length; at += 3) {
      // The function is linear, so a large step loses nothing.
      const slope = (loss(x.values.with(at, x.values[at] + 4)) - loss(x.values.with(at, x.values[at] - 4))) / 8;
      assert.ok(Math.abs(slope - gradient.values[at]) < 1e-5, `size ${size} stride ${stride} at ${at}`);
    }
  }
});

Deno.test("batch normalisation in training agrees with the cpu engine, with negative gammas and large means", async () => {
  for (const [index, mean] of [[0, 0], [1, 0], [2, 30]]) {
    const random = new Random(`batchNorm/${index}`);
    const x = image(random), channels = x.shape[3];
    x.values.forEach((value, at) => x.values[at] = value + mean);
    const f = (a: Tensor, gamma: Tensor, beta: Tensor) => {
      const moments = tf.moments(a, [0, 1, 2]);
      return tf.relu(
        tf.batchNorm(
          a,
          moments.mean as tf.Tensor1D,
          moments.variance as tf.Tensor1D,
          beta as tf.Tensor1D,
          gamma as tf.Tensor1D,
          1e-3,
        ),
      );
    };
    const inputs = [x, normal(random, [channels]), normal(random, [channels])];
    await assertAgrees(`batch norm [${x.shape}] mean ${mean}`, f, inputs, mean === 0 ? 5e-5 : 1e-3);
  }
});

Deno.test("batch normalisation by given statistics agrees with the cpu engine", async () => {
  for (const rank of [2, 4]) {
    const random = new Random(`inference/${rank}`);
    const x = normal(random, [3, 4, 5, 6].slice(4 - rank)), channel = () => normal(random, [6]);
    const variance = channel();
    variance.values.forEach((value, at) => variance.values[at] = Math.abs(value) + 0.5);
    const f = (...[a, m, v, o, s]: Tensor[]) =>
      tf.batchNorm(a, m as tf.Tensor1D, v as tf.Tensor1D, o as tf.Tensor1D, s as tf.Tensor1D);
    await assertAgrees(`rank ${rank}`, f, [x, channel(), variance, channel(), channel()]);
  }
});

const activations: Record<string, (x: Tensor) => Tensor> = {
  relu: tf.relu,
  relu6: tf.relu6,
  leakyRelu: (x) => tf.leakyRelu(x, 0.3),
  elu: tf.elu,
  selu: tf.selu,
  sigmoid: tf.sigmoid,
  tanh: tf.tanh,
  softplus: tf.softplus,
  softmax: (x) => tf.softmax(x),
  logSoftmax: (x) => tf.logSoftmax(x),
  swish: (x) => tf.mul(x, tf.sigmoid(x)),
  clip: (x) => tf.clipByValue(x, -0.5, 0.7),
  abs: tf.abs,
  exp: tf.exp,
  square: tf.square,
};

for (const [name, f] of Object.entries(activations)) {
  Deno.test(`${name} and its gradient agree with the cpu engine`, async () => {
    await assertAgrees(name, f, [normal(new Random(name), [3, 7])]);
    await assertAgrees(name, f, [normal(new Random(name), [2, 3, 4, 5])]);
  });
}

const compositions: Record<string, { shapes: number[][]; f: (...inputs: Tensor[]) => Tensor }> = {
  "dense layer": { shapes: [[4, 7], [7, 3], [3]], f: (x, w, b) => tf.add(tf.matMul(x, w), b) },
  "dense layer of one sample": { shapes: [[1, 7], [7, 3]], f: (x, w) => tf.matMul(x, w) },
  "transposed products": { shapes: [[7, 4], [3, 7]], f: (x, w) => tf.matMul(x, w, true, true) },
  "batched products": { shapes: [[2, 3, 4], [2, 5, 4]], f: (x, w) => tf.matMul(x, w, false, true) },
  "broadcast arithmetic": {
    shapes: [[2, 3, 4, 5], [5], [3, 1, 1]],
    f: (x, a, b) => tf.mul(tf.sub(x, a), tf.add(b, a)),
  },
  "residual block": {
    shapes: [[2, 6, 5, 4], [3, 3, 4, 4], [4]],
    f: (x, w, b) => tf.relu(tf.add(x, tf.relu(tf.add(tf.conv2d(four(x), four(w), 1, "same"), b)))),
  },
  "channels concatenated after a convolution": {
    shapes: [[2, 6, 5, 4], [3, 3, 4, 2]],
    f: (x, w) => tf.concat([tf.conv2d(four(x), four(w), 1, "same"), x], 3),
  },
  "rows concatenated": { shapes: [[2, 3], [4, 3]], f: (a, b) => tf.mul(tf.concat([a, b], 0), 2) },
  "zero padding around a convolution": {
    shapes: [[1, 4, 5, 2], [2, 2, 2, 3]],
    f: (x, w) => tf.pad(tf.conv2d(four(x), four(w), 1, "same"), [[0, 0], [1, 2], [0, 3], [1, 0]]),
  },
  "flattened convolution": {
    shapes: [[3, 5, 4, 2], [3, 3, 2, 3], [60, 4]],
    f: (x, w, d) => tf.matMul(tf.reshape(tf.conv2d(four(x), four(w), 1, "same"), [3, 60]), d),
  },
  "global average pooling": {
    shapes: [[3, 5, 4, 2], [3, 3, 2, 6]],
    f: (x, w) => tf.mean(tf.conv2d(four(x), four(w), 2, "same"), [1, 2]),
  },
  "global maximum pooling": {
    shapes: [[3, 5, 4, 2], [3, 3, 2, 6]],
    f: (x, w) => tf.max(tf.conv2d(four(x), four(w), 1, "same"), [1, 2]),
  },
  "sums along single axes of a convolution": {
    shapes: [[2, 5, 4, 2], [3, 3, 2, 3]],
    f: (x, w) => {
      const y = tf.conv2d(four(x), four(w), 1, "same");
      return tf.add(tf.sum(y, 1), tf.mul(tf.mean(tf.sum(y, [0, 3])), tf.max(tf.sum(y, 2, true))));
    },
  },
  "upsampling": { shapes: [[1, 3, 4, 3]], f: (x) => tf.image.resizeNearestNeighbor(four(x), [6, 12]) },
  "layer normalisation": {
    shapes: [[4, 9], [9], [9]],
    f: (x, gamma, beta) => {
      const { mean, variance } = tf.moments(x, -1, true);
      return tf.add(tf.mul(tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-3))), gamma), beta);
    },
  },
  "cosine similarity": {
    shapes: [[4, 6], [4, 6]],
    f: (a, b) => {
      const unit = (t: Tensor) => tf.div(t, tf.sqrt(tf.maximum(tf.sum(tf.square(t), -1, true), 1e-7)));
      return tf.neg(tf.sum(tf.mul(unit(a), unit(b)), -1));
    },
  },
  "cross entropy": {
    shapes: [[4, 6]],
    f: (x) => {
      const labels = tf.oneHot(tf.tensor1d([0, 5, 2, 2], "int32"), 6);
      return tf.neg(tf.sum(tf.mul(labels, tf.log(tf.clipByValue(tf.softmax(x as tf.Tensor2D), 1e-7, 1))), 1));
    },
  },
  "slices and reversal": {
    shapes: [[4, 6, 3]],
    f: (x) => tf.add(tf.slice(tf.mul(x, 2), [1, 2, 0], [2, 3, 3]), tf.reverse(tf.slice(x, [0, 0, 0], [2, 3, 3]), [1])),
  },
  "tiles, stacks and splits": {
    shapes: [[2, 4]],
    f: (x) => {
      const [a, b] = tf.split(tf.tile(x, [2, 1]), 2, 1);
      return tf.stack([a, tf.mul(b, 3), tf.square(a)], 1);
    },
  },
  "transposition": { shapes: [[2, 3, 4]], f: (x) => tf.mul(tf.transpose(x, [2, 0, 1]), 3) },
  "choice": {
    shapes: [[3, 4], [3, 4]],
    f: (a, b) => tf.where(tf.tensor2d([[1], [0], [1]], [3, 1], "bool"), tf.mul(a, 2), b),
  },
  "powers and quotients": {
    shapes: [[3, 4], [4]],
    f: (a, b) => tf.div(tf.pow(tf.abs(a), 1.5), tf.add(tf.square(b), 1)),
  },
};

for (const [name, { shapes, f }] of Object.entries(compositions)) {
  Deno.test(`${name}: value and gradients agree with the cpu engine`, async () => {
    const random = new Random(name);
    await assertAgrees(name, f, shapes.map((shape) => normal(random, shape)));
  });
}

Deno.test("upsampling a batch has the gradient that belongs to each image", async () => {
  // The cpu engine's is wrong from the second image on.
  await use("onnx", { threads: 2 });
  const f = (x: Tensor) => tf.image.resizeNearestNeighbor(four(x), [2, 2]);
  const dy = tf.tensor([1, 2, 3, 4, 10, 20, 30, 40], [2, 2, 2, 1]);
  assert.deepEqual(Array.from(tf.grad(f)(tf.ones([2, 1, 1, 1]), dy).dataSync()), [10, 100]);
});

Deno.test("nothing above ran on a fallback kernel", async () => {
  await use("onnx", { threads: 2 });
  assert.equal(report().summary, "no fallback kernels");
});
