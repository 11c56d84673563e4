import assert from "node:assert/strict";
import { type Tensor, tf, use } from "../../../lib/engine/mod.ts";

const onnx = () => use("onnx", { threads: 2 });

Deno.test("scopes dispose of what they don't return, and hand results to the outer scope", async () => {
  await onnx();
  const before = tf.memory().numTensors;
  let kept: Tensor | undefined;
  const outer = tf.tidy(() => {
    const inner = tf.tidy(() => {
      const x = tf.ones([2]);
      kept = tf.keep(tf.neg(x));
      return { list: [tf.add(x, 1), tf.add(x, 2)], name: "two" };
    });
    assert.equal(tf.memory().numTensors, before + 3);
    return inner.list[1];
  });
  assert.equal(tf.memory().numTensors, before + 2);
  assert.deepEqual([...outer.dataSync()], [3, 3]);
  tf.dispose([outer, kept!]);
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("a scope that throws disposes of everything, and the next ones work", async () => {
  await onnx();
  const before = tf.memory().numTensors;
  const fail = () =>
    tf.tidy(() => {
      tf.tidy(() => tf.ones([3]));
      throw new Error("on purpose");
    });
  assert.throws(fail, /on purpose/);
  assert.throws(() => tf.grad(() => fail())(tf.tensor1d([1])).dispose(), /on purpose/);
  assert.equal(tf.memory().numTensors, before + 1); // the argument of the gradient
  assert.equal(tf.tidy(() => tf.sum(tf.ones([4])).dataSync()[0]), 4);
});

Deno.test("bytes and data buffers are counted for every type", async () => {
  await onnx();
  const before = tf.memory();
  const tensors = [tf.zeros([3]), tf.zeros([5], "bool"), tf.tensor1d(["ab"])];
  const view = tf.reshape(tensors[0], [3, 1]);
  assert.equal(tf.memory().numDataBuffers - before.numDataBuffers, 3);
  assert.equal(tf.memory().numBytes - before.numBytes, 12 + 12 + 5 + 2);
  tf.dispose([...tensors, view]);
  assert.deepEqual(
    [tf.memory().numTensors, tf.memory().numDataBuffers, tf.memory().numBytes],
    [before.numTensors, before.numDataBuffers, before.numBytes],
  );
});

Deno.test("gradients of gradients of gradients", async () => {
  await onnx();
  tf.tidy(() => {
    const cube = (x: Tensor) => tf.pow(x, 3);
    const third = tf.grad(tf.grad(tf.grad(cube)));
    assert.deepEqual([...third(tf.tensor1d([1, 2])).dataSync()], [6, 6]);
    // Through inputs that were saved for the gradient.
    const product = tf.grad(tf.grad((x) => tf.mul(x, tf.square(x))));
    assert.deepEqual([...product(tf.tensor1d([1, 2])).dataSync()], [6, 12]);
  });
});

Deno.test("gradients meet at a tensor used twice, and pass by what does not depend on x", async () => {
  await onnx();
  tf.tidy(() => {
    const x = tf.tensor1d([2, 3]);
    const f = (t: Tensor) => {
      const constant = tf.exp(tf.ones([2]));
      tf.square(t); // leads nowhere
      const s = tf.square(t);
      return tf.sum(tf.add(tf.mul(s, s), tf.sub(constant, constant)));
    };
    assert.deepEqual([...tf.grad(f)(x).dataSync()], [32, 108]);
    // One of two outputs.
    const g = (t: Tensor) => tf.sum(tf.square(tf.split(t, 2)[1]));
    assert.deepEqual([...tf.grad(g)(x).dataSync()], [0, 6]);
  });
});

Deno.test("a result that no operation connects with x is refused", async () => {
  await onnx();
  assert.throws(() => tf.grad(() => tf.ones([1]))(tf.tensor1d([1])), /Cannot compute gradient of y=f\(x\)/);
  assert.throws(
    () => tf.grad((x) => tf.topk(x, 1).values)(tf.tensor1d([1, 2])),
    /gradient function not found for TopK/,
  );
});

Deno.test("steps leave nothing of the tape behind", async () => {
  await onnx();
  const variable = tf.variable(tf.tensor1d([1, 2]));
  const step = () => tf.tidy(() => tf.dispose(tf.variableGrads(() => tf.sum(tf.exp(variable)) as tf.Scalar).grads));
  step();
  const before = [tf.memory().numTensors, tf.memory().numDataBuffers, tf.backend().numDataIds()];
  for (let count = 0; count < 5; count++) step();
  assert.deepEqual([tf.memory().numTensors, tf.memory().numDataBuffers, tf.backend().numDataIds()], before);
  variable.dispose();
});

Deno.test("tensors move to another backend and back, with all who share them", async () => {
  await onnx();
  const ids = tf.backend().numDataIds();
  const sum = (a: Tensor, b: Tensor) => tf.tidy(() => [...tf.add(a, tf.reshape(b, a.shape)).dataSync()]);
  await use("cpu");
  const born = tf.tensor1d([1, 2, 3]);
  await onnx();
  const doubled = tf.mul(born, 2);
  const view = tf.reshape(doubled, [3, 1]);
  await use("cpu");
  assert.deepEqual(sum(doubled, born), [3, 6, 9]);
  await onnx();
  assert.deepEqual(sum(view, born), [3, 6, 9]);
  doubled.dispose();
  assert.deepEqual([...view.dataSync()], [2, 4, 6]);
  tf.dispose([view, born]);
  assert.equal(tf.backend().numDataIds(), ids);
});

Deno.test("profiling sees every kernel", async () => {
  await onnx();
  const { kernelNames } = await tf.profile(() => tf.tidy(() => tf.relu(tf.add(tf.ones([2]), 1)).clone()));
  assert.ok(["Add", "Relu"].every((name) => kernelNames.includes(name)), kernelNames.join());
});
