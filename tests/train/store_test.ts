import assert from "node:assert/strict";
import { join } from "node:path";
import { ExperimentStore, type StoredRun } from "../../lib/train/mod.ts";

const run: StoredRun = {
  id: "a1",
  model: "thread-cnn",
  accuracy: 0.25,
  engine: "onnx",
  seconds: 3,
  detail: '{"history":[]}',
  probabilities: new Float32Array([0.5, 0.5]),
  weights: new Float32Array([1, 2, 3]),
};

async function inStore(use: (store: ExperimentStore, folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  const store = await ExperimentStore.open(folder);
  try {
    await use(store, folder);
  } finally {
    store.close();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("load() gives back what save() kept, also through another process's eyes", () =>
  inStore(async (store, folder) => {
    await store.save(run);
    const other = await ExperimentStore.open(folder);
    const loaded = await other.load("a1");
    other.close();
    assert.deepEqual(loaded?.weights, run.weights);
    assert.deepEqual(loaded?.probabilities, run.probabilities);
    assert.equal(loaded?.detail, run.detail);
    assert.equal(loaded?.accuracy, 0.25);
  }));

Deno.test("load() gives null for an experiment that never ran", () =>
  inStore(async (store) => assert.equal(await store.load("unknown"), null)));

Deno.test("load() does not hand out a run whose file is damaged or gone", () =>
  inStore(async (store, folder) => {
    await store.save(run);
    const objects = join(folder, "objects");
    const [first, second] = await Array.fromAsync(Deno.readDir(objects));
    const bytes = await Deno.readFile(join(objects, first.name));
    bytes[0] ^= 1;
    await Deno.writeFile(join(objects, first.name), bytes);
    assert.equal(await store.load("a1"), null);
    await store.save(run); // training again repairs it
    assert.notEqual(await store.load("a1"), null);
    await Deno.remove(join(objects, second.name));
    assert.equal(await store.load("a1"), null);
  }));

Deno.test("open() sweeps half-written files of a killed process", () =>
  inStore(async (store, folder) => {
    await store.save(run);
    const left = join(folder, "objects", ".tmp-4194999-x-abc");
    await Deno.writeTextFile(left, "half");
    (await ExperimentStore.open(folder)).close();
    await assert.rejects(Deno.stat(left), Deno.errors.NotFound);
    assert.notEqual(await store.load("a1"), null);
  }));

Deno.test("open() names the path when the store cannot be made there", async () => {
  const file = await Deno.makeTempFile();
  await assert.rejects(
    ExperimentStore.open(file),
    (error: Error) => error.message.includes(join(file, "experiments.sqlite")),
  );
  await Deno.remove(file);
});
