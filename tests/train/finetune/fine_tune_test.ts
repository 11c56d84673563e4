import assert from "node:assert/strict";
import * as engine from "../../../lib/engine/mod.ts";
import { type Tail, trainableTail } from "../../../lib/model/mod.ts";
import { activations, fineTune, keptFineTunings, TunedNetwork } from "../../../lib/train/mod.ts";
import { inTempFolder } from "../../_fixtures.ts";
import { SIZE, tinyBackbone } from "../../model/tail/_backbones.ts";
import { foldOf, stripes } from "./_pictures.ts";

const quiet = { onProgress: () => {} };
const config = { epochs: 6, batchSize: 16, learningRate: 3e-3, backboneRate: 3e-3, mirror: false };

async function tinyTail(folder: string): Promise<Tail> {
  await engine.use("onnx");
  return await trainableTail(await tinyBackbone(folder));
}

Deno.test("fineTune() learns what the frozen features do not show, and keeps it for the next time", () =>
  inTempFolder(async (folder) => {
    const tail = await tinyTail(folder);
    const images = stripes(80, SIZE);
    const fold = foldOf(images, images.development.slice(0, 20));
    const [one] = await fineTune(images, tail, [fold], config, quiet);
    assert.ok(one.keptEpoch > 0);
    const { [0]: before, [one.keptEpoch]: kept } = one.history;
    assert.ok(kept.innerLoss! < before.innerLoss!, `${kept.innerLoss} is not below ${before.innerLoss}`);
    assert.equal(one.probabilities.length, 40);
    assert.equal(one.correct.length, 20);

    // Found, not made: neither the front nor the pixels are asked for, and it is the same.
    const idle = { ...tail, front: () => Promise.reject(new Error("the front was asked")) };
    const asked = images.asked.length;
    assert.equal(await keptFineTunings(images, idle, [fold], config), 1);
    assert.deepEqual(await fineTune(images, idle, [fold], config, quiet), [one]);
    assert.equal(images.asked.length, asked);
    assert.equal(await keptFineTunings(images, tail, [fold], { ...config, seed: 2 }), 0);
  }));

Deno.test("fineTune() gives the same weights whatever it is measured on, and the same again", () =>
  inTempFolder(async (folder) => {
    const tail = await tinyTail(folder);
    const images = stripes(48, SIZE);
    const train = images.development.slice(16);
    const weights = [];
    for (const validation of [images.development.slice(0, 16), images.development.slice(0, 4), []]) {
      const fold = { ...foldOf(images, validation), train };
      weights.push((await fineTune(images, tail, [fold], { ...config, epochs: 2 }, quiet))[0].weights);
    }
    assert.deepEqual(weights[1], weights[0]);
    assert.deepEqual(weights[2], weights[0]);
  }));

Deno.test("fineTune() trains kernels, offsets and scales, and leaves the statistics of batch normalisation", () =>
  inTempFolder(async (folder) => {
    const tail = await tinyTail(folder);
    const images = stripes(32, SIZE);
    const fold = foldOf(images, []);
    // With no inner part all epochs are trained.
    const all = { ...images, innerPart: () => [] };
    const [one] = await fineTune(all, tail, [fold], { ...config, epochs: 2 }, quiet);
    assert.equal(one.keptEpoch, 2);
    const { model, blocks } = tail.build();
    const before = model.getWeights().map((weight) => weight.dataSync());
    using network = new TunedNetwork(tail, 2);
    network.put(one.weights);
    const [, ...groups] = network.groups();
    assert.deepEqual(groups.map((group) => group.length), [6]); // two kernels with biases, a scale and an offset
    let at = 20 * 2 + 2; // after the head
    const moved = model.weights.map(({ originalName }, i) => {
      const after = one.weights.subarray(at, at += before[i].length);
      return [originalName.split("/")[1], after.some((value, j) => value !== before[i][j])];
    });
    assert.equal(at, one.weights.length);
    for (const [name, changed] of moved) assert.equal(changed, !/moving/.test(String(name)), `${name}`);
    assert.equal(blocks.length, 1);
    model.dispose();
  }));

Deno.test("fineTune() keeps the frozen features where training on helps nobody", () =>
  inTempFolder(async (folder) => {
    const tail = await tinyTail(folder);
    const images = stripes(40, SIZE);
    // A rate at which every step spoils the network.
    const [one] = await fineTune(images, tail, [foldOf(images, [0, 1])], {
      ...config,
      learningRate: 10,
      backboneRate: 10,
      epochs: 2,
    }, quiet);
    assert.equal(one.keptEpoch, 0);
    using network = new TunedNetwork(tail, 2);
    network.put(one.weights);
    const { model } = tail.build();
    const published = model.getWeights().flatMap((weight) => [...weight.dataSync()]);
    assert.deepEqual([...one.weights.subarray(42)], published);
    model.dispose();
  }));

Deno.test("fineTune() refuses what cannot train, before anything is computed", () =>
  inTempFolder(async (folder) => {
    const tail = await tinyTail(folder);
    const images = stripes(8, SIZE);
    for (
      const [partial, message] of [
        [{ epochs: 0 }, "Cannot fine-tune: epochs must be a whole number from 1, got 0"],
        [{ backboneRate: -1 }, "Cannot fine-tune: backboneRate must be above 0, got -1"],
        [{ mixup: 0.9 }, "Cannot fine-tune: mixup must be from 0 to 0.5, got 0.9"],
      ] as const
    ) {
      await assert.rejects(fineTune(images, tail, [foldOf(images, [])], partial, quiet), {
        name: "RangeError",
        message,
      });
    }
    assert.deepEqual(images.asked, []);
  }));

Deno.test("activations() are those of the front, of mirror images too, each computed once", () =>
  inTempFolder(async (folder) => {
    const tail = await tinyTail(folder);
    const images = stripes(5, SIZE);
    const { values, mirrored, width } = await activations(images, tail, [3, 1], { mirror: true, ...quiet });
    assert.equal(width, 8 * 8 * 8 + 8);
    const pixels = await images.pixels([3, 1], {});
    const expected = await tail.front(pixels, 2);
    values.forEach((value, i) => assert.equal(value, Math.f16round(expected[i])));
    // A mirrored picture of mirrored pixels is the picture itself.
    const back = { ...images, records: images.records.map(({ hash, label }) => ({ hash: `${hash} turned`, label })) };
    const turned = (of: Uint8Array) => {
      const out = new Uint8Array(of.length);
      for (let i = 0; i < of.length / 3; i++) {
        const x = i % SIZE, from = (i - x + SIZE - 1 - x) * 3;
        out.set(of.subarray(from, from + 3), i * 3);
      }
      return out;
    };
    const other = await activations(
      {
        ...back,
        pixels: async (indices: readonly number[]) => turned(await images.pixels(indices, {})),
      } as unknown as typeof images,
      tail,
      [3, 1],
      { mirror: true, ...quiet },
    );
    assert.deepEqual(other.values, mirrored);
    assert.deepEqual(other.mirrored, values);

    const idle = { ...tail, front: () => Promise.reject(new Error("the front was asked")) };
    const again = await activations(images, idle, [1, 3], { mirror: true, ...quiet });
    assert.deepEqual(again.values.subarray(width), values.subarray(0, width));
  }));

Deno.test("TunedNetwork says of pictures what fineTune() said of them, and as a program the same", () =>
  inTempFolder(async (folder) => {
    const tail = await tinyTail(folder);
    const images = stripes(40, SIZE);
    const validation = images.development.slice(0, 10);
    const [one] = await fineTune(images, tail, [foldOf(images, validation)], config, quiet);
    using network = new TunedNetwork(tail, 2);
    network.put(one.weights);
    const pixels = await images.pixels(validation, {});
    const { features, probabilities } = await network.look(pixels, 10);
    assert.equal(features.length, 10 * tail.dimensions);
    // What was kept of the front was rounded to half precision.
    probabilities.forEach((value, i) => assert.ok(Math.abs(value - one.probabilities[i]) < 0.01));
    const { tf } = engine;
    const traced = tf.tidy(() =>
      network.program(tf.tensor4d(Float32Array.from(pixels), [10, SIZE, SIZE, 3])).probabilities
    );
    (await traced.data()).forEach((value, i) => assert.ok(Math.abs(value - probabilities[i]) < 1e-5));
    traced.dispose();
    assert.throws(() => network.put(new Float32Array(3)), /it has \d+ of them behind the cut and in its head, got 3$/);
  }));
