import assert from "node:assert/strict";
import * as engine from "../../lib/engine/mod.ts";
import { BackboneError, bundledBackbone } from "../../lib/model/mod.ts";

/** Two pictures that never change: a ramp of colours, and a disc. */
function twoPictures(size: number): Uint8Array {
  const pixels = new Uint8Array(2 * size * size * 3);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const at = (y * size + x) * 3;
      pixels.set([255 * x / size, 255 * y / size, 128], at);
      const inside = Math.hypot(x - size / 2, y - size / 2) < size / 3;
      pixels.set(inside ? [200, 30, 40] : [255, 255, 255], size * size * 3 + at);
    }
  }
  return pixels;
}

Deno.test("bundledBackbone() gives the features that it always gave, without any fallback kernel", async () => {
  await engine.use("onnx");
  const { size, taps, dimensions, features } = bundledBackbone();
  const before = JSON.stringify(engine.report().fallbacks);
  const pictures = twoPictures(size);
  const both = await features(pictures, 2);
  assert.equal(JSON.stringify(engine.report().fallbacks), before);
  assert.equal(both.length, 2 * dimensions);

  // Each tap has length 1.
  let at = 0;
  for (const { channels } of taps) {
    assert.ok(Math.abs(Math.hypot(...both.subarray(at, at + channels)) - 1) < 1e-4);
    at += channels;
  }
  assert.equal(at, dimensions);

  // As computed with tfjs's own wasm backend, 4.22.0.
  const places = [0, 100, 527, 528, 1000, 1247, 1248, 1727];
  const expected = [
    [-0.023675, -0.023615, -0.022617, 0.001271, -0.004264, -0.025784, -0.011273, -0.027167],
    [-0.019746, -0.015929, -0.006419, -0.004388, -0.004367, -0.021328, -0.018050, -0.033347],
  ];
  for (const [image, values] of expected.entries()) {
    places.forEach((place, i) => {
      const value = both[image * dimensions + place];
      assert.ok(Math.abs(value - values[i]) < 1e-4, `image ${image}, feature ${place}: ${value}, was ${values[i]}`);
    });
  }

  // An image's features do not depend on what comes with it.
  const alone = await features(pictures.subarray(pictures.length / 2), 1);
  assert.deepEqual(alone, both.slice(dimensions));
});

Deno.test("a backbone refuses pixels of another size, and says what it takes", async () => {
  await assert.rejects(bundledBackbone().features(new Uint8Array(64 * 64 * 3), 1), (error) => {
    assert.ok(error instanceof BackboneError);
    assert.equal(
      error.message,
      "Cannot compute features of 1 images: that takes 1 x 224 x 224 x 3 bytes, got 12288",
    );
    return true;
  });
});
