import assert from "node:assert/strict";
import { tf, use } from "../../../lib/engine/mod.ts";
import { flush, setThreads } from "../../../lib/engine/onnx/mod.ts";
import { newArray } from "../../../lib/engine/onnx/value.ts";

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

Deno.test("a failure between two steps is thrown by whoever reads a value next, not by the event loop", async () => {
  await use("onnx", { threads: 2 });
  flush();
  const taken = tf.gather(tf.tensor1d([1, 2]), tf.tensor1d([7], "int32"));
  // Enough calls to run by themselves when control returns to the event loop.
  const last = tf.tidy(() => Array.from({ length: 100 }).reduce<tf.Tensor>((x) => tf.add(x, 1), tf.ones([2])));
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.throws(() => last.dataSync(), /kernel call GatherV2#/);
  taken.dispose();
  assert.deepEqual(Array.from(last.dataSync()), [101, 101]);
  last.dispose();
});

Deno.test("more memory than there is names how much was asked for", () => {
  assert.throws(
    () => newArray("float32", 2 ** 42),
    /Cannot get 17592.2 GB of memory for a tensor of 4398046511104 elements of type float32: /,
  );
});

Deno.test("setThreads() refuses what is no number of threads", () => {
  assert.throws(() => setThreads(1.5), /Cannot use 1.5 threads: it must be 1 or more/);
});
