/**
 * Experiments on several machines, and what may happen to these: `deno task test:queue`. A Redis server is started for
 * each test, and machines are processes. It takes minutes, so it is no part of `deno task test`.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { dataset, engine, model, train } from "../lib/mod.ts";
import { Random } from "../lib/stats/mod.ts";
import { queueProcess } from "../lib/cli/_queue_process.ts";
import { startQueueRelay } from "../lib/cli/_queue_relay.ts";
import { report } from "../lib/cli/report.ts";
import { projectRoot } from "../lib/files/mod.ts";
import { Kernel } from "../lib/notebook/mod.ts";
import { imageFolder, inTempFolder, write } from "./_fixtures.ts";
import { withNetworks } from "./_networks.ts";
import { pause, redisServer, TestMachine, TestRedis } from "./_queue.ts";

const { fitAll, useQueue, useWorkers } = train;
if (redisServer === null) console.log("skipped: all tests of the queue, since redis-server is not on the PATH");

type Experiments = readonly train.Experiment[];

/** A study: a few images, and a sweep of `n` experiments over learning rate, fold and seed. */
async function withSweep(
  n: number,
  epochs: number,
  body: (images: dataset.Dataset, list: Experiments, folder: string) => Promise<void>,
): Promise<void> {
  await engine.use("onnx", { threads: 1, layout: "auto" });
  await inTempFolder(async (folder) => {
    const root = await imageFolder(join(folder, "data"), { a: 15, b: 15 });
    const images = await dataset.open(root, { size: 32, onProgress: () => {} });
    const folds = images.folds(2);
    const list = Array.from({ length: n }, (_, i) => ({
      model: i % 5 === 0 ? model.smallCnn() : model.threadCnn(),
      fold: folds[i % 2],
      config: { epochs, batchSize: 4, learningRate: [1e-3, 3e-3][i % 4 >> 1], seed: 1 + (i >> 2) },
      label: `training ${i + 1}`,
    }));
    await body(images, list, folder);
  });
}

/** Trains on a queue, in the store that is in use. */
async function onQueue(
  url: string,
  images: dataset.Dataset,
  list: Experiments,
  onProgress: (epochs: number, text: string) => void = () => {},
): Promise<train.Run[]> {
  await using _queue = await useQueue(url);
  return await fitAll(images, list, { onProgress });
}

/** What of runs must be equal: all but the time they took. */
async function bitsOf(runs: readonly train.Run[]) {
  const store = await train.ExperimentStore.open();
  try {
    return await Promise.all(runs.map(async ({ id, probabilities, history, keptEpoch, deadUnits, engine }) => ({
      id,
      engine,
      // As hashes: should they differ, nobody could read where.
      probabilities: hashOf(probabilities),
      weights: hashOf((await store.load(id))!.weights),
      history: history.map(({ seconds: _, ...row }) => row),
      keptEpoch,
      deadUnits,
    })));
  } finally {
    store.close();
  }
}

function hashOf({ buffer, byteOffset, byteLength }: Float32Array): string {
  return createHash("sha256").update(new Uint8Array(buffer, byteOffset, byteLength)).digest("hex").slice(0, 16);
}

async function stored(): Promise<number> {
  const store = await train.ExperimentStore.open();
  try {
    return store.count();
  } finally {
    store.close();
  }
}

/** The same experiments one after the other in Workers of this process, in a store of its own. */
async function serially(images: dataset.Dataset, list: Experiments) {
  let bits: Awaited<ReturnType<typeof bitsOf>> = [];
  await inTempFolder(async () => {
    useWorkers(1);
    try {
      bits = await bitsOf(await fitAll(images, list, { onProgress: () => {} }));
    } finally {
      useWorkers(0);
    }
  });
  return bits;
}

/** All results are there, once, and are what training in a row gives. */
async function assertWhole(runs: readonly train.Run[], images: dataset.Dataset, list: Experiments): Promise<void> {
  assert.equal(await stored(), list.length);
  assert.deepEqual(await bitsOf(runs), await serially(images, list));
}

function test(name: string, body: () => Promise<void>): void {
  Deno.test({ name, ignore: redisServer === null || Deno.build.os === "windows", fn: body });
}

test("a sweep of 60 experiments on three machines gives what training one after the other gives, bit for bit", () =>
  withNetworks(3, (networks) =>
    withSweep(60, 2, async (images, list, folder) => {
      if (networks.length === 0) console.log("without networks of their own: this machine does not allow it");
      await using redis = await TestRedis.start(["--save", ""], ...networks.map(({ host }) => host));
      const start = (i: number, name: string, ...args: string[]) => {
        const url = networks.length === 0 ? redis.url : `redis://${networks[i].host}:${redis.port}`;
        return TestMachine.start(url, name, folder, args, networks[i]?.through);
      };
      await using anna = start(0, "anna");
      await using bert = start(1, "bert", "--data", join(folder, "data"));
      await using cleo = start(2, "cleo");
      await Promise.all([anna, bert, cleo].map((machine) => machine.hears(/Ctrl-C ends it/)));
      const texts: string[] = [];
      const runs = await onQueue(redis.url, images, list, (_, text) => texts.push(text));
      assert.ok([anna, bert, cleo].every(({ said }) => /: done in/.test(said)), "every machine had a part");
      assert.match(anna.said, /Fetched the images [0-9a-f]{12} from the queue/);
      assert.ok(!/Fetched the images/.test(bert.said), "it has them");
      assert.ok(
        texts.some((text) => /3 running on 3 machines \(anna 1, bert 1, cleo 1\)/.test(text)),
        String(texts.at(-1)),
      );
      await assertWhole(runs, images, list);
      // Once more, all is in the store.
      assert.ok((await onQueue(redis.url, images, list)).every(({ cached }) => cached));
      cleo.kill("SIGINT");
      assert.equal((await cleo.status).code, 0);
      assert.match(cleo.said, /Left the queue/);
    })));

test("kill -9 of a machine in the middle of a job, ten times at random moments, loses nothing", () =>
  withSweep(24, 40, async (images, list, folder) => {
    await using redis = await TestRedis.start();
    const random = new Random("kills");
    let kills = 0, n = 0;
    const machines = new Set<TestMachine>();
    const join = () => {
      const machine = TestMachine.start(redis.url, `m${n++}`, folder);
      machines.add(machine);
      return machine;
    };
    try {
      const runs = onQueue(redis.url, images, list);
      let over = false;
      runs.finally(() => over = true).catch(() => {});
      join();
      while (kills < 10 && !over) {
        const victim = join();
        await Promise.race([victim.hears(/small-cnn|thread-cnn/), runs]);
        await pause(random.integer(700));
        victim.kill("SIGKILL");
        await victim.status;
        if (/epochs/.test(victim.said)) kills++;
      }
      assert.equal(kills, 10, "the sweep must last for ten of them");
      await assertWhole(await runs, images, list);
    } finally {
      for (const machine of machines) await machine[Symbol.asyncDispose]();
    }
  }));

test("a machine that is frozen past its lock and woken again stores nothing twice", () =>
  withSweep(3, 150, async (images, list, folder) => {
    await using redis = await TestRedis.start();
    await using frozen = TestMachine.start(redis.url, "frozen", folder);
    const runs = onQueue(redis.url, images, list);
    await frozen.hears(/epochs/);
    frozen.kill("SIGSTOP");
    await using other = TestMachine.start(redis.url, "other", folder);
    await other.hears(/(done in[\s\S]*){3}/);
    const all = await runs;
    const before = frozen.said.length;
    frozen.kill("SIGCONT");
    await frozen.hears(/another machine has it/, before);
    await assertWhole(all, images, list);
  }));

test("a Redis server that is started again with its append-only file goes on where it was", () =>
  withSweep(8, 60, async (images, list, folder) => {
    await using redis = await TestRedis.start(["--appendonly", "yes", "--appendfsync", "always", "--save", ""]);
    await using machine = TestMachine.start(redis.url, "anna", folder);
    const runs = onQueue(redis.url, images, list);
    await machine.hears(/done in/);
    await redis.stop("SIGKILL");
    await redis.start();
    await assertWhole(await runs, images, list);
  }));

test("a Redis server that was away for 30 s and has forgotten everything is told again", () =>
  withSweep(6, 60, async (images, list, folder) => {
    await using redis = await TestRedis.start();
    await using machine = TestMachine.start(redis.url, "anna", folder);
    const texts: string[] = [];
    const runs = onQueue(redis.url, images, list, (_, text) => texts.push(text));
    await machine.hears(/done in/);
    await redis.stop("SIGKILL");
    await machine.hears(/The queue is gone: waiting for it/);
    await pause(30_000);
    await redis.start();
    await assertWhole(await runs, images, list);
    assert.ok(texts.some((text) => /the queue has not answered for \d+ s/.test(text)), String(texts.at(-1)));
    assert.match(machine.said, /The queue is back/);
  }));

test("a submitter that is killed and started again finds what was trained meanwhile", () =>
  withSweep(6, 60, async (images, list, folder) => {
    await using redis = await TestRedis.start();
    await using machine = TestMachine.start(redis.url, "anna", folder);
    const script = `
      import { dataset, engine, model, train } from ${JSON.stringify(new URL("../lib/mod.ts", import.meta.url).href)};
      await engine.use("onnx", { threads: 1, layout: "auto" });
      const images = await dataset.open(${JSON.stringify(join(folder, "data"))}, { size: 32 });
      const folds = images.folds(2);
      await train.useQueue(${JSON.stringify(redis.url)});
      await train.fitAll(images, ${JSON.stringify(list.map(({ config, model: { name } }) => ({ config, name })))}
        .map(({ config, name }, i) => ({ model: name === "small-cnn" ? model.smallCnn() : model.threadCnn(), config, fold: folds[i % 2] })));`;
    const first = new Deno.Command("deno", { args: ["eval", "--quiet", script], stdout: "null", stderr: "null" })
      .spawn();
    await machine.hears(/done in/);
    first.kill("SIGKILL");
    await first.status;
    const before = await stored();
    assert.ok(before < list.length);
    const said = machine.said.length;
    const runs = await onQueue(redis.url, images, list);
    await assertWhole(runs, images, list);
    const again = machine.said.slice(said).match(/done in/g)?.length ?? 0;
    assert.ok(again + 1 <= list.length, "what was done before it was killed is not trained again");
  }));

test("a machine whose disk is full trains all the same, and says so", () =>
  withSweep(3, 2, async (images, list, folder) => {
    await using redis = await TestRedis.start();
    // A cache that cannot be written: a file lies where its folder would be.
    await Deno.mkdir(join(folder, "full"));
    await Deno.writeTextFile(join(folder, "full", "queue"), "");
    await using machine = TestMachine.start(redis.url, "full", folder);
    const runs = await onQueue(redis.url, images, list);
    assert.match(machine.said, /The images are kept in memory only. Cannot write/);
    await assertWhole(runs, images, list);
  }));

test("a job that always throws is reported once, and the rest goes on", () =>
  withSweep(5, 2, async (images, list, folder) => {
    await using redis = await TestRedis.start();
    await using _machine = TestMachine.start(redis.url, "anna", folder);
    // The library has no such model: whoever builds it refuses.
    const bad = { ...model.threadCnn(), config: { never: "such" } };
    const withBad = [...list.slice(0, 2), { ...list[0], model: bad, label: "the bad one" }, ...list.slice(2)];
    await assert.rejects(onQueue(redis.url, images, withBad), (error: Error) => {
      assert.match(error.message, /^1 of 6 trainings failed, the others are kept: the bad one: /);
      assert.match(error.message, /it is not what it was when its training was planned \(on anna\)/);
      return true;
    });
    assert.equal(await stored(), 5);
  }));

test("Ctrl-C takes back what is queued and stops what runs", () =>
  withSweep(0, 1, async (_images, _list, folder) => {
    await using redis = await TestRedis.start();
    await using machine = TestMachine.start(redis.url, "anna", folder);
    const script = `
      import { dataset, engine, model, train } from ${JSON.stringify(new URL("../lib/mod.ts", import.meta.url).href)};
      await engine.use("onnx", { threads: 1, layout: "auto" });
      const images = await dataset.open(${JSON.stringify(join(folder, "data"))}, { size: 32 });
      const queue = await train.useQueue(${JSON.stringify(redis.url)});
      try {
        await train.fitAll(images, [1, 2, 3].map((seed) => (
          { model: model.threadCnn(), config: { epochs: 100_000, seed }, fold: images.folds(2)[0] })));
      } catch (error) {
        console.log(error.name);
      }
      await queue[Symbol.asyncDispose]();`;
    const child = new Deno.Command("deno", { args: ["eval", "--quiet", script], stdout: "piped", stderr: "null" })
      .spawn();
    await machine.hears(/epochs/);
    child.kill("SIGINT");
    const { stdout, code } = await child.output();
    assert.deepEqual([code, new TextDecoder().decode(stdout)], [0, "Interrupted\n"]);
    await machine.hears(/stopped, nobody wants it any more/);
    await pause(1500);
    assert.equal(machine.said.match(/100000 epochs/g)!.length, 1, "no other was taken");
  }));

test("a report on a queue: its kernels have no network, machines train, and its foot says which host was open", () =>
  withSweep(0, 1, async (_images, _list, folder) => {
    await using redis = await TestRedis.start();
    await using machine = TestMachine.start(redis.url, "anna", folder);
    const cell = (id: string, source: string, tags: string[] = []) => (
      { cell_type: "code", id, metadata: { tags }, execution_count: null, outputs: [], source }
    );
    const notebook = {
      nbformat: 4,
      nbformat_minor: 5,
      metadata: {},
      cells: [
        { cell_type: "markdown", id: "m", metadata: {}, source: "# On a queue" },
        cell(
          "p",
          'let data = ""; let seed = 1; let budget = "15m"; let engineName = "onnx"; let workers = 2; ' +
            'let modelPath = "", historyPath = "", predictionsPath = "", backbonePath = "", unseal = false;',
          ["parameters"],
        ),
        cell(
          "c",
          `import { dataset, engine, model, provenance, train } from "plateau";
          await engine.use(engineName);
          train.useWorkers(workers);
          const images = await dataset.open(data, { size: 32, seed });
          const runs = await train.crossValidate(model.threadCnn(), images, images.folds(2), { epochs: 2 });
          const net = await Deno.connect({ hostname: "127.0.0.1", port: ${redis.port} }).then(() => "open", ({ name }) => name);
          console.log("net", net, runs.length, runs.every(({ cached }) => !cached));
          provenance(images)`,
        ),
      ],
    };
    await write(join(folder, "notebooks", "01_a.ipynb"), JSON.stringify(notebook));
    const out = join(folder, "out");
    const said: string[] = [];
    const args = ["--data", join(folder, "data"), "--queue", redis.url, "--out", out, "--engine", "onnx"];
    const host = {
      notebooks: join(folder, "notebooks"),
      print: (text: string) => void said.push(text),
      printError: (text: string) => void said.push(text),
    };
    const status = await report(args, {
      ...host,
      prepare: () => Promise.resolve({ name: "two", fingerprint: "f00d", summary: "two: 30 images" }),
    });
    assert.equal(status, 0, said.join("\n"));
    assert.match(
      said.join("\n"),
      new RegExp(`Experiments are trained on the machines of redis://127\\.0\\.0\\.1:${redis.port}`),
    );
    const page = await Deno.readTextFile(join(out, "01_a.html"));
    assert.match(page, /net NotCapable 2 true/);
    assert.match(
      page,
      new RegExp(`Experiments were trained on the queue redis://127\\.0\\.0\\.1:${redis.port}: one process`),
    );
    assert.match(page, /on the machines of the queue redis:/);
    assert.equal(machine.said.match(/: done in/g)!.length, 2);
    await redis.stop();
    const failed = await report(args, host);
    assert.equal(failed, 1);
    assert.match(said.at(-2)!, /^Cannot use the queue redis:.*nothing answers/);
    assert.equal(said.at(-1), "docs/many-machines.md says more.");
  }));

test("a kernel of JupyterLab on a queue reaches it through the process that holds it, and nothing else", () =>
  withSweep(0, 1, async (_images, _list, folder) => {
    await using redis = await TestRedis.start();
    await using machine = TestMachine.start(redis.url, "anna", folder);
    await using relay = await startQueueRelay(redis.url, false);
    Deno.env.set("PLATEAU_RELAY", `${relay.port}:${relay.token}`);
    const kernel = await Kernel.start({ cwd: projectRoot() });
    try {
      const { error, outputs } = await kernel.execute(`
        import { dataset, engine, model, train } from "plateau";
        await engine.use("onnx");
        const images = await dataset.open(${JSON.stringify(join(folder, "data"))}, { size: 32 });
        const run = await train.fit(model.threadCnn(), images, images.folds(2)[0], { epochs: 1 });
        const net = await Deno.connect({ hostname: "127.0.0.1", port: ${redis.port} }).then(() => "open", ({ name }) => name);
        console.log(net, run.cached, train.trainingPlace());`);
      assert.equal(error, null);
      assert.match(JSON.stringify(outputs), /NotCapable false on the machines of the queue redis:/);
      assert.match(machine.said, /: done in/);
    } finally {
      Deno.env.delete("PLATEAU_RELAY");
      await kernel.close();
    }
  }));

test("deno task worker joins by one command, may reach no other host, and leaves when it is asked to", () =>
  withSweep(2, 1, async (images, list) => {
    await using redis = await TestRedis.start(["--save", "", "--requirepass", "secret-of-the-lab"]);
    const url = redis.url.replace("//", "//:secret-of-the-lab@");
    const child = new Deno.Command("deno", {
      args: ["run", "--quiet", "-P=worker", "lib/cli/worker.ts", "--name", "anna", "--workers", "1"],
      cwd: projectRoot(),
      env: { PLATEAU_QUEUE: url, NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    await using machine = new TestMachine(child, "anna");
    await machine.hears(/anna: one experiment at a time with onnx.*Ctrl-C ends it/);
    const { args } = queueProcess(url, { script: "x.ts", args: [], trains: true, stdout: "piped" });
    assert.deepEqual(args.filter((arg) => arg.startsWith("--allow-net")), [`--allow-net=127.0.0.1:${redis.port}`]);
    assert.ok(!args.some((arg) => /allow-(all|run)|secret/.test(arg)), args.join(" "));
    assert.equal((await onQueue(url, images, list)).length, 2);
    child.kill("SIGTERM");
    assert.equal((await machine.status).code, 0);
    assert.match(machine.said, /Left the queue/);
    assert.ok(!machine.said.includes("secret"));
  }));
