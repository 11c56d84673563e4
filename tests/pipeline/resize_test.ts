import assert from "node:assert/strict";
import sharp from "sharp";
import { squared } from "../../lib/pipeline/mod.ts";
import { Random } from "../../lib/stats/mod.ts";

/** Smooth enough that two good kernels agree. */
async function photo(width: number, height: number) {
  const random = new Random(`${width}x${height}`);
  const noise = Uint8Array.from({ length: 12 * 12 * 3 }, () => random.integer(256));
  const pixels = await sharp(noise, { raw: { width: 12, height: 12, channels: 3 } })
    .resize(width, height, { fit: "fill", kernel: "cubic" }).raw().toBuffer();
  return { pixels: new Uint8Array(pixels), width, height };
}

Deno.test("squared() leaves a picture of the wanted size as it is, bit for bit", async () => {
  const one = await photo(20, 20);
  assert.deepEqual(squared(one, 20), one.pixels);
});

for (const [width, height, size] of [[300, 200, 64], [90, 333, 64], [640, 640, 224]]) {
  Deno.test(`squared() brings ${width}x${height} to ${size} as the pixels of training were: cut evenly, close to sharp`, async () => {
    const one = await photo(width, height);
    const expected = await sharp(one.pixels, { raw: { width, height, channels: 3 } })
      .resize(size, size, { fit: "cover", position: "centre" }).raw().toBuffer();
    const got = squared(one, size);
    const mean = got.reduce((sum, value, i) => sum + Math.abs(value - expected[i]), 0) / got.length;
    assert.ok(mean < 2, `mean difference ${mean}`);
  });
}

Deno.test("squared() keeps a plain colour in every size, and refuses bytes that are no picture", () => {
  for (const [width, height] of [[3, 5], [41, 7], [200, 100]]) {
    const pixels = new Uint8Array(width * height * 3).fill(130);
    assert.deepEqual(squared({ pixels, width, height }, 16), new Uint8Array(16 * 16 * 3).fill(130));
  }
  assert.throws(() => squared({ pixels: new Uint8Array(5), width: 2, height: 1 }, 8), /take 6 bytes, got 5/);
});
