import assert from "node:assert/strict";
import { compact, fitSoftmaxRegression, predictSoftmaxRegression } from "../../lib/train/mod.ts";

Deno.test("softmax regression finds the line between two clouds and gives probabilities", async () => {
  const features = new Float32Array([0, 0, 0.1, 0, 0, 0.1, 1, 1, 0.9, 1, 1, 0.9]);
  const labels = Int32Array.from([0, 0, 0, 1, 1, 1]);
  const model = await fitSoftmaxRegression(features, labels, 2, { l2: 1e-3 });
  const probabilities = predictSoftmaxRegression(model, features);
  labels.forEach((label, i) => {
    assert.ok(probabilities[2 * i + label] > 0.9);
    assert.ok(Math.abs(probabilities[2 * i] + probabilities[2 * i + 1] - 1) < 1e-12);
  });
});

Deno.test("softmax regression ends where its gradient vanishes: predicted and true class shares agree", async () => {
  // With a free bias, the mean of the probabilities equals the class shares exactly at the optimum.
  const features = Float32Array.from({ length: 60 }, (_, i) => Math.sin(i * i));
  const labels = Int32Array.from({ length: 30 }, (_, i) => i % 5 === 0 ? 2 : i % 2);
  const model = await fitSoftmaxRegression(features, labels, 3, { iterations: 2000, tolerance: 1e-12 });
  const probabilities = predictSoftmaxRegression(model, features);
  for (let k = 0; k < 3; k++) {
    const mean = labels.reduce((sum, _, i) => sum + probabilities[3 * i + k], 0) / 30;
    assert.ok(Math.abs(mean - labels.filter((label) => label === k).length / 30) < 1e-4);
  }
});

/** 30 rows of 3 features far from 0, in 3 classes that overlap. */
function littleData(): { features: Float32Array; labels: Int32Array } {
  const features = new Float32Array(90), labels = new Int32Array(30);
  for (let i = 0; i < 30; i++) {
    const k = i % 3;
    features[3 * i] = Math.sin(i * 1.7) + (k === 0 ? 1.2 : 0) + 5;
    features[3 * i + 1] = Math.cos(i * 0.9) + (k === 1 ? 1.1 : 0) + 5;
    features[3 * i + 2] = Math.sin(i * i * 0.31) * 0.5 + (k === 2 ? 0.8 : 0) + 5;
    labels[i] = i % 7 === 0 ? (k + 1) % 3 : k;
  }
  return { features, labels };
}

Deno.test("softmax regression gives the probabilities of scikit-learn's LogisticRegression", async () => {
  const { features, labels } = littleData();
  const fresh = new Float32Array([5, 5, 5, 6, 5.5, 5, 5, 4.5, 6]);
  // scikit-learn 1.9.1, LogisticRegression(C=C, tol=1e-10, max_iter=10000).fit(X, y).predict_proba(fresh)
  const reference = {
    1: [0.347325, 0.365075, 0.2876, 0.444146, 0.375921, 0.179933, 0.180654, 0.062788, 0.756558],
    30: [0.434819, 0.385856, 0.179325, 0.512041, 0.390541, 0.097418, 0.10319, 0.014939, 0.88187],
  };
  for (const [c, expected] of Object.entries(reference)) {
    const l2 = 1 / (Number(c) * labels.length);
    const model = await fitSoftmaxRegression(features, labels, 3, { l2, iterations: 10_000, tolerance: 1e-15 });
    predictSoftmaxRegression(model, fresh).forEach((p, i) =>
      assert.ok(Math.abs(p - expected[i]) < 2e-5, `C ${c}: ${p}`)
    );
    // The default tolerance is as good as it says.
    const soon = await fitSoftmaxRegression(features, labels, 3, { l2 });
    predictSoftmaxRegression(soon, fresh).forEach((p, i) =>
      assert.ok(Math.abs(p - expected[i]) < 5e-3, `C ${c}: ${p}`)
    );
  }
});

Deno.test("compact() keeps distances in no more numbers than images, and what a classifier says", async () => {
  // 12 images of 40 features, the last one a copy of the first: 11 centred images span at most 10 dimensions.
  const n = 12, dimensions = 40;
  const features = Float32Array.from({ length: n * dimensions }, (_, j) => Math.sin(j * j * 0.7) + 3);
  features.copyWithin((n - 1) * dimensions, 0, dimensions);
  const { values, rank } = await compact(features, n);
  assert.equal(rank, 10);
  const distance = (rows: Float32Array, width: number, a: number, b: number) =>
    Math.hypot(...Array.from({ length: width }, (_, d) => rows[a * width + d] - rows[b * width + d]));
  for (let a = 0; a < n; a++) {
    for (let b = 0; b < a; b++) {
      assert.ok(Math.abs(distance(values, rank, a, b) - distance(features, dimensions, a, b)) < 1e-4);
    }
  }
  const labels = Int32Array.from({ length: n }, (_, i) => i % 2);
  const options = { tolerance: 1e-14, iterations: 5000 };
  const wide = predictSoftmaxRegression(await fitSoftmaxRegression(features, labels, 2, options), features);
  const narrow = predictSoftmaxRegression(await fitSoftmaxRegression(values, labels, 2, options), values);
  wide.forEach((p, i) => assert.ok(Math.abs(p - narrow[i]) < 1e-4));
});

Deno.test("compact() leaves features as they are where there are no more than images", async () => {
  const { features } = littleData();
  assert.equal((await compact(features, 30)).values, features);
});
