import assert from "node:assert/strict";
import * as engine from "../../../lib/engine/mod.ts";
import { Random } from "../../../lib/stats/mod.ts";
import {
  fitHead,
  fitSoftmaxRegression,
  type HeadSpec,
  kernelOf,
  type KernelSpec,
  predictHead,
  predictInKernel,
  predictSoftmaxRegression,
  standardOf,
} from "../../../lib/train/mod.ts";

const K = 3;

/** Three clouds in D dimensions, of which one is loud and says nothing. */
function clouds(n: number, D: number, seed = 1, spread = 1) {
  const random = new Random(`clouds/${seed}`);
  const centres = new Random("centres");
  const middle = Array.from({ length: K }, () => Array.from({ length: D }, () => centres.normal()));
  const labels = Int32Array.from({ length: n }, (_, i) => i % K);
  const features = new Float32Array(n * D);
  labels.forEach((label, i) => {
    for (let d = 0; d < D; d++) {
      features[i * D + d] = d === 0 ? 500 + 100 * random.normal() : middle[label][d] + spread * random.normal();
    }
  });
  return { features, labels };
}

const SPECS: readonly HeadSpec[] = [
  { kind: "logistic", c: 10 },
  { kind: "discriminant", shrinkage: 0.3 },
  { kind: "class-mean" },
  { kind: "nearest", k: 5 },
  { kind: "mlp", units: 16, epochs: 20, weightDecay: 1e-4 },
];

function accuracy(probabilities: ArrayLike<number>, labels: Int32Array): number {
  let right = 0;
  labels.forEach((label, i) => {
    const row = Array.from({ length: K }, (_, k) => probabilities[i * K + k]);
    assert.ok(Math.abs(row.reduce((sum, p) => sum + p) - 1) < 1e-5, "probabilities must sum to 1");
    if (row.indexOf(Math.max(...row)) === label) right++;
  });
  return right / labels.length;
}

const surest = (p: Float32Array) => p.reduce((sum, one) => sum + one * one, 0);

for (const spec of SPECS) {
  Deno.test(`a ${spec.kind} head learns what tells classes apart, whatever else is loud`, async () => {
    await engine.use("onnx");
    const { features, labels } = clouds(90, 40);
    const head = await fitHead(features, labels, K, spec);
    const unseen = clouds(150, 40, 2);
    const reached = accuracy(head.predict(unseen.features), unseen.labels);
    assert.ok(reached > 0.85, `${spec.kind} gets ${reached}`);

    // Its weights are all there is to it; the same seed gives the same ones.
    assert.deepEqual(predictHead(structuredClone(head.weights), unseen.features), head.predict(unseen.features));
    assert.deepEqual((await fitHead(features, labels, K, spec)).weights, head.weights);

    // A temperature softens, and changes no answer.
    const soft = await fitHead(features, labels, K, { ...spec, temperature: 3 });
    const [hard, softened] = [head, soft].map(({ predict }) => predict(unseen.features));
    assert.ok(surest(softened) < surest(hard));
    assert.equal(accuracy(softened, unseen.labels), reached);
  });

  Deno.test(`a ${spec.kind} head learns nothing from labels that mean nothing`, async () => {
    await engine.use("onnx");
    const { features, labels } = clouds(120, 40);
    const shuffled = Int32Array.from(new Random(3).shuffled(labels));
    const head = await fitHead(features, shuffled, K, spec);
    const unseen = clouds(300, 40, 2);
    const reached = accuracy(head.predict(unseen.features), Int32Array.from(new Random(4).shuffled(unseen.labels)));
    assert.ok(Math.abs(reached - 1 / K) < 0.12, `${spec.kind} gets ${reached}`);
  });
}

for (const spec of SPECS.filter((spec): spec is KernelSpec => spec.kind !== "mlp")) {
  for (const D of [12, 200]) {
    Deno.test(`a ${spec.kind} head in the kernel of ${D} features says what it says on the features`, async () => {
      await engine.use("onnx");
      const { features, labels } = clouds(80, D, 1, 3);
      const train = [...labels.keys()].filter((i) => i % 5 !== 0), rest = [...labels.keys()].filter((i) => i % 5 === 0);
      const take = (rows: number[]) =>
        Float32Array.from(rows.flatMap((i) => [...features.subarray(i * D, (i + 1) * D)]));
      const own = Int32Array.from(train, (i) => labels[i]);
      const softened = { ...spec, temperature: 2 };
      const direct = (await fitHead(take(train), own, K, softened)).predict(take(rest));
      const kernel = await kernelOf(features, standardOf(features, D, train));
      const quick = await predictInKernel(kernel, train, rest, own, K, D, softened);
      direct.forEach((p, j) => assert.ok(Math.abs(p - quick[j]) < 2e-3, `${p} and ${quick[j]}`));
    });
  }
}

Deno.test("a discriminant in one feature is what the textbook says", async () => {
  await engine.use("onnx");
  // Means −1 and 1, variance within classes 1 and 1/4: with the pooled variance v the log odds are 2 x / v. In one
  // dimension any spread is a sphere.
  const features = new Float32Array([-2, 0, 0.5, 1.5]), labels = new Int32Array([0, 0, 1, 1]);
  const head = await fitHead(features, labels, 2, { kind: "discriminant", shrinkage: 0.5 });
  const pooled = (1 + 1 + 0.25 + 0.25) / 4;
  const [p, q] = head.predict(new Float32Array([0.7]));
  assert.ok(Math.abs(Math.log(q / p) - 2 * 0.7 / pooled) < 1e-3);
});

Deno.test("a logistic head is softmax regression on standardised features", async () => {
  await engine.use("onnx");
  const D = 30, n = 60;
  const { features, labels } = clouds(n, D, 1, 2);
  const { mean, scale } = standardOf(features, D, [...labels.keys()]);
  const rows = features.map((value, j) => (value - mean[j % D]) * scale[j % D]);
  const direct = await fitSoftmaxRegression(rows, labels, K, { l2: 1 / (5 * n), tolerance: 1e-9 });
  const expected = predictSoftmaxRegression(direct, rows);
  const got = (await fitHead(features, labels, K, { kind: "logistic", c: 5 })).predict(features);
  expected.forEach((p, j) => assert.ok(Math.abs(p - got[j]) < 0.02, `${p} and ${got[j]}`));
});

Deno.test("fitHead() refuses what cannot be", async () => {
  await engine.use("onnx");
  const { features, labels } = clouds(9, 4);
  const fails = (spec: HeadSpec, pattern: RegExp) => assert.rejects(fitHead(features, labels, K, spec), pattern);
  await fails({ kind: "logistic", c: 0 }, /c must be above 0, it is 0/);
  await fails({ kind: "discriminant", shrinkage: 1.5 }, /shrinkage must be above 0 and at most 1, it is 1.5/);
  await fails({ kind: "nearest", k: 0.5 }, /k must be an integer from 1, it is 0.5/);
  await fails({ kind: "class-mean", temperature: -1 }, /temperature must be above 0, it is -1/);
  await assert.rejects(fitHead(features, labels, 2, { kind: "class-mean" }), /labels must be from 0 to 1, got 2/);
  await assert.rejects(
    fitHead(new Float32Array(7), labels, K, { kind: "class-mean" }),
    /a row of features for each image, got 7 numbers for 9 images/,
  );
});

Deno.test("a class without images is never said", async () => {
  await engine.use("onnx");
  const { features, labels } = clouds(30, 10);
  for (const spec of SPECS.filter(({ kind }) => kind === "discriminant" || kind === "class-mean")) {
    const probabilities = (await fitHead(features, labels, 4, spec)).predict(features);
    assert.ok(probabilities.every((p, j) => Number.isFinite(p) && (j % 4 !== 3 || p === 0)));
  }
});
