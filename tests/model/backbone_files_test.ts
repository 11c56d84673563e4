import assert from "node:assert/strict";
import { join } from "node:path";
import * as engine from "../../lib/engine/mod.ts";
import { BackboneError, bundledBackbone, loadBackbone } from "../../lib/model/mod.ts";
import { inTempFolder, write } from "../_fixtures.ts";
import { tinyOnnx } from "./_tiny_onnx.ts";

const WEIGHTS = new URL("../../../shared/weights/", import.meta.url).pathname;
const SQUEEZENET = join(WEIGHTS, "squeezenet_fp16_onnx/SqueezeNet_fp16.onnx");
const DARKNET = join(WEIGHTS, "tfjs_darknet_tiny/model.json");
const present = await Deno.stat(WEIGHTS).then(() => true, () => false);
// Skipped where the real networks do not lie beside the project.
const real = { ignore: !present };

/** Noise, the same every time. */
function pictures(n: number, size: number): Uint8Array {
  return Uint8Array.from({ length: n * size * size * 3 }, (_, i) => (i * 7919 + (i >> 7) * 31) % 256);
}

Deno.test("loadBackbone() reads an ONNX file, guesses what no card says, and tells what it guessed", () =>
  inTempFolder(async (folder) => {
    const path = join(folder, "my net.onnx");
    await write(path, tinyOnnx());
    const backbone = await loadBackbone(path);
    assert.deepEqual([backbone.name, backbone.size, backbone.card.layout], ["my-net", 16, "NCHW"]);
    assert.deepEqual(backbone.taps, [{ node: "relu1", channels: 6 }, { node: "relu2", channels: 8 }]);
    assert.deepEqual(backbone.guesses.map(({ entry, sureness }) => [entry, sureness]), [
      ["layout", "sure"],
      ["size", "sure"],
      ["range, mean, std", "unsure"],
      ["channels", "unsure"],
      ["taps", "likely"],
    ]);
    assert.match(backbone.verified.join(), /finite, differ between pictures/);
  }));

Deno.test("every part of a row is what its pooling makes of its map, and has length 1", () =>
  inTempFolder(async (folder) => {
    for (const [batch, size] of [[0, 16], [1, 16], [3, 10]]) {
      const path = join(folder, "net.onnx");
      await write(path, tinyOnnx({ batch, size }));
      const backbone = (await loadBackbone(path)).choose({ poolings: ["average", "max", "average-2x2"] });
      assert.equal(backbone.dimensions, (6 + 8) * 6);
      const n = 11;
      const pixels = pictures(n, size);
      const rows = await backbone.features(pixels, n);
      const maps = await backbone.maps(pixels, n);
      for (const { tap, pooling, offset, length } of backbone.parts) {
        const { height, width, channels, values } = maps.find((map) => map.tap === tap)!;
        for (let image = 0; image < n; image++) {
          const at = (y: number, x: number, c: number) => values[((image * height + y) * width + x) * channels + c];
          const over = (top: number, bottom: number, left: number, right: number, max = false) =>
            Array.from({ length: channels }, (_, c) => {
              const all = [];
              for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) all.push(at(y, x, c));
              return max ? Math.max(...all) : all.reduce((a, b) => a + b) / all.length;
            });
          const [down, right] = [Math.ceil(height / 2), Math.ceil(width / 2)];
          const expected = pooling === "average-2x2"
            ? [
              ...over(0, down, 0, right),
              ...over(0, down, width - right, width),
              ...over(height - down, height, 0, right),
              ...over(height - down, height, width - right, width),
            ]
            : over(0, height, 0, width, pooling === "max");
          const norm = Math.hypot(...expected);
          expected.forEach((value, i) => {
            const actual = rows[image * backbone.dimensions + offset + i];
            assert.ok(Math.abs(actual - value / norm) < 1e-5, `${tap} ${pooling} ${i}: ${actual}, ${value / norm}`);
          });
          assert.equal(expected.length, length);
        }
      }
    }
  }));

Deno.test("a card beside the file decides, and another card is another version", () =>
  inTempFolder(async (folder) => {
    const path = join(folder, "net.onnx");
    await write(path, tinyOnnx());
    const card = {
      channels: "BGR",
      range: [0, 255],
      mean: [104, 117, 123],
      std: [1, 2, 4],
      taps: ["relu2"],
      poolings: ["max"],
      description: "A tiny network.",
      licence: "MIT",
    };
    const guessed = await loadBackbone(path);
    await write(join(folder, "net.card.json"), JSON.stringify(card));
    const first = await loadBackbone(path);
    assert.deepEqual(first.guesses.map(({ entry }) => entry), ["layout", "size"]);
    assert.deepEqual([first.description, first.card.licence, first.dimensions], ["A tiny network.", "MIT", 8]);
    await write(join(folder, "net.card.json"), JSON.stringify({ ...card, mean: [0, 0, 0] }));
    const second = await loadBackbone(path);
    const versions = [
      guessed,
      first,
      second,
      first.choose({ poolings: ["average"] }),
      first.choose({ taps: ["relu1"] }),
    ]
      .map(({ version }) => version);
    assert.equal(new Set(versions).size, versions.length);

    // Blue first: a network fed with swapped pixels under an RGB card says the same.
    const pixels = pictures(1, 16);
    const swapped = pixels.map((_, i) => pixels[i - i % 3 + 2 - i % 3]);
    await write(
      join(folder, "net.card.json"),
      JSON.stringify({ ...card, channels: "RGB" }),
    );
    const rgb = await loadBackbone(path);
    assert.deepEqual(await rgb.features(swapped, 1), await first.features(pixels, 1));
  }));

Deno.test("a preprocessor_config.json beside the file says how pixels are prepared", () =>
  inTempFolder(async (folder) => {
    await write(join(folder, "model.onnx"), tinyOnnx());
    await write(
      join(folder, "preprocessor_config.json"),
      JSON.stringify({
        do_rescale: true,
        rescale_factor: 1 / 255,
        image_mean: [0.5, 0.5, 0.5],
        image_std: [0.5, 0.5, 0.5],
        size: { height: 16, width: 16 },
      }),
    );
    const { card, guesses } = await loadBackbone(join(folder, "model.onnx"));
    assert.deepEqual([card.range, card.mean, card.std, card.channels], [
      [0, 1],
      [0.5, 0.5, 0.5],
      [0.5, 0.5, 0.5],
      "RGB",
    ]);
    assert.ok(!guesses.some(({ sureness }) => sureness === "unsure"));
  }));

Deno.test("loadBackbone() refuses what cannot be used in one sentence: file, constraint, what was found", () =>
  inTempFolder(async (folder) => {
    const refused = async (content: Uint8Array | string, message: RegExp, card?: object) => {
      const path = join(folder, "net.onnx");
      await write(path, content);
      if (card) await write(join(folder, "card.json"), JSON.stringify(card));
      await assert.rejects(loadBackbone(path), (error) => {
        assert.ok(error instanceof BackboneError, String(error));
        assert.match(error.message, message);
        assert.ok(!error.message.includes("\n"));
        return true;
      });
      if (card) await Deno.remove(join(folder, "card.json"));
    };
    const good = tinyOnnx();
    await refused(tinyOnnx({ inputs: 2 }), /net\.onnx": .* must have one input, the images; it has 2: image, image_2$/);
    await refused(good.subarray(0, 700), /net\.onnx": it ends after 700 bytes, in the middle: it is truncated$/);
    await refused("This is a text.\n".repeat(50), /net\.onnx": it is no ONNX model$/);
    await refused("", /net\.onnx": it is no ONNX model/);
    await refused(
      tinyOnnx({ channels: 1 }),
      /its input "image" must take 3 colour channels, it takes \[any, 1, 16, 16\]$/,
    );
    await refused(good, /tap "relu9".* it must be one of its \d+ layers that give maps; the last ones are .*relu2/, {
      taps: ["relu9"],
    });
    await refused(good, /its card says size 224, its input "image" takes \[any, 3, 16, 16\]$/, { size: 224 });
    await refused(good, /its card says layout NHWC, its input "image" takes \[any, 3, 16, 16\]$/, { layout: "NHWC" });
    await refused(good, /"card\.json": its "mean" must be three numbers, it is \[1\]$/, { mean: [1] });
    await refused(good, /"card\.json": it has the entry "meen", there are size, layout/, { meen: 1 });
    await assert.rejects(loadBackbone(join(folder, "none.onnx")), /none\.onnx": it does not exist$/);
    await write(join(folder, "net.pt"), "x");
    await assert.rejects(loadBackbone(join(folder, "net.pt")), /must be a \.onnx file or a model\.json, it is \.pt$/);
  }));

Deno.test({
  ...real,
  name: "loadBackbone() guesses how the real SqueezeNet wants its pixels, and feeds it 16-bit numbers",
  async fn() {
    const { card, taps, features, size } = await loadBackbone(SQUEEZENET);
    assert.deepEqual([card.channels, card.range, card.mean], ["BGR", [0, 255], [104, 117, 123]]);
    assert.equal(taps.at(-1)!.node, "fire9/concat_1");
    const rows = await features(pictures(2, size), 2);
    assert.ok(rows.every(Number.isFinite));
  },
});

Deno.test({
  ...real,
  name: "loadBackbone() reads the real layers model of TensorFlow.js, and guesses how it wants its pixels",
  async fn() {
    await engine.use("onnx");
    const { card, taps, guesses } = await loadBackbone(DARKNET);
    assert.deepEqual([card.size, card.layout, card.channels, card.range], [224, "NHWC", "RGB", [0, 1]]);
    assert.equal(taps.at(-1)!.node, "leaky_re_lu_15"); // not the scores of the 1,000 classes
    assert.ok(!guesses.some(({ sureness }) => sureness === "unsure"));
  },
});

Deno.test({
  ...real,
  name: "a network whose name says nothing is fed what its first normalisation learnt",
  fn: () =>
    inTempFolder(async (folder) => {
      await engine.use("onnx");
      await Deno.symlink(join(WEIGHTS, "tfjs_darknet_tiny"), join(folder, "x"));
      const { card, guesses } = await loadBackbone(join(folder, "x/model.json"));
      assert.deepEqual([card.channels, card.range, card.mean, card.std], ["RGB", [0, 1], [0, 0, 0], [1, 1, 1]]);
      assert.match(guesses.find(({ entry }) => entry === "range, mean, std")!.because, /first normalisation learnt/);
    }),
});

Deno.test("loadBackbone() reads a graph model of TensorFlow.js, whose first filters want pixels from 0 to 255", async () => {
  await engine.use("onnx");
  const file = new URL("../models/centernet.json", import.meta.resolve("@vladmandic/human"));
  const { card, available, guesses } = await loadBackbone(file.pathname);
  assert.deepEqual([card.size, card.channels, card.range], [512, "RGB", [0, 255]]);
  const bundled = bundledBackbone().taps.map(({ node }) => node);
  assert.ok(bundled.every((node) => available.some((tap) => tap.node === node)));
  assert.ok(guesses.some(({ because }) => /first filters are so small/.test(because)));
});

Deno.test("the bundled network gives the same features by ONNX Runtime as by TensorFlow.js, for every tap and pooling", async () => {
  const all = bundledBackbone().choose({
    taps: bundledBackbone().available.map(({ node }) => node),
    poolings: ["average", "max", "average-2x2"],
  });
  const pixels = pictures(1, all.size);
  await engine.use("wasm");
  const expected = await all.features(pixels, 1);
  await engine.use("onnx");
  const actual = await all.features(pixels, 1);
  actual.forEach((value, i) => assert.ok(Math.abs(value - expected[i]) < 1e-5, `${i}: ${value}, ${expected[i]}`));
});
