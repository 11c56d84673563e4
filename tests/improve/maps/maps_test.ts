import assert from "node:assert/strict";
import type { Fold } from "../../../lib/dataset/mod.ts";
import * as engine from "../../../lib/engine/mod.ts";
import { activationMapper, classActivation, type HeatMap, mistakeMaps, occlusion } from "../../../lib/improve/mod.ts";
import { loadBackbone } from "../../../lib/model/mod.ts";
import { Random } from "../../../lib/stats/mod.ts";
import { linearProbe, predictSoftmaxRegression, type SoftmaxRegression } from "../../../lib/train/mod.ts";
import { strongest } from "../../../lib/improve/maps/mistake_maps.ts";
import { inTempFolder } from "../../_fixtures.ts";
import { SIZE, tinyBackbone } from "../../model/tail/_backbones.ts";

/** The share of what speaks for a class that lies in a quarter of the map: 0 top left, 1 top right, … */
function shareIn({ height, width, values }: HeatMap, quarter: number): number {
  let inside = 0, all = 0;
  values.forEach((value, at) => {
    const y = Math.floor(at / width), x = at % width;
    const here = 2 * Number(y >= height / 2) + Number(x >= width / 2);
    if (value <= 0) return;
    all += value;
    if (here === quarter) inside += value;
  });
  return inside / all;
}

/** Grey noise with a patch of the class's colour in one corner: red or blue, in the corner that is asked for. */
function cornered(n: number, cornerOf: (image: number) => number) {
  return {
    name: "corners",
    classes: ["blue", "red"],
    grouped: false,
    size: SIZE,
    development: Array.from({ length: n }, (_, i) => i),
    records: Array.from(
      { length: n },
      (_, i) => ({ hash: `corner ${i}`, label: i % 2, path: `${i}.png`, group: `${i}` }),
    ),
    labels: (indices: readonly number[]) => Int32Array.from(indices, (i) => i % 2),
    pixels(indices: readonly number[], { size = SIZE } = {}) {
      const pixels = new Uint8Array(indices.length * size * size * 3);
      indices.forEach((image, row) => {
        const random = new Random(`corner ${image}`), corner = cornerOf(image);
        for (let y = 0; y < size; y++) {
          for (let x = 0; x < size; x++) {
            const inside = 2 * Number(y >= size / 2) + Number(x >= size / 2) === corner;
            const grey = 120 + 10 * random.normal();
            const colour = image % 2 ? [230, 20, 20] : [20, 20, 230];
            pixels.set(inside ? colour : [grey, grey, grey], ((row * size + y) * size + x) * 3);
          }
        }
      });
      return Promise.resolve(pixels);
    },
  };
}

Deno.test("classActivation() adds up to the class's score, but for its bias and what all classes share", () => {
  const random = new Random("cam");
  const map = (channels: number) => ({
    tap: `${channels}`,
    height: 4,
    width: 4,
    channels,
    values: Float32Array.from({ length: 16 * channels }, () => random.next()),
  });
  const maps = [map(3), map(5)];
  const head: SoftmaxRegression = {
    weights: Float64Array.from({ length: 3 * 8 }, () => random.normal()),
    biases: Float64Array.from([0.1, 0.2, 0.3]),
    classes: 3,
    dimensions: 8,
  };
  const row = Float32Array.from(maps.flatMap(({ channels, values }) => {
    const means = Array.from({ length: channels }, (_, c) => {
      return Array.from({ length: 16 }, (_, place) => values[place * channels + c]).reduce((a, b) => a + b) / 16;
    });
    return means.map((mean) => mean / Math.hypot(...means));
  }));
  const scores = [0, 1, 2].map((k) => {
    return classActivation(maps, head, k).values.reduce((a, b) => a + b) / 16 + head.biases[k];
  });
  const exp = scores.map(Math.exp), sum = exp.reduce((a, b) => a + b);
  const probabilities = predictSoftmaxRegression(head, row);
  exp.forEach((value, k) => assert.ok(Math.abs(value / sum - probabilities[k]) < 1e-5));
  assert.throws(() => classActivation(maps.slice(1), head, 0), {
    name: "RangeError",
    message: "Cannot map a class: the head reads 8 features, the maps have 5 channels",
  });
});

Deno.test("class activation lies in the corner that the class is in, by a head that did not see the image", () =>
  inTempFolder(async (folder) => {
    await engine.use("onnx");
    const tiny = await tinyBackbone(folder);
    const backbone = (await loadBackbone(tiny.path)).choose({ taps: ["relu_1"] });
    const images = cornered(48, (image) => image % 4) as never as Parameters<typeof activationMapper>[0];
    const folds = [0, 1].map((index): Fold => {
      const validation = images.development.filter((i) => (i >> 2) % 2 === index);
      const train = images.development.filter((i) => (i >> 2) % 2 !== index);
      return { train, validation, by: "image", index, of: 2, seed: 1 };
    });
    const mapper = activationMapper(images, backbone, folds);
    for (const image of [0, 1, 2, 3]) {
      const [map] = await mapper.map(image, [image % 2]);
      assert.ok(shareIn(map, image % 4) > 0.6, `image ${image}: ${shareIn(map, image % 4)}`);
    }

    // Kept: the second time, no pixel is read.
    const blind = { ...images, pixels: () => Promise.reject(new Error("pixels were read")) } as never as typeof images;
    assert.deepEqual(await activationMapper(blind, backbone, folds).map(1, [1]), await mapper.map(1, [1]));
    await assert.rejects(mapper.map(99, [0]), /Cannot map image 99: no fold was measured on it/);

    // Mistakes: two images under the wrong label.
    const { images: order, probabilities } = await linearProbe(images, backbone, folds, { onProgress: () => {} });
    const swapped = images.records.map((one, i) => i === 5 ? { ...one, label: 0, path: `<b>${i}</b>` } : one);
    const mislabelled = { ...images, records: swapped } as never as typeof images;
    const correct = order.map((image) => image !== 5);
    const found = await mistakeMaps(
      { name: "probe", images: order, correct, folds: 2, probabilities },
      mislabelled,
      mapper,
    );
    assert.deepEqual(found.mistakes.map(({ image, said, truth }) => [image, said, truth]), [[5, "red", "blue"]]);
    assert.deepEqual(found.counts, { wrong: 1, measured: 48 });
    assert.equal(strongest(found.mistakes[0].maps[0]), "at the top right");
    const html = found.html();
    assert.ok(html.includes("&lt;b&gt;5&lt;/b&gt;") && !html.includes("<b>5"));
    assert.match(html, /alt="What speaks for red in .*: most of it at the top right"/);
    assert.equal(html.match(/<img /g)?.length, 3);
    assert.match(found.text(), /1 of 48 images are classified wrong/);
  }));

Deno.test("occlusion() finds the corner that any classifier goes by", async () => {
  const images = cornered(4, () => 2);
  // It looks at nothing but how much red there is, wherever.
  const red = (pixels: Uint8Array, n: number) => {
    const each = pixels.length / n;
    const probabilities = Array.from({ length: n }, (_, i) => {
      let sum = 0;
      for (let at = i * each; at < (i + 1) * each; at += 3) sum += Math.max(0, pixels[at] - pixels[at + 2]);
      const share = sum / (each / 3) / 255;
      return [1 - share, share];
    }).flat();
    return Promise.resolve(probabilities);
  };
  const pixels = await images.pixels([1]);
  const [ofRed, ofBlue] = await occlusion(red, pixels, [1, 0], { size: SIZE, cells: 4 });
  assert.deepEqual([ofRed.height, ofRed.width], [4, 4]);
  assert.ok(shareIn(ofRed, 2) > 0.95);
  assert.equal(strongest(ofRed), "at the bottom left");
  // Covering it speaks for the other class.
  assert.ok(ofBlue.values.every((value, at) => Math.abs(value + ofRed.values[at]) < 1e-6));

  await assert.rejects(occlusion(red, pixels, [0], { size: 8 }), { name: "RangeError", message: /8 x 8 x 3 bytes/ });
  await assert.rejects(occlusion(red, pixels, [0], { size: SIZE, cells: 99 }), { message: /from 1 to 16, got 99$/ });
});

Deno.test("mistakeMaps() says so where nothing is wrong", async () => {
  const images = cornered(2, () => 0) as never;
  const predictions = {
    name: "perfect",
    images: [0, 1],
    correct: [true, true],
    folds: 1,
    probabilities: Float32Array.from([1, 0, 0, 1]),
  };
  const none = await mistakeMaps(predictions, images, { method: "", map: () => Promise.reject(new Error("asked")) });
  assert.match(none.html(), /perfect classifies no image wrong/);
});
