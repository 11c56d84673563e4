import assert from "node:assert/strict";
import { current, type EngineName, report, tf, use } from "../../lib/engine/mod.ts";

Deno.test("use() selects each engine, and its label names what decides the bits", async () => {
  assert.match(
    (await use("onnx", { threads: 2 })).label,
    /^onnx 1\.\d+\.\d+ r\d+ (blocks of (8|16)|standard layout), 2 threads$/,
  );
  assert.equal(tf.getBackend(), "onnx");
  assert.match((await use("wasm")).label, /^wasm \d+\.\d+\.\d+, 1 thread$/);
  assert.equal(tf.getBackend(), "wasm");
  assert.match((await use("cpu")).label, /^cpu \d+\.\d+\.\d+, 1 thread$/);
  assert.equal(current().name, "cpu");
  assert.deepEqual(Array.from(tf.add([1, 2], 1).dataSync()), [2, 3]);
});

Deno.test("use() again with the same name keeps the engine", async () => {
  const first = await use("onnx", { threads: 1 });
  assert.equal(await use("onnx"), first);
  assert.equal((await use("onnx", { threads: 2 })).threads, 2);
});

Deno.test("use() names the engines that there are", async () => {
  await assert.rejects(use("gpu" as EngineName), {
    name: "EngineError",
    message: 'Cannot use the engine "gpu": it must be one of onnx, tensorflow, tensorflow-gpu, webgpu, wasm, cpu',
  });
});

Deno.test("use() refuses numbers of threads that cannot be", async () => {
  await assert.rejects(use("onnx", { threads: 0 }), /Cannot use 0 threads/);
  await assert.rejects(use("cpu", { threads: 3 }), /Cannot use 3 threads with the engine "cpu": it has one/);
});

Deno.test("report() counts kernels that fell back, and says so", async () => {
  await use("onnx", { threads: 2 });
  const calls = () => report().fallbacks.find(({ kernel }) => kernel === "Atan2")?.calls ?? 0;
  const before = calls();
  assert.equal(tf.atan2(tf.scalar(1), tf.scalar(0)).dataSync()[0], Math.fround(Math.PI / 2));
  assert.equal(calls(), before + 1);
  assert.match(report().summary, /^fallback kernels: .*Atan2 \(\d+\)/);
});

Deno.test("tensors move from one engine to another", async () => {
  await use("cpu");
  const tensor = tf.tensor1d([1, 2, 3]);
  await use("onnx", { threads: 2 });
  const doubled = tf.mul(tensor, 2);
  await use("wasm");
  assert.deepEqual(Array.from(tf.add(doubled, 1).dataSync()), [3, 5, 7]);
});

Deno.test("nothing is printed when an engine starts or falls back", async () => {
  // In a Worker, where no engine has started yet.
  const source = `
    const printed = [];
    for (const level of ["log", "warn", "error", "info"]) console[level] = (...all) => printed.push(all.join(" "));
    const { use, tf } = await import("${import.meta.resolve("../../lib/engine/mod.ts")}");
    for (const name of ["cpu", "wasm", "onnx"]) {
      await use(name);
      tf.atan2(1, 2).dataSync();
    }
    postMessage(printed);`;
  const url = URL.createObjectURL(new Blob([source], { type: "application/javascript" }));
  const worker = new Worker(url, { type: "module" });
  try {
    const printed = await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message));
    });
    assert.deepEqual(printed, []);
  } finally {
    worker.terminate();
    URL.revokeObjectURL(url);
  }
});
