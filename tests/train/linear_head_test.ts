import assert from "node:assert/strict";
import { Random } from "../../lib/stats/mod.ts";
import { fitLinearHead, fitSoftmaxRegression, predictSoftmaxRegression } from "../../lib/train/mod.ts";

Deno.test("fitLinearHead() says what plain logistic regression says, with more features than images and with fewer", async () => {
  for (const [n, dimensions] of [[30, 90], [60, 10]]) {
    const random = new Random(`head ${n}`);
    const labels = Int32Array.from({ length: n }, (_, i) => i % 3);
    const rows = (m: number) => Float32Array.from({ length: m * dimensions }, () => 2 + random.normal());
    const features = rows(n);
    labels.forEach((label, i) => features[i * dimensions + label] += 2);
    const options = { l2: 0.1, iterations: 3000, tolerance: 1e-12 };
    const quick = await fitLinearHead(features, labels, 3, options);
    const plain = await fitSoftmaxRegression(features, labels, 3, options);
    assert.equal(quick.dimensions, dimensions);
    const unseen = rows(20);
    const [a, b] = [quick, plain].map((model) => predictSoftmaxRegression(model, unseen));
    a.forEach((value, i) => assert.ok(Math.abs(value - b[i]) < 1e-3, `${value} against ${b[i]}`));
  }
});
