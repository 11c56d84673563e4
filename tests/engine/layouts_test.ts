import { type Tensor, type Tensor1D, type Tensor4D, tf, use } from "../../lib/engine/mod.ts";
import { type LayoutChoice, setLayout } from "../../lib/engine/onnx/mod.ts";
import { Random } from "../../lib/stats/mod.ts";
import { assertClose, evaluate, normal, type Raw } from "./_compare.ts";

const layouts: LayoutChoice[] = ["auto", "standard"];
const four = (t: Tensor) => t as Tensor4D;
const pick = <T>(random: Random, ...choices: T[]): T => choices[random.integer(choices.length)];

/** Asserts that value and gradients agree with the cpu engine's, in every layout. */
async function assertAgreesInEveryLayout(
  what: string,
  f: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Raw[],
  tolerance = 5e-5,
): Promise<void> {
  await use("cpu");
  const expected = evaluate(f, inputs, 1);
  await use("onnx", { threads: 2 });
  try {
    for (const layout of layouts) {
      setLayout(layout);
      assertClose(evaluate(f, inputs, 1), expected, `${what}, layout ${layout}`, tolerance);
    }
  } finally {
    setLayout("auto");
  }
}

/** Asserts that both layouts agree, for what takes the cpu engine too long: other tests hold the standard one to it. */
async function assertLayoutsAgree(
  what: string,
  f: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Raw[],
  tolerance: number,
): Promise<void> {
  await use("onnx", { threads: 2 });
  try {
    const [blocked, standard] = layouts.map((layout) => {
      setLayout(layout);
      return evaluate(f, inputs, 1);
    });
    assertClose(blocked, standard, what, tolerance);
  } finally {
    setLayout("auto");
  }
}

/** Channels and batches that are whole blocks, and some that no block divides. */
const channels = (random: Random) => pick(random, 3, 8, 16, 16, 17, 32, 48);
const batches = (random: Random) => pick(random, 1, 3, 16, 32);

Deno.test("convolutions of whole and of broken blocks of channels agree with the cpu engine in every layout", async () => {
  for (let index = 0; index < 20; index++) {
    const random = new Random(`layout convolution/${index}`);
    const x = normal(random, [batches(random), 3 + random.integer(5), 3 + random.integer(5), channels(random)]);
    const kernel = [1 + random.integer(3), 1 + random.integer(3)];
    const stride = pick(random, 1, 1, 2), pad = pick(random, "same" as const, "valid" as const);
    const filter = normal(random, [...kernel, x.shape[3], channels(random)]);
    const f = (a: Tensor, b: Tensor) => tf.conv2d(four(a), four(b), stride, pad);
    await assertAgreesInEveryLayout(`conv2d [${x.shape}] [${filter.shape}] ${stride} ${pad}`, f, [x, filter]);
  }
});

Deno.test("strided convolutions of whole blocks have the same gradients in every layout", async () => {
  for (const size of [1, 2, 3, 5]) {
    for (const stride of [2, 3]) {
      const random = new Random(`layout strided/${size}/${stride}`);
      const x = normal(random, [2, 6 + random.integer(3), 6 + random.integer(3), pick(random, 16, 32)]);
      const filter = normal(random, [size, size, x.shape[3], pick(random, 16, 32)]);
      for (const pad of ["same", "valid"] as const) {
        const f = (a: Tensor, b: Tensor) => tf.conv2d(four(a), four(b), stride, pad);
        await assertAgreesInEveryLayout(`conv2d [${x.shape}] [${filter.shape}] ${stride} ${pad}`, f, [x, filter]);
      }
    }
  }
});

Deno.test("filters have the same gradients in every layout where their kernel is cut into parts", async () => {
  for (const [batch, stride, pad] of [[32, 1, "valid"], [16, 2, "valid"], [16, 1, "same"], [32, 2, "same"]] as const) {
    const random = new Random(`layout parts/${batch}/${stride}`);
    const extent = pad === "same" ? 18 * stride : 17 * stride + 2 + stride; // some pixels are left over
    const x = normal(random, [batch, extent, extent + stride, 16]);
    const filter = normal(random, [3, 3, 16, 64]);
    const f = (a: Tensor, b: Tensor) => tf.conv2d(four(a), four(b), stride, pad);
    await assertLayoutsAgree(`batch ${batch}, stride ${stride}, ${pad}`, f, [x, filter], 1e-4);
  }
});

Deno.test("filters have the same gradients in every layout where the batch comes in blocks", async () => {
  // Batches of one block for each group, and of more; one tap under strides, with and without zeros at its end, and taps
  // that leave pixels over.
  const end = [[0, 0], [0, 2], [0, 1], [0, 0]] as [[0, 0], [number, number], [number, number], [0, 0]];
  const geometries = [[3, 1, "same"], [1, 2, "same"], [1, 2, end], [1, 3, "valid"], [2, 3, "valid"]] as const;
  for (const [batch, from, out] of [[16, 16, 32], [32, 32, 32], [32, 16, 80], [48, 32, 16], [64, 16, 32]]) {
    for (const [size, stride, pad] of geometries) {
      const random = new Random(`layout filter/${batch}/${size}/${stride}`);
      const x = normal(random, [batch, 5 + random.integer(3), 5 + random.integer(3), 16]);
      const filters = [normal(random, [1, 1, 16, from]), normal(random, [size, size, from, out])];
      const mode = pad === end ? "floor" : undefined;
      const conv = (a: Tensor, b: Tensor) => tf.conv2d(four(a), four(b), stride, pad as typeof end, "NHWC", 1, mode);
      const f = (a: Tensor, b: Tensor, c: Tensor) => conv(tf.relu(tf.conv2d(four(a), four(b), 1, "same")), c);
      const what = `filter [${filters[1].shape}] of [${x.shape}] ${stride} ${pad}`;
      await assertLayoutsAgree(what, f, [x, ...filters], 1e-4);
      // An image that comes in tfjs's order.
      if (from === 16) await assertLayoutsAgree(what, conv, [x, filters[1]], 1e-4);
    }
  }
});

Deno.test("filters of images with few channels have the same gradient in every layout", async () => {
  for (let index = 0; index < 24; index++) {
    const random = new Random(`layout first/${index}`);
    const stride = 1 + index % 3, pad = index < 12 ? "same" : "valid";
    // Widths of which a block divides the output, and others; with "valid" some pixels are left over.
    const columns = pick(random, 1, 2, 3, 5);
    const width = pad === "same" ? stride * 16 + pick(random, 0, 0, 1) : 15 * stride + columns + random.integer(stride);
    const x = normal(random, [pick(random, 1, 4), 5 + random.integer(4), width, pick(random, 1, 3)]);
    const filter = normal(random, [3, columns, x.shape[3], pick(random, 16, 32)]);
    const f = (a: Tensor, b: Tensor) => tf.conv2d(four(a), four(b), stride, pad);
    await assertAgreesInEveryLayout(`conv2d [${x.shape}] [${filter.shape}] stride ${stride} ${pad}`, f, [x, filter]);
  }
});

Deno.test("chains of two convolutions with bias, activation and pooling agree in every layout", async () => {
  for (let index = 0; index < 10; index++) {
    const random = new Random(`layout chain/${index}`);
    const [a, b] = [channels(random), channels(random)];
    const x = normal(random, [pick(random, 2, 16), 8, 8, 3]);
    const size = pick(random, 2, 3),
      stride = pick(random, 2, size),
      pad = pick(random, "same" as const, "valid" as const);
    const pool = pick(random, tf.maxPool, tf.avgPool);
    const average = pool === tf.avgPool;
    const f = (image: Tensor, v: Tensor, bias: Tensor, w: Tensor) => {
      const hidden = tf.relu(tf.add(tf.conv2d(four(image), four(v), 1, "same"), bias));
      // The cpu engine's gradient of average pooling counts padding.
      const pooled = pool(four(hidden), size, stride, average ? "valid" : pad);
      return tf.mean(tf.elu(tf.conv2d(pooled, four(w), 1, "same")), [1, 2]);
    };
    const inputs = [x, normal(random, [3, 3, 3, a]), normal(random, [a]), normal(random, [3, 3, a, b], 0.3)];
    const what = `${average ? "average" : "maximum"} of ${size} by ${stride} ${pad}, ${a} and ${b} channels, batch ${
      x.shape[0]
    }`;
    await assertAgreesInEveryLayout(what, f, inputs, 2e-4);
  }
});

Deno.test("depthwise convolutions between others agree in every layout", async () => {
  for (let index = 0; index < 8; index++) {
    const random = new Random(`layout depthwise/${index}`);
    const a = channels(random), multiplier = pick(random, 1, 1, 2), stride = pick(random, 1, 2);
    const x = normal(random, [2, 7, 6, 5]);
    const f = (image: Tensor, v: Tensor, deep: Tensor) =>
      tf.depthwiseConv2d(tf.conv2d(four(image), four(v), 1, "same"), four(deep), stride, "same");
    const inputs = [x, normal(random, [1, 1, 5, a]), normal(random, [3, 3, a, multiplier])];
    await assertAgreesInEveryLayout(`${a} channels, multiplier ${multiplier}, stride ${stride}`, f, inputs);
  }
});

Deno.test("normalised residual blocks agree in every layout, with negative gammas", async () => {
  for (const [index, width] of [16, 24, 32].entries()) {
    const random = new Random(`layout norm/${index}`);
    const f = (image: Tensor, v: Tensor, gamma: Tensor, beta: Tensor) => {
      const z = tf.conv2d(four(image), four(v), 1, "same");
      const { mean, variance } = tf.moments(z, [0, 1, 2]);
      const normalised = tf.batchNorm(z, mean as Tensor1D, variance as Tensor1D, beta as Tensor1D, gamma as Tensor1D);
      const sum = tf.add(tf.relu(normalised), image);
      // A constant for each image and channel, one for each pixel, and reductions along every axis.
      const scaled = tf.mul(sum, tf.mean(sum, [1, 2], true));
      return tf.concat([
        tf.sum(scaled, [1, 2]),
        tf.reshape(tf.max(tf.mul(scaled, tf.sum(sum, 3, true)), [1, 2]), [4, width]),
      ], 1);
    };
    const inputs = [
      normal(random, [4, 5, 6, width]),
      normal(random, [3, 3, width, width], 0.1),
      normal(random, [width]),
      normal(random, [width]),
    ];
    await assertAgreesInEveryLayout(`${width} channels`, f, inputs, 1e-3);
  }
});

Deno.test("blocked images are padded, sliced, concatenated, transposed, compared and reshaped like others", async () => {
  const random = new Random("layout shapes");
  const inputs = [normal(random, [2, 4, 6, 3]), normal(random, [3, 3, 3, 16])];
  const signs = Float32Array.from({ length: 768 }, () => random.integer(2));
  const shapes: Record<string, (x: Tensor4D) => Tensor> = {
    pad: (x) => tf.pad(x, [[0, 1], [1, 2], [0, 3], [1, 0]]),
    slice: (x) => tf.slice(x, [1, 0, 2, 3], [1, 4, 3, 5]),
    concat: (x) => tf.concat([x, tf.relu(x)], 3),
    transpose: (x) => tf.transpose(x, [3, 0, 2, 1]),
    choose: (x) => tf.where(tf.cast(tf.tensor(signs, x.shape), "bool"), tf.square(x), tf.mul(x, 3)),
    reshape: (x) => tf.matMul(tf.reshape(x, [2, 384]), tf.ones([384, 2])),
    tile: (x) => tf.tile(tf.mean(x, [1, 2], true), [1, 2, 2, 1]),
    sums: (x) => tf.add(tf.sum(x, 1), tf.mean(tf.sum(x, [0, 3]))),
    softmax: (x) => tf.softmax(x),
    stack: (x) => tf.stack([x, x], 1),
    halves: (x) => tf.mul(...tf.split(x, 2, 3) as [Tensor, Tensor]),
    positive: (x) => tf.relu(tf.mul(x, tf.step(x))),
    upsample: (x) => tf.slice(tf.image.resizeNearestNeighbor(x, [8, 12]), 0, 1),
  };
  for (const [name, f] of Object.entries(shapes)) {
    // The cpu engine's gradient of upsampling is wrong from the second image on.
    const own = name === "upsample"
      ? [{ shape: [1, 4, 6, 3], values: inputs[0].values.slice(0, 72) }, inputs[1]]
      : inputs;
    await assertAgreesInEveryLayout(name, (x, w) => f(tf.conv2d(four(x), four(w), 1, "same")), own);
  }
});
