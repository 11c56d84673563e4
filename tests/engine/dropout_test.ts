import assert from "node:assert/strict";
import { layers, type Tensor, type Tensor4D, tf } from "../../lib/engine/mod.ts";
import { Random } from "../../lib/stats/mod.ts";
import { evaluate, normal } from "./_compare.ts";
import { inEveryLayout } from "./_layouts.ts";

for (const channels of [16, 17]) {
  Deno.test(`dropout of ${channels} channels scales what it keeps, and its gradient has the same mask`, async () => {
    const random = new Random(`dropout/${channels}`);
    const inputs = [normal(random, [5, 4, 3, channels]), normal(random, [1, 1, channels, channels])];
    const rate = 0.3;
    await inEveryLayout((layout) => {
      const conv = (x: Tensor, w: Tensor) => tf.conv2d(x as Tensor4D, w as Tensor4D, 1, "same");
      const mask = tf.tidy(() => tf.dropout(tf.ones([5, 4, 3, channels]), rate, undefined, 7).dataSync());
      assert.ok(mask.every((m) => m === 0 || Math.abs(m - 1 / (1 - rate)) < 1e-6), layout);
      const kept = mask.filter((m) => m > 0).length / mask.length;
      // Four standard errors of a share of 960 draws and more.
      assert.ok(Math.abs(kept - (1 - rate)) < 4 * Math.sqrt(rate * (1 - rate) / mask.length), `kept ${kept}`);
      const [value, ...gradients] = evaluate((x, w) => tf.dropout(conv(x, w), rate, undefined, 7), inputs, 1);
      const expected = evaluate((x, w) => tf.mul(conv(x, w), tf.tensor(mask, [5, 4, 3, channels])), inputs, 1);
      [value, ...gradients].forEach(({ values }, i) => {
        values.forEach((v, at) => assert.ok(Math.abs(v - expected[i].values[at]) < 2e-4, `${layout} ${i} at ${at}`));
      });
    });
  });
}

Deno.test("a dropout layer masks in training and does nothing in prediction", async () => {
  await inEveryLayout(() => {
    tf.tidy(() => {
      const layer = layers.layers.dropout({ rate: 0.5, seed: 3 });
      const x = tf.ones([2, 5, 5, 16]);
      const draw = (training: boolean) => Array.from((layer.apply(x, { training }) as Tensor).dataSync());
      assert.deepEqual(draw(false), Array.from(x.dataSync()));
      const mask = draw(true);
      assert.ok(mask.every((m) => m === 0 || m === 2) && new Set(mask).size === 2);
    });
  });
});
