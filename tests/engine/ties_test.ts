/** Maxima that are not unique: flat images, and zeros after a ReLU. Which of them gets how much is the engine's choice. */
import assert from "node:assert/strict";
import { type Tensor, type Tensor4D, tf } from "../../lib/engine/mod.ts";
import { Random } from "../../lib/stats/mod.ts";
import { evaluate, normal } from "./_compare.ts";
import { inEveryLayout } from "./_layouts.ts";

const four = (t: Tensor) => t as Tensor4D;
const total = (values: Float32Array) => values.reduce((sum, v) => sum + v, 0);

for (
  const [size, stride, pad] of [[2, 2, "valid"], [2, 2, "same"], [3, 3, "same"], [3, 2, "same"], [
    3,
    1,
    "valid",
  ]] as const
) {
  for (const channels of [3, 16]) {
    const name = `${size} by ${size}, stride ${stride}, ${pad}, ${channels} channels`;

    Deno.test(`max pooling of a flat image sends all of the gradient back, none of it to nowhere: ${name}`, async () => {
      const flat = { shape: [2, 7, 6, channels], values: new Float32Array(84 * channels).fill(3) };
      const one = { shape: [1, 1, channels, channels], values: new Float32Array(channels ** 2) };
      for (let c = 0; c < channels; c++) one.values[c * (channels + 1)] = 1;
      await inEveryLayout((layout) => {
        // Through a convolution that changes nothing, so that the image is in the layout's own order.
        const f = (x: Tensor, w: Tensor) => tf.maxPool(tf.conv2d(four(x), four(w), 1, "same"), size, stride, pad);
        const [value, gradient] = evaluate(f, [flat, one], 1);
        assert.ok(value.values.every((v) => v === 3), layout);
        const dy = normal(new Random("1/dy"), value.shape).values;
        assert.ok(Math.abs(total(gradient.values) - total(dy)) < 1e-4, layout);
        if (stride >= size) assertEachWindowKeepsItsGradient(gradient.values, dy, value.shape, size, pad === "same");
      });
    });

    Deno.test(`max pooling after a ReLU sends nothing to what is no maximum: ${name}`, async () => {
      const random = new Random(name);
      const image = normal(random, [2, 7, 6, channels]);
      // Few whole numbers, many of them negative: windows of zeros only, and tied positive maxima.
      image.values.forEach((v, i) => image.values[i] = Math.round(v - 0.5));
      await inEveryLayout((layout) => {
        const f = (x: Tensor) => tf.maxPool(four(x), size, stride, pad);
        const relu = image.values.map((v) => Math.max(0, v));
        const [value, gradient] = evaluate(f, [{ shape: image.shape, values: relu }], 1);
        const dy = normal(new Random("1/dy"), value.shape).values;
        assert.ok(Math.abs(total(gradient.values) - total(dy)) < 1e-4, layout);
        const isMaximum = maximaOf(relu, image.shape, value.shape, value.values, size, stride, pad === "same");
        gradient.values.forEach((v, at) => assert.ok(v === 0 || isMaximum[at], `${layout} at ${at}: ${v}`));
      });
    });
  }
}

/** Rows or columns before the first that a window begins with. */
const before = (extent: number, count: number, size: number, stride: number, same: boolean) =>
  same ? Math.floor(Math.max(0, (count - 1) * stride + size - extent) / 2) : 0;

/** Windows that lie side by side: the gradients in each add up to what it got. */
function assertEachWindowKeepsItsGradient(
  gradient: Float32Array,
  dy: Float32Array,
  [batch, rows, columns, channels]: number[],
  size: number,
  same: boolean,
): void {
  const sums = new Float32Array(dy.length);
  const top = before(7, rows, size, size, same), left = before(6, columns, size, size, same);
  gradient.forEach((v, at) => {
    const c = at % channels, x = Math.floor(at / channels) % 6, y = Math.floor(at / channels / 6) % 7;
    const b = Math.floor(at / channels / 42);
    const row = Math.floor((y + top) / size), column = Math.floor((x + left) / size);
    if (row < rows && column < columns) sums[((b * rows + row) * columns + column) * channels + c] += v;
    else assert.equal(v, 0);
  });
  assert.equal(sums.length, batch * rows * columns * channels);
  sums.forEach((sum, at) => assert.ok(Math.abs(sum - dy[at]) < 1e-5, `window ${at}: ${sum} instead of ${dy[at]}`));
}

/** For each element of the image, whether it equals the maximum of a window that it is in. */
function maximaOf(
  image: Float32Array,
  [batch, height, width, channels]: number[],
  [, rows, columns]: number[],
  maxima: Float32Array,
  size: number,
  stride: number,
  same: boolean,
): boolean[] {
  const is = new Array<boolean>(image.length).fill(false);
  const top = before(height, rows, size, stride, same), left = before(width, columns, size, stride, same);
  for (let b = 0; b < batch; b++) {
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        for (let row = Math.max(0, y * stride - top); row < Math.min(height, y * stride - top + size); row++) {
          for (
            let column = Math.max(0, x * stride - left);
            column < Math.min(width, x * stride - left + size);
            column++
          ) {
            for (let c = 0; c < channels; c++) {
              const at = ((b * height + row) * width + column) * channels + c;
              if (image[at] === maxima[((b * rows + y) * columns + x) * channels + c]) is[at] = true;
            }
          }
        }
      }
    }
  }
  return is;
}
