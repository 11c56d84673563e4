import assert from "node:assert/strict";
import { join } from "node:path";
import { dataset } from "../../lib/mod.ts";
import * as engine from "../../lib/engine/mod.ts";
import { policies } from "../../lib/augment/mod.ts";
import { load, type ModelSpec, smallCnn, threadCnn } from "../../lib/model/mod.ts";
import { changed, droppedOut } from "../../lib/diagnose/prove/_transform.ts";
import { checkJob, type ImageTable, type Job } from "../../lib/train/experiments/job.ts";
import {
  crossValidate,
  type Experiment,
  ExperimentsFailed,
  ExperimentStore,
  fitAll,
  keptRuns,
  type Run,
  trainingConfig,
  useWorkers,
} from "../../lib/train/mod.ts";
import { Kernel } from "../../lib/notebook/mod.ts";
import { imageFolder, inTempFolder, write } from "../_fixtures.ts";

/** Trains in `count` Workers while `body` runs. */
async function withWorkers<T>(count: number, body: () => Promise<T>): Promise<T> {
  useWorkers(count);
  try {
    return await body();
  } finally {
    useWorkers(0);
  }
}

/** 24 small images of two classes, and the engine with one thread, as Workers have it. */
async function withImages(body: (images: dataset.Dataset, folder: string) => Promise<void>): Promise<void> {
  await engine.use("onnx", { threads: 1, layout: "auto" });
  await inTempFolder(async (folder) => {
    const root = await imageFolder(join(folder, "data"), { a: 15, b: 15 });
    await body(await dataset.open(root, { size: 32, onProgress: () => {} }), folder);
  });
}

const OWN = `
  import { engine } from "plateau";
  const { layers } = engine.layers;
  export default ({ size, classes }) => engine.layers.sequential({ layers: [
    layers.conv2d({ name: "conv", inputShape: [size, size, 3], filters: 4, kernelSize: 3, activation: "relu" }),
    layers.globalAveragePooling2d({}),
    layers.dense({ units: classes, activation: "softmax" }),
  ] });`;

/** Makes what a Worker does to itself; where it is loaded first, it behaves. */
const misbehaving = (there: string) => `
  import { isMainThread } from "node:worker_threads";
  import good from "./own.ts";
  export default (input) => {
    if (!isMainThread) { ${there} }
    return good(input);
  };`;

async function ownModel(folder: string, name: string, source: string): Promise<ModelSpec> {
  await write(join(folder, name), source);
  return await load(join(folder, name), { size: 32, classes: 2 });
}

async function weightsOf(runs: readonly Run[]): Promise<Float32Array[]> {
  const store = await ExperimentStore.open();
  try {
    return await Promise.all(runs.map(async ({ id }) => (await store.load(id))!.weights));
  } finally {
    store.close();
  }
}

for (const layout of ["auto", "standard"] as const) {
  Deno.test(`fitAll() on two Workers gives the bits that training one after the other gives, in the order of the list, ${layout} layout`, () =>
    withImages(async (images, folder) => {
      await engine.use("onnx", { threads: 1, layout });
      const [first, second] = images.folds(2);
      const own = await ownModel(folder, "own.ts", OWN);
      const remedy = changed(threadCnn(), "dropout", droppedOut, 32, 2)!;
      // The first takes longest: it is finished last.
      const list: Experiment[] = [
        { model: smallCnn(), fold: first, config: { epochs: 6, batchSize: 4, augmentation: policies.flipShift } },
        { model: threadCnn(), fold: second, config: { epochs: 1, batchSize: 8, seed: 3 } },
        { model: own, fold: first, config: { epochs: 2, earlyStopping: { patience: 1 } } },
        { model: remedy, fold: second, config: { epochs: 2, batchSize: 4, mostImages: 8 } },
      ];
      const there: Run[] = await withWorkers(2, () => fitAll(images, list));
      const weights = await weightsOf(there);
      assert.ok(there.every((run) => run.engine === engine.current().label));
      // In a store of its own, so that all is trained again.
      await inTempFolder(async () => {
        const here = await fitAll(images, list);
        assert.deepEqual(here.map(({ id }) => id), there.map(({ id }) => id));
        assert.ok([...here, ...there].every(({ cached }) => !cached));
        assert.deepEqual(
          here.map(({ probabilities }) => probabilities),
          there.map(({ probabilities }) => probabilities),
        );
        assert.deepEqual(await weightsOf(here), weights);
        const plain = ({ history }: Run) => history.map(({ seconds: _, ...row }) => row);
        assert.deepEqual(here.map(plain), there.map(plain));
        assert.deepEqual(
          here.map(({ deadUnits, keptEpoch, parameters }) => ({ deadUnits, keptEpoch, parameters })),
          there.map(({ deadUnits, keptEpoch, parameters }) => ({ deadUnits, keptEpoch, parameters })),
        );
      });
      assert.deepEqual(there.map(({ model }) => model), ["small-cnn", "thread-cnn", "own", "thread-cnn-dropout"]);
    }));
}

Deno.test("fitAll() finds what was trained with another number of Workers, and tells how far all of it is", () =>
  withImages(async (images) => {
    const folds = images.folds(3);
    const told: number[] = [];
    const texts: string[] = [];
    const onProgress = (epochs: number, text: string) => void (told.push(epochs), texts.push(text));
    const config = { epochs: 3, batchSize: 4 };
    await engine.use("onnx", { threads: 2 }); // of this thread: Workers have one each all the same
    await withWorkers(1, () => crossValidate(threadCnn(), images, folds.slice(0, 1), config));
    await withWorkers(2, async () => {
      assert.equal(await keptRuns(threadCnn(), images, folds, config), 1);
      const runs = await crossValidate(threadCnn(), images, folds, config, { onProgress });
      assert.deepEqual(runs.map(({ cached }) => cached), [true, false, false]);
      assert.ok(runs.every((run) => run.engine.endsWith(", 1 thread")), runs[0].engine);
    });
    assert.equal(await keptRuns(threadCnn(), images, folds, config), 0, "with two threads it is another experiment");
    assert.deepEqual(told, told.toSorted((a, b) => a - b));
    assert.ok(told[0] >= 3, "what was kept counts as done");
    assert.ok(texts.some((text) => /^\d of 2 done, 2 running, fold [23] of 3, epoch 1 of 3/.test(text)), texts[0]);
  }));

for (
  const [how, there, said] of [
    ["throws", 'throw new TypeError("no such layer")', "no such layer"],
    ["dies", "Deno.exit(7)", "The Worker that trained it is gone: it ended with status 7"],
    ["has an error nobody catches", 'setTimeout(() => { throw new Error("out of the blue") })', "out of the blue"],
  ]
) {
  Deno.test(`fitAll() names the one training whose Worker ${how}, trains the others and keeps them`, () =>
    withImages(async (images, folder) => {
      const [first, second] = images.folds(2);
      await write(join(folder, "own.ts"), OWN);
      const bad = await ownModel(folder, "bad.ts", misbehaving(there));
      const config = { epochs: 3, batchSize: 4 };
      const list: Experiment[] = [
        { model: threadCnn(), fold: first, config },
        { model: bad, fold: first, config, label: "the bad one" },
        { model: threadCnn(), fold: second, config },
        { model: smallCnn(), fold: first, config },
      ];
      await withWorkers(2, async () => {
        await assert.rejects(fitAll(images, list), (error) => {
          assert.ok(error instanceof ExperimentsFailed, String(error));
          assert.deepEqual(error.failures.map(({ label }) => label), ["the bad one"]);
          assert.match(error.message, /^1 of 4 trainings failed, the others are kept: the bad one: /);
          assert.ok(error.message.includes(said), error.message);
          return true;
        });
        assert.equal(await keptRuns(threadCnn(), images, [first, second], config), 2);
        assert.equal(await keptRuns(smallCnn(), images, [first], config), 1);
        await assert.rejects(fitAll(images, [list[1]]), new RegExp(said), "alone, it is the error itself");
      });
    }));
}

Deno.test("fitAll() trains a model that only this thread can build in this thread", () =>
  withImages(async (images) => {
    const { source: _, ...rest } = threadCnn();
    const made: ModelSpec = { ...rest, name: "made-in-a-cell" };
    const folds = images.folds(2);
    await withWorkers(2, async () => {
      const [here, there] = await fitAll(images, [
        { model: made, fold: folds[0], config: { epochs: 1 } },
        { model: threadCnn(), fold: folds[0], config: { epochs: 1 } },
      ]);
      assert.deepEqual(here.probabilities, there.probabilities);
    });
  }));

Deno.test("training in Workers gives back their memory, native sessions included", () =>
  withImages(async (_, folder) => {
    // Large images make large sessions. The first ones fill what a process keeps for good.
    const images = await dataset.open(join(folder, "data"), { size: 96, onProgress: () => {} });
    const folds = images.folds(2);
    const cycle = (seed: number) =>
      withWorkers(2, () => crossValidate(threadCnn(), images, folds, { epochs: 1, seed }));
    await cycle(1);
    const before = Deno.memoryUsage().rss;
    for (const seed of [2, 3]) await cycle(seed);
    const grown = (Deno.memoryUsage().rss - before) / 1e6;
    // Without it, these four Workers would leave 600 MB.
    assert.ok(grown < 350, `it has grown by ${grown.toFixed(0)} MB`);
  }));

Deno.test("Workers in a notebook's kernel: it stays responsive, stops at SIGINT, and they may not use the network", {
  ignore: Deno.build.os === "windows",
}, () =>
  withImages(async (_, folder) => {
    await write(join(folder, "own.ts"), OWN);
    await write(
      join(folder, "asking.ts"),
      misbehaving(`
        const states = ["net", "run", "import"].map((name) => Deno.permissions.querySync({ name }).state);
        throw new Error("permissions: " + states.join(" ") + "; " + [
          () => Deno.listen({ hostname: "127.0.0.1", port: 0 }).close(),
          () => new Deno.Command("deno").outputSync(),
        ].map((attempt) => { try { attempt(); return "did"; } catch (error) { return error.name; } }).join(" "));`),
    );
    const kernel = await Kernel.start({ cwd: Deno.cwd() });
    try {
      const prepared = await kernel.execute(`
        import { dataset, engine, model, train } from "plateau";
        Deno.env.set("PLATEAU_CACHE", ${JSON.stringify(join(folder, ".cache"))});
        await engine.use("onnx");
        train.useWorkers(2);
        const images = await dataset.open(${JSON.stringify(join(folder, "data"))}, { size: 32 });
        const asking = await model.load(${JSON.stringify(join(folder, "asking.ts"))}, { size: 32, classes: 2 });
        const folds = images.folds(2);`);
      assert.equal(prepared.error, null);
      const asked = await kernel.execute("await train.fit(asking, images, folds[0], { epochs: 1 });");
      assert.match(
        asked.error!.message,
        /permissions: (denied|prompt) (denied|prompt) (denied|prompt); NotCapable NotCapable/,
      );

      let updates = 0, interrupted = false;
      const stopped = await kernel.execute(
        `let turns = 0;
        const timer = setInterval(() => turns++, 20);
        try {
          await train.crossValidate(model.threadCnn(), images, folds, { epochs: 100_000, batchSize: 4 });
        } catch (error) {
          console.log(error.name, turns > 20);
        } finally {
          clearInterval(timer);
        }`,
        ({ type, content }) => {
          const text = content?.data?.["text/plain"] ?? "";
          if (type === "update_display_data" && /2 running/.test(text)) updates++;
          if (updates >= 3 && !interrupted) {
            interrupted = true;
            kernel.interrupt();
          }
        },
      );
      assert.equal(stopped.error, null);
      assert.ok(updates >= 3);
      const said = JSON.stringify(stopped.outputs);
      assert.match(said, /Interrupted true/, said);
      const after = await kernel.execute("1 + 1");
      assert.equal(after.error, null, "the kernel lives on");
    } finally {
      await kernel.close();
    }
  }));

Deno.test("Ctrl-C stops Workers in order: the program ends well, and what was finished is kept", {
  ignore: Deno.build.os === "windows",
}, () =>
  withImages(async (_, folder) => {
    const script = `
      import { dataset, engine, model, train } from ${
      JSON.stringify(new URL("../../lib/mod.ts", import.meta.url).href)
    };
      await engine.use("onnx");
      train.useWorkers(2);
      const images = await dataset.open(${JSON.stringify(join(folder, "data"))}, { size: 32 });
      const config = { batchSize: 4, epochs: 100_000 };
      const short = { ...config, epochs: 1 };
      const list = [short, config, config].map((config, seed) => (
        { model: model.smallCnn(), fold: images.holdOut(0.25), config: { ...config, seed } }));
      let told = false;
      try {
        await train.fitAll(images, list, { onProgress: (_, text) => {
          if (text.startsWith("1 of 3 done, 2 running") && !told) console.log("one is finished");
          told ||= text.startsWith("1 of 3 done, 2 running");
        } });
      } catch (error) {
        console.log(error.name);
      }`;
    const child = new Deno.Command("deno", { args: ["eval", "--quiet", script], stdout: "piped", stderr: "null" })
      .spawn();
    let said = "";
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      said += text;
      if (said === "one is finished\n") child.kill("SIGINT");
    }
    assert.deepEqual([(await child.status).code, said], [0, "one is finished\nInterrupted\n"]);
    const store = await ExperimentStore.open();
    assert.equal(store.count(), 1);
    store.close();
  }));

Deno.test("checkJob() names what does not fit", () => {
  const table: ImageTable = {
    fingerprint: "f",
    indices: Int32Array.of(3, 5),
    pixels: new Uint8Array(2 * 2 * 2 * 3),
    labels: Int32Array.of(0, 1),
    size: 2,
    classes: 2,
  };
  const job: Job = {
    id: "0123456789abcdef",
    model: null,
    config: trainingConfig(),
    images: { fingerprint: "f", size: 2, classes: 2 },
    parts: { training: [3], validation: [5], watched: [5], inner: [] },
    engine: { name: "cpu", threads: 1, label: "cpu" },
  };
  checkJob(job, table);
  const cases: [Partial<Job>, RegExp][] = [
    [{ images: { ...job.images, fingerprint: "g" } }, /fingerprint must be g, the images have f/],
    [{ images: { ...job.images, size: 4 } }, /size must be 4, the images have 2/],
    [{ parts: { ...job.parts, training: [4] } }, /image 4 of its training part/],
    [{ parts: { ...job.parts, training: [] } }, /images to train on/],
    [{ config: { ...job.config, epochs: 0 } }, /epochs must be/],
  ];
  for (const [change, message] of cases) assert.throws(() => checkJob({ ...job, ...change }, table), message);
});

Deno.test("useWorkers() refuses a number that cannot be", () => {
  for (const count of [-1, 1.5, 65]) assert.throws(() => useWorkers(count), /whole number from 0 to 64/);
});
