import assert from "node:assert/strict";
import { tf, use } from "../../../lib/engine/mod.ts";
import { flush, setThreads } from "../../../lib/engine/onnx/mod.ts";

Deno.test("an illegal call fails when it is recorded, with the kernel and the shapes", async () => {
  await use("onnx", { threads: 2 });
  const run = (kernel: string, inputs: tf.NamedTensorMap, attrs = {}) => tf.engine().runKernel(kernel, inputs, attrs);
  const [a, b] = [tf.ones([2, 3]), tf.ones([4])];
  assert.throws(() => run("Add", { a, b }), /Cannot record Add of a float32 \[2,3\], b float32 \[4\]: .*3 against 4/);
  assert.throws(
    () => run("BatchMatMul", { a, b: tf.ones([2, 3]) }, { transposeA: false, transposeB: false }),
    /Cannot record BatchMatMul of .*: inner extents must agree: 3 and 2/,
  );
  assert.throws(
    () => run("Concat", { 0: a, 1: tf.ones([3, 2]) }, { axis: 0 }),
    /Cannot record Concat of .*: shapes may differ along axis 0 only/,
  );
  assert.throws(
    () => run("Conv2D", { x: tf.ones([1, 4, 4, 2]), filter: tf.ones([3, 3, 5, 1]) }, { strides: 1, pad: "same" }),
    /Cannot record Conv2D of .*: the input has 2 channels, the filter takes 5/,
  );
  flush();
});

Deno.test("a failure of ONNX Runtime names the kernel call and its inputs, each time the value is read", async () => {
  await use("onnx", { threads: 2 });
  flush();
  const taken = tf.gather(tf.tensor1d([1, 2]), tf.tensor1d([7], "int32"));
  const message =
    /Cannot run ONNX operator Gather of kernel call GatherV2#\d+.* with inputs float32 \[2\], int32 \[1\]: /;
  assert.throws(() => taken.dataSync(), message);
  await assert.rejects(taken.data(), message);
  taken.dispose();
  assert.deepEqual(Array.from(tf.add([1, 2], 1).dataSync()), [2, 3], "the engine works on");
});

Deno.test("setThreads() refuses what is no number of threads", () => {
  assert.throws(() => setThreads(1.5), /Cannot use 1.5 threads: it must be 1 or more/);
});
