/**
 * Every layer that image classification uses, and its gradients, against float64: random shapes (numbers of channels
 * and images that no block divides, and some that one does), strides, dilations and padding, in every layout.
 */
import assert from "node:assert/strict";
import { report, type Tensor, type Tensor1D, type Tensor2D, type Tensor4D, tf } from "../../lib/engine/mod.ts";
import { Random } from "../../lib/stats/mod.ts";
import { normal } from "./_compare.ts";
import * as wide from "./_float64.ts";
import type { Geometry, Padding, Wide } from "./_float64.ts";
import { assertRight, type Case, kernel, pick } from "./_layouts.ts";

const four = (t: Tensor) => t as Tensor4D;
const one = (t: Tensor) => t as Tensor1D;

const channels = (random: Random) => pick(random, 1, 3, 5, 8, 16, 16, 17, 32);
const batches = (random: Random) => pick(random, 1, 2, 3, 5, 16);
const extent = (random: Random) => 4 + random.integer(5);
const pairOf = (random: Random, most: number): [number, number] => [1 + random.integer(most), 1 + random.integer(most)];

/** "same", "valid", or zeros on each side by number. */
const padding = (random: Random): Padding =>
  pick<Padding>(random, "same", "same", "valid", [[random.integer(2), random.integer(2)], [1, random.integer(3)]]);

/** How tfjs writes padding. */
const tfPad = (pad: Padding) => typeof pad === "string" ? pad : [[0, 0], [...pad[0]], [...pad[1]], [0, 0]] as never;

/** Where padding is by number, tfjs wants to know how to round. */
const rounding = (pad: Padding) => typeof pad === "string" ? undefined : "floor" as const;

/**
 * What comes before the layer under test: a convolution with one tap, whose channels decide about the layout in which
 * the layer meets its image. Two inputs.
 */
const entry = {
  inputs(random: Random, batch: number, height: number, width: number, to: number) {
    return [normal(random, [batch, height, width, 3]), normal(random, [1, 1, 3, to])];
  },
  tensors: (image: Tensor, filter: Tensor) => tf.conv2d(four(image), four(filter), 1, "same"),
  wide: (image: Wide, filter: Wide) => wide.conv(image, filter, { kernel: [1, 1], strides: [1, 1], pad: "same" }),
};

/** Seeded cases of one kind. */
function property(name: string, count: number, make: (random: Random, index: number) => Case): void {
  Deno.test(`${name}: value and gradients agree with float64 in every layout`, async () => {
    for (let index = 0; index < count; index++) {
      const random = new Random(`${name}/${index}`);
      const { what, ...rest } = make(random, index);
      await assertRight({ what: `${name} ${index}: ${what}`, ...rest });
    }
  });
}

const say = ({ kernel, strides, pad, dilations = [1, 1] }: Geometry, ...shapes: (readonly number[])[]) =>
  `${
    shapes.map((shape) => `[${shape}]`).join(" ")
  } kernel ${kernel} strides ${strides} dilations ${dilations} pad ${pad}`;

property("convolution", 14, (random) => {
  const geometry = { kernel: pairOf(random, 4), strides: pairOf(random, 3), pad: padding(random) };
  const shape = [batches(random), extent(random), extent(random), channels(random)];
  const out = channels(random);
  return {
    what: say(geometry, shape, [out]),
    inputs: [normal(random, shape), normal(random, [...geometry.kernel, shape[3], out]), normal(random, [out])],
    tensors: (x, w, b) => {
      const pad = tfPad(geometry.pad);
      return tf.add(tf.conv2d(four(x), four(w), geometry.strides, pad, "NHWC", 1, rounding(geometry.pad)), b);
    },
    wide: (x, w, b) => wide.addBias(wide.conv(x, w, geometry), b),
  };
});

/** All kinds of phases that a stride cuts an image into: alike, with more and fewer taps, with none at all. */
const stridedCases = [[1, 2], [2, 2], [3, 2], [5, 2], [1, 3], [2, 3], [3, 3], [5, 3]].flatMap(([size, stride]) =>
  [6, 9].map((edge) => ({ size, stride, edge }))
);

property("strided convolution of whole blocks", stridedCases.length, (random, index) => {
  const { size, stride, edge } = stridedCases[index];
  const other = random.integer(2);
  // Along one of the axes something else happens at times.
  const kernel: [number, number] = other ? [size, size] : [pick(random, 1, 2, 3), size];
  const strides: [number, number] = index % 3 ? [stride, stride] : [stride, pick(random, 1, 2)];
  const geometry: Geometry = {
    kernel,
    strides,
    pad: index % 4 < 2 ? (["same", "valid"] as const)[index % 4] : padding(random),
  };
  const shape = [pick(random, 1, 2), edge, edge + random.integer(3), pick(random, 16, 32)];
  const out = pick(random, 16, 32);
  return {
    what: say(geometry, shape, [out]),
    inputs: [normal(random, shape), normal(random, [...kernel, shape[3], out])],
    tensors: (x, w) => tf.conv2d(four(x), four(w), strides, tfPad(geometry.pad), "NHWC", 1, rounding(geometry.pad)),
    wide: (x, w) => wide.conv(x, w, geometry),
  };
});

// tfjs's own gradient functions refuse dilations; the kernels that others may ask for are called by name.
function byName(geometry: Geometry, shape: number[], filterShape: number[]): Case {
  const attrs = { ...geometry, dataFormat: "NHWC" };
  return {
    what: say(geometry, shape, filterShape),
    inputs: [],
    tensors: (x, w) =>
      tf.customGrad((...args) => {
        const [image, filter, save] = args as unknown as [Tensor, Tensor, tf.GradSaveFunc];
        save([image, filter]);
        return {
          value: kernel("Conv2D", { x: image, filter }, attrs),
          gradFunc: (dy, saved) => [
            kernel("Conv2DBackpropInput", { dy: dy as Tensor, filter: saved[1] }, { ...attrs, inputShape: shape }),
            kernel("Conv2DBackpropFilter", { x: saved[0], dy: dy as Tensor }, { ...attrs, filterShape }),
          ],
        };
      })(x, w),
    wide: (x, w) => wide.conv(x, w, geometry),
  };
}

property("dilated convolution", 6, (random) => {
  const geometry: Geometry = {
    kernel: pairOf(random, 3),
    strides: [1, 1],
    dilations: [1 + random.integer(3), 2],
    pad: pick(random, "same", "valid"),
  };
  const shape = [batches(random), 7 + random.integer(3), 6 + random.integer(3), channels(random)];
  const filterShape = [...geometry.kernel, shape[3], channels(random)];
  return { ...byName(geometry, shape, filterShape), inputs: [normal(random, shape), normal(random, filterShape)] };
});

property("strided and dilated convolution", 6, (random, index) => {
  const geometry: Geometry = {
    kernel: [2 + index % 2, 3],
    strides: [2, 1 + random.integer(3)],
    dilations: [1 + index % 3, 2],
    pad: pick(random, "same", "valid"),
  };
  const shape = [2, 7 + random.integer(3), 6 + random.integer(3), index < 4 ? 16 : channels(random)];
  const filterShape = [...geometry.kernel, shape[3], index < 4 ? 32 : channels(random)];
  return { ...byName(geometry, shape, filterShape), inputs: [normal(random, shape), normal(random, filterShape)] };
});

property("depthwise convolution", 8, (random) => {
  const stride = 1 + random.integer(3);
  const geometry: Geometry = {
    kernel: pairOf(random, 3),
    strides: [stride, stride],
    pad: pick(random, "same", "valid"),
  };
  const shape = [batches(random), extent(random), extent(random), channels(random)];
  const multiplier = pick(random, 1, 1, 2, 3);
  return {
    what: say(geometry, shape, [multiplier]),
    inputs: [normal(random, shape), normal(random, [...geometry.kernel, shape[3], multiplier])],
    tensors: (x, w) => tf.depthwiseConv2d(four(x), four(w), stride, geometry.pad as "same" | "valid"),
    wide: (x, w) => wide.depthwise(x, w, geometry),
  };
});

property("dilated depthwise convolution", 4, (random) => {
  const geometry: Geometry = {
    kernel: [2, 3],
    strides: [1, 1],
    dilations: [1 + random.integer(2), 2],
    pad: pick(random, "same", "valid"),
  };
  const shape = [2, 7, 8, channels(random)], filterShape = [2, 3, shape[3], pick(random, 1, 2)];
  const attrs = { ...geometry, dataFormat: "NHWC" };
  return {
    what: say(geometry, shape, filterShape),
    inputs: [normal(random, shape), normal(random, filterShape)],
    tensors: (x, w) =>
      tf.customGrad((...args) => {
        const [image, filter, save] = args as unknown as [Tensor, Tensor, tf.GradSaveFunc];
        save([image, filter]);
        const name = "DepthwiseConv2dNative";
        return {
          value: kernel(name, { x: image, filter }, attrs),
          gradFunc: (dy, saved) => [
            kernel(`${name}BackpropInput`, { dy: dy as Tensor, filter: saved[1] }, { ...attrs, inputShape: shape }),
            kernel(`${name}BackpropFilter`, { x: saved[0], dy: dy as Tensor }, { ...attrs, filterShape }),
          ],
        };
      })(x, w),
    wide: (x, w) => wide.depthwise(x, w, geometry),
  };
});

property("separable convolution", 5, (random) => {
  const stride = 1 + random.integer(2);
  const geometry: Geometry = { kernel: [3, 3], strides: [stride, stride], pad: pick(random, "same", "valid") };
  const shape = [batches(random), extent(random), extent(random), channels(random)];
  const multiplier = pick(random, 1, 2), out = channels(random);
  return {
    what: say(geometry, shape, [multiplier, out]),
    inputs: [
      normal(random, shape),
      normal(random, [3, 3, shape[3], multiplier]),
      normal(random, [1, 1, shape[3] * multiplier, out]),
    ],
    tensors: (x, d, p) => tf.separableConv2d(four(x), four(d), four(p), stride, geometry.pad as "same" | "valid"),
    wide: (x, d, p) => wide.conv(wide.depthwise(x, d, geometry), p, { kernel: [1, 1], strides: [1, 1], pad: "valid" }),
  };
});

property("transposed convolution", 8, (random) => {
  const stride = 1 + random.integer(3);
  const pad = pick<"same" | "valid">(random, "same", "valid");
  const geometry: Geometry = { kernel: pairOf(random, 4), strides: [stride, stride], pad };
  const large = [batches(random), extent(random) + 2, extent(random) + 2, channels(random)];
  const small = [large[0], ...wide.outputOf(large, geometry), channels(random)];
  return {
    what: say(geometry, small, large),
    inputs: [normal(random, small), normal(random, [...geometry.kernel, large[3], small[3]])],
    tensors: (x, w) => tf.conv2dTranspose(four(x), four(w), large as [number, number, number, number], stride, pad),
    wide: (x, w) => wide.transposedConv(x, w, [large[1], large[2]], geometry),
  };
});

for (const kind of ["max", "average"] as const) {
  property(`${kind} pooling`, 12, (random, index) => {
    // Windows side by side, overlapping, and with gaps; padding by name and by number.
    const kernel: [number, number] = index % 4 === 0 ? [2, 2] : [1 + random.integer(3), 2 + random.integer(2)];
    const strides: [number, number] = index % 2 === 0 ? kernel : pairOf(random, 3);
    // No window may see padding only.
    const pad = pick<Padding>(random, "same", "same", "valid", [[0, kernel[0] - 1], [kernel[1] - 1, 0]]);
    const geometry = { kernel, strides, pad };
    const shape = [batches(random), extent(random), extent(random)];
    const inputs = entry.inputs(random, shape[0], shape[1], shape[2], channels(random));
    const pooling = kind === "max" ? tf.maxPool : tf.avgPool;
    return {
      what: say(geometry, shape, inputs[1].shape),
      inputs,
      tensors: (x, w) => pooling(four(entry.tensors(x, w)), kernel, strides, tfPad(pad), rounding(pad)),
      wide: (x, w) => wide.pool(entry.wide(x, w), geometry, kind),
    };
  });

  property(`global ${kind} pooling`, 4, (random) => {
    const inputs = entry.inputs(random, batches(random), extent(random), extent(random), channels(random));
    return {
      what: `[${inputs[0].shape}] [${inputs[1].shape}]`,
      inputs,
      tensors: (x, w) => (kind === "max" ? tf.max : tf.mean)(entry.tensors(x, w), [1, 2]),
      wide: (x, w) => wide.globalPool(entry.wide(x, w), kind),
    };
  });
}

/** Batch normalisation as tf.layers trains it. */
function batchNorm(x: Tensor, gamma: Tensor, beta: Tensor): Tensor {
  const { mean, variance } = tf.moments(x, x.shape.map((_, axis) => axis).slice(0, -1));
  return tf.batchNorm(four(x), one(mean), one(variance), one(beta), one(gamma), 1e-3);
}

/** Gammas of both signs, none of which is nearly zero. */
function gammas(random: Random, n: number) {
  const { shape, values } = normal(random, [n]);
  return { shape, values: values.map((value, i) => (i % 2 ? -1 : 1) * (0.5 + Math.abs(value))) };
}

property("batch normalisation, with negative gammas", 6, (random) => {
  const to = channels(random);
  const inputs = [
    ...entry.inputs(random, batches(random), extent(random), extent(random), to),
    gammas(random, to),
    normal(random, [to]),
  ];
  return {
    what: `[${inputs[0].shape}] [${inputs[1].shape}]`,
    inputs,
    tensors: (x, w, gamma, beta) => batchNorm(entry.tensors(x, w), gamma, beta),
    wide: (x, w, gamma, beta) => wide.normalise(entry.wide(x, w), gamma, beta, 1e-3),
    // The input's gradient is a small difference of large sums.
    tolerance: 1e-4,
  };
});

property("batch normalisation of vectors", 3, (random) => {
  const to = channels(random);
  const inputs = [normal(random, [5, to]), gammas(random, to), normal(random, [to])];
  return {
    what: `${to}`,
    inputs,
    tensors: batchNorm,
    wide: (x, gamma, beta) => wide.normalise(x, gamma, beta, 1e-3),
    tolerance: 1e-4,
  };
});

property("batch normalisation of large means", 4, (random, index) => {
  // The mean is a thousand times the spread: a variance by squares would lose all its digits, one by differences not.
  const to = [3, 16, 17, 32][index];
  const shift = normal(random, [to]);
  shift.values.forEach((value, i) => shift.values[i] = Math.sign(value) * 1000);
  const inputs = [
    ...entry.inputs(random, 4, 6, 5, to),
    gammas(random, to),
    normal(random, [to]),
    shift,
  ];
  return {
    what: `${to} channels`,
    inputs,
    tensors: (x, w, gamma, beta, b) => batchNorm(tf.add(entry.tensors(x, w), b), gamma, beta),
    // A constant before a normalisation changes nothing, and has no gradient.
    wide: (x, w, gamma, beta) => wide.normalise(entry.wide(x, w), gamma, beta, 1e-3),
    tolerance: 5e-3,
    // The constant's gradient is the sum of 120 numbers, one for each pixel, that rounding moves alike.
    floor: 4,
  };
});

property("batch normalisation of flat images", 4, (random, index) => {
  // No variance at all: the gradient is divided by the root of epsilon.
  const to = [3, 16, 17, 32][index];
  const inputs = [...entry.inputs(random, 3, 4, 5, to), gammas(random, to), normal(random, [to])];
  inputs[0].values.fill(0.75);
  return {
    what: `${to} channels`,
    inputs,
    tensors: (x, w, gamma, beta) => batchNorm(entry.tensors(x, w), gamma, beta),
    wide: (x, w, gamma, beta) => wide.normalise(entry.wide(x, w), gamma, beta, 1e-3),
    // Most gradients are zero: sums of 60 numbers of about 30, one for each pixel, that cancel.
    tolerance: 1e-4,
    floor: 30,
  };
});

property("batch normalisation by given statistics", 4, (random) => {
  const to = channels(random);
  const variance = normal(random, [to]);
  variance.values.forEach((value, i) => variance.values[i] = 0.5 + Math.abs(value));
  const inputs = [
    ...entry.inputs(random, batches(random), extent(random), extent(random), to),
    normal(random, [to]),
    variance,
    gammas(random, to),
    normal(random, [to]),
  ];
  return {
    what: `[${inputs[0].shape}] [${inputs[1].shape}]`,
    inputs,
    tensors: (x, w, ...[m, v, gamma, beta]) =>
      tf.batchNorm(entry.tensors(x, w), one(m), one(v), one(beta), one(gamma), 1e-3),
    wide: (x, w, m, v, gamma, beta) => {
      const image = entry.wide(x, w);
      return {
        shape: image.shape,
        values: image.values.map((value, i) => {
          const c = i % to;
          return (value - m.values[c]) / Math.sqrt(v.values[c] + 1e-3) * gamma.values[c] + beta.values[c];
        }),
      };
    },
  };
});

property("layer normalisation", 4, (random) => {
  const to = 2 + channels(random);
  const inputs = [
    ...entry.inputs(random, batches(random), extent(random), extent(random), to),
    gammas(random, to),
    normal(random, [to]),
  ];
  return {
    what: `[${inputs[0].shape}] [${inputs[1].shape}]`,
    inputs,
    tensors: (x, w, gamma, beta) => {
      // As tf.layers' layerNormalization does it.
      const image = entry.tensors(x, w);
      const { mean, variance } = tf.moments(image, [3], true);
      const repeated = (t: Tensor) => tf.tile(t, [1, 1, 1, to]);
      const vector = (t: Tensor) => tf.tile(tf.reshape(t, [1, 1, 1, to]), [...image.shape.slice(0, 3), 1]);
      return tf.batchNorm4d(
        image,
        four(repeated(mean)),
        four(repeated(variance)),
        four(vector(beta)),
        four(vector(gamma)),
        1e-3,
      );
    },
    wide: (x, w, gamma, beta) => wide.normalise(entry.wide(x, w), gamma, beta, 1e-3, true),
    tolerance: 1e-4,
  };
});

property("residual addition", 6, (random, index) => {
  // The skip keeps its image, or adapts channels and extents by a convolution with one tap.
  const to = channels(random), stride = index % 2 ? 2 : 1;
  const from = index % 2 ? channels(random) : to;
  const geometry: Geometry = { kernel: [3, 3], strides: [stride, stride], pad: "same" };
  const skip: Geometry = { kernel: [1, 1], strides: [stride, stride], pad: "same" };
  const inputs = [
    normal(random, [batches(random), extent(random), extent(random), from]),
    normal(random, [3, 3, from, to]),
    ...(index % 2 ? [normal(random, [1, 1, from, to])] : []),
  ];
  return {
    what: say(geometry, ...inputs.map(({ shape }) => shape)),
    inputs,
    tensors: (x, w, s?: Tensor) =>
      tf.relu(tf.add(
        tf.conv2d(four(x), four(w), stride, "same"),
        s ? tf.conv2d(four(x), four(s), stride, "same") : x,
      )),
    wide: (x, w, s?: Wide) =>
      wide.each(wide.add(wide.conv(x, w, geometry), s ? wide.conv(x, s, skip) : x), (v) => Math.max(0, v)),
  };
});

property("a block of convolution, bias, normalisation, activation and pooling, twice", 6, (random, index) => {
  const [a, b] = index < 2 ? [16, 32] : [channels(random), channels(random)];
  const conv: Geometry = { kernel: [3, 3], strides: [1, 1], pad: "same" };
  const inputs = [
    normal(random, [pick(random, 2, 3, 16), 8, 8, 3]),
    ...[[3, a], [a, b]].flatMap(([from, to]) => [
      normal(random, [3, 3, from, to], 0.3),
      gammas(random, to),
      normal(random, [to]),
    ]),
  ];
  const pooling = index % 2 === 0 ? "max" : "average";
  return {
    what: `${pooling}, ${inputs[0].shape[0]} images, ${a} and ${b} channels`,
    inputs,
    tensors: (x, ...weights) => {
      for (const [w, gamma, beta] of [weights.slice(0, 3), weights.slice(3)]) {
        const normal = tf.relu(batchNorm(tf.conv2d(four(x), four(w), 1, "same"), gamma, beta));
        x = (pooling === "max" ? tf.maxPool : tf.avgPool)(four(normal), 2, 2, "valid");
      }
      return tf.mean(x, [1, 2]);
    },
    wide: (x, ...weights) => {
      for (const [w, gamma, beta] of [weights.slice(0, 3), weights.slice(3)]) {
        const normal = wide.each(wide.normalise(wide.conv(x, w, conv), gamma, beta, 1e-3), (v) => Math.max(0, v));
        x = wide.pool(normal, { kernel: [2, 2], strides: [2, 2], pad: "valid" }, pooling);
      }
      return wide.globalPool(x, "average");
    },
    tolerance: 2e-4,
  };
});

property("dense layer", 4, (random) => {
  const [n, inner, out] = [batches(random), channels(random), channels(random)];
  return {
    what: `${n} rows, ${inner} to ${out}`,
    inputs: [normal(random, [n, inner]), normal(random, [inner, out]), normal(random, [out])],
    tensors: (x, w, b) => tf.add(tf.matMul(x, w), b),
    wide: wide.dense,
  };
});

property("softmax cross-entropy of a dense layer", 4, (random, index) => {
  const [n, classes] = [batches(random), 2 + random.integer(16)];
  const labels = Array.from({ length: n }, () => random.integer(classes));
  const loss = (logits: Tensor): Tensor => {
    const hot = tf.oneHot(tf.tensor1d(labels, "int32"), classes);
    if (index % 2 === 0) return tf.losses.softmaxCrossEntropy(hot, logits);
    // As tf.layers' categoricalCrossentropy does it.
    const p = tf.softmax(logits);
    return tf.mean(tf.neg(tf.sum(tf.mul(tf.cast(hot, "float32"), tf.log(tf.clipByValue(p, 1e-7, 1 - 1e-7))), 1)));
  };
  return {
    what: `${n} rows, ${classes} classes`,
    inputs: [normal(random, [n, 7]), normal(random, [7, classes]), normal(random, [classes])],
    tensors: (x, w, b) => loss(tf.add(tf.matMul(x as Tensor2D, w as Tensor2D), b)),
    wide: (x, w, b) => {
      const softmax = wide.byRow(wide.dense(x, w, b), wide.softmax);
      const p = index % 2 === 0 ? softmax : wide.each(softmax, (v) => Math.min(1 - 1e-7, Math.max(1e-7, v)));
      return wide.scalar(labels.reduce((sum, label, i) => sum - Math.log(p.values[i * classes + label]), 0) / n);
    },
  };
});

property("cosine loss", 3, (random) => {
  const [n, width] = [batches(random), 2 + random.integer(16)];
  const unit = (t: Tensor) => tf.div(t, tf.sqrt(tf.maximum(tf.sum(tf.square(t), -1, true), 1e-7)));
  const row = (x: Wide, i: number) => x.values.subarray(i * width, (i + 1) * width);
  const norm = (v: Float64Array) => Math.sqrt(v.reduce((sum, value) => sum + value * value, 0));
  return {
    what: `${n} rows of ${width}`,
    inputs: [normal(random, [n, width]), normal(random, [n, width])],
    // As tf.layers' cosineProximity does it.
    tensors: (a, b) => tf.neg(tf.sum(tf.mul(unit(a), unit(b)), -1)),
    wide: (a, b) => ({
      shape: [n],
      values: Float64Array.from({ length: n }, (_, i) => {
        const dot = row(a, i).reduce((sum, value, k) => sum + value * row(b, i)[k], 0);
        return -dot / (norm(row(a, i)) * norm(row(b, i)));
      }),
    }),
  };
});

const activations: Record<string, [(x: Tensor) => Tensor, (v: number) => number]> = {
  relu: [tf.relu, (v) => Math.max(0, v)],
  relu6: [(x) => tf.relu6(x), (v) => Math.min(6, Math.max(0, v))],
  leakyRelu: [(x) => tf.leakyRelu(x, 0.3), (v) => v > 0 ? v : 0.3 * v],
  elu: [tf.elu, (v) => v > 0 ? v : Math.expm1(v)],
  selu: [tf.selu, (v) => 1.0507009873554805 * (v > 0 ? v : 1.6732632423543772 * Math.expm1(v))],
  sigmoid: [tf.sigmoid, (v) => 1 / (1 + Math.exp(-v))],
  hardSigmoid: [
    (x) => tf.clipByValue(tf.add(tf.mul(x, 0.2), 0.5), 0, 1),
    (v) => Math.min(1, Math.max(0, 0.2 * v + 0.5)),
  ],
  tanh: [tf.tanh, Math.tanh],
  softplus: [tf.softplus, (v) => Math.log1p(Math.exp(v))],
  softsign: [(x) => tf.div(x, tf.add(tf.abs(x), 1)), (v) => v / (1 + Math.abs(v))],
  swish: [(x) => tf.mul(x, tf.sigmoid(x)), (v) => v / (1 + Math.exp(-v))],
  hardSwish: [
    (x) => tf.mul(x, tf.div(tf.clipByValue(tf.add(x, 3), 0, 6), 6)),
    (v) => v * Math.min(6, Math.max(0, v + 3)) / 6,
  ],
};

for (const [name, [tensors, exact]] of Object.entries(activations)) {
  property(`activation ${name}`, 1, (random) => {
    const inputs = entry.inputs(random, 2, 4, 5, pick(random, 16, 17));
    return {
      what: `[${inputs[1].shape}]`,
      inputs,
      tensors: (x, w) => tensors(entry.tensors(x, w)),
      wide: (x, w) => wide.each(entry.wide(x, w), exact),
    };
  });
}

property("activation prelu", 2, (random, index) => {
  const to = [16, 17][index];
  const inputs = [...entry.inputs(random, 2, 4, 5, to), normal(random, [to])];
  return {
    what: `${to} channels`,
    inputs,
    tensors: (x, w, alpha) => tf.prelu(entry.tensors(x, w), alpha),
    wide: (x, w, alpha) => {
      const image = entry.wide(x, w);
      return { shape: image.shape, values: image.values.map((v, i) => v > 0 ? v : v * alpha.values[i % to]) };
    },
  };
});

property("softmax over channels", 2, (random, index) => {
  const inputs = entry.inputs(random, 2, 4, 3, [16, 17][index]);
  return {
    what: `[${inputs[1].shape}]`,
    inputs,
    tensors: (x, w) => tf.softmax(entry.tensors(x, w)),
    wide: (x, w) => wide.byRow(entry.wide(x, w), wide.softmax),
  };
});

Deno.test("no layer above ran on a fallback kernel", () => {
  assert.equal(report().summary, "no fallback kernels");
});
