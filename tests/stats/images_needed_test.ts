import assert from "node:assert/strict";
import { imagesNeeded, StatsError, wilson } from "../../lib/stats/mod.ts";
import { reference } from "./_reference.ts";

Deno.test("imagesNeeded() is the first number whose Wilson interval in statsmodels is narrow enough", () => {
  for (const [halfWidth, share, level, images] of reference.imagesNeeded) {
    assert.equal(imagesNeeded(halfWidth, { share, level }), images);
  }
});

Deno.test("imagesNeeded() is enough, and one image less is not", () => {
  const images = imagesNeeded(0.02, { share: 0.3 });
  const half = (n: number) => (wilson(0.3 * n, n).high - wilson(0.3 * n, n).low) / 2;
  assert.ok(half(images) <= 0.02 && half(images - 1) > 0.02);
});

Deno.test("imagesNeeded() grows with the design effect of groups", () => {
  assert.equal(imagesNeeded(0.05, { designEffect: 3 }), Math.ceil(3 * 380.3));
});

Deno.test("imagesNeeded() rejects values out of range", () => {
  assert.throws(
    () => imagesNeeded(5),
    new StatsError("Cannot plan a precision: the half width must lie between 0 and 0.5, it is 5"),
  );
  assert.throws(() => imagesNeeded(0.05, { share: 80 }), /share must lie in \[0, 1\], it is 80/);
});
