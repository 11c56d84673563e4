import assert from "node:assert/strict";
import { join } from "node:path";
import { dataset, engine, model, train } from "../../lib/mod.ts";
import { queueAddress } from "../../lib/train/experiments/queue/_address.ts";
import { connectQueue } from "../../lib/train/experiments/queue/_connect.ts";
import { type Envelope, parseEnvelope } from "../../lib/train/experiments/queue/_envelope.ts";
import { downloadImages, uploadImages } from "../../lib/train/experiments/queue/_image_store.ts";
import { ImageSource } from "../../lib/train/experiments/queue/_image_source.ts";
import { keys, queueName } from "../../lib/train/experiments/queue/_names.ts";
import { pack, unpack } from "../../lib/train/experiments/queue/_packed.ts";
import { packImages, rowsOf, unpackImages } from "../../lib/train/experiments/queue/_packed_images.ts";
import { packOutcome, unpackOutcome } from "../../lib/train/experiments/queue/_packed_outcome.ts";
import { fromRanges, toRanges } from "../../lib/train/experiments/queue/_ranges.ts";
import { QueueWorker, type QueueWorkerOptions } from "../../lib/train/experiments/queue/queue_worker.ts";
import type { ImageTable, Outcome } from "../../lib/train/experiments/job.ts";
import type { Remote, RemoteTask } from "../../lib/train/experiments/remote.ts";
import { QueueRunner } from "../../lib/train/experiments/queue/queue_runner.ts";
import { Interrupted } from "../../lib/train/mod.ts";
import { serveRelay } from "../../lib/train/experiments/relay/serve_relay.ts";
import { imageFolder, inTempFolder } from "../_fixtures.ts";
import { findProgram } from "../_programs.ts";
import { pause, redisServer, TestRedis } from "../_queue.ts";

/** Plain layers: they travel as their configuration. */
const TINY: model.ModelSpec = {
  name: "tiny",
  description: "",
  config: {},
  source: { from: "layers" },
  build: ({ size, classes, seed }) =>
    engine.layers.sequential({
      layers: [
        engine.layers.layers.globalAveragePooling2d({ inputShape: [size, size, 3] }),
        engine.layers.layers.dense({
          units: classes,
          activation: "softmax",
          kernelInitializer: engine.layers.initializers.glorotUniform({ seed }),
        }),
      ],
    }),
};

const withRedis = { ignore: redisServer === null || Deno.build.os === "windows" };

const none = () => undefined;

const table: ImageTable = {
  fingerprint: "f".repeat(64),
  indices: Int32Array.of(0, 1, 5),
  labels: Int32Array.of(0, 1, 1),
  pixels: Uint8Array.from({ length: 3 * 2 * 2 * 3 }, (_, i) => i),
  size: 2,
  classes: 2,
};

const envelope = {
  protocol: 1,
  job: {
    id: "0123456789abcdef".repeat(4),
    model: { from: "library", name: "thread-cnn", config: {} },
    config: train.trainingConfig(),
    images: { fingerprint: table.fingerprint, size: 2, classes: 2 },
    parts: { training: [0, 1], validation: [5], watched: [5], inner: [] },
    engine: { name: "cpu", threads: 1, label: "cpu" },
  },
  images: packImages(table).hash,
  rows: [[0, 1], [5, 5]],
} as const;

const outcome: Outcome = {
  detail: {
    history: [{ epoch: 1, loss: NaN, accuracy: 0.5, validationLoss: 1.5, validationAccuracy: 0.25, seconds: 0.1 }],
    keptEpoch: 1,
    parameters: 3,
    trainingAccuracy: 0.5,
    deadUnits: [{ layer: "conv", share: 0.25 }],
  },
  probabilities: Float32Array.of(0.25, 0.75),
  weights: Float32Array.of(1, NaN, -0),
  accuracy: 1,
  seconds: 2,
};

Deno.test("queueAddress() reads a URL, and shows neither name nor password", () => {
  const { host, port, shown, options } = queueAddress("rediss://anna:p%40ss@lab.example/3", none);
  assert.deepEqual([host, port, shown], ["lab.example", 6379, "rediss://lab.example:6379/3"]);
  assert.deepEqual([options.username, options.password, options.db, options.tls], ["anna", "p@ss", 3, {}]);
  const env = (name: string) => name === "PLATEAU_QUEUE_PASSWORD" ? "secret" : undefined;
  assert.equal(queueAddress("redis://lab:7000", env).options.password, "secret");
  assert.equal(queueAddress("redis://[::1]:7000", none).host, "::1");
});

Deno.test("queueAddress() says what is wrong with a URL without repeating it", () => {
  const cases: [string, RegExp][] = [
    ["lab secret", /must be written as redis:/],
    ["http://u:secret@lab", /must begin with redis:\/\/ or rediss:\/\/, not http:/],
    ["redis://u:secret@lab/name", /must be the number of a database/],
    ["redis://u:%E0%A4secret@lab", /percent-encoded/],
    ["redis:///1", /must name a host/],
  ];
  for (const [url, message] of cases) {
    assert.throws(() => queueAddress(url, none), (error: Error) => {
      assert.equal(error.name, "QueueError");
      assert.match(error.message, message);
      assert.ok(!error.message.includes("secret"));
      return true;
    });
  }
  const env = (name: string) => name === "PLATEAU_QUEUE_CA" ? "/nowhere/ca.pem" : undefined;
  assert.throws(() => queueAddress("rediss://lab", env), /certificate that PLATEAU_QUEUE_CA names cannot be read/);
});

Deno.test("parseEnvelope() takes a job as it is made, and names what is wrong with others", () => {
  assert.deepEqual(parseEnvelope(JSON.parse(JSON.stringify(envelope)), envelope.job.id), envelope);
  const job = envelope.job;
  const cases: [unknown, RegExp][] = [
    [null, /malformed job/],
    [{ ...envelope, protocol: 2 }, /protocol/],
    [{ ...envelope, code: "Deno.exit()" }, /malformed job/],
    [{ ...envelope, job: { ...job, model: { from: "file", name: "x", config: {}, path: "/x.ts" } } }, /job\.model/],
    [{ ...envelope, job: { ...job, parts: { ...job.parts, training: [-1] } } }, /job\.parts\.training\.0/],
    [{ ...envelope, job: { ...job, id: "../x" } }, /job\.id/],
    [{ ...envelope, images: "f00d" }, /images/],
    [{ ...envelope, job: { ...job, id: "f".repeat(64) } }, /its name in the queue must be the hash/],
    [{ ...envelope, job: { ...job, config: { ...job.config, learningRate: -1 } } }, /learningRate must be/],
  ];
  for (const [data, message] of cases) assert.throws(() => parseEnvelope(data, job.id), message);
});

Deno.test("images and outcomes are the same after packing, and refused where they are not what they should be", () => {
  const packed = packImages(table);
  assert.deepEqual({ ...unpackImages(packed), pixels: table.pixels }, table);
  assert.deepEqual(Array.from(unpackImages(packed).pixels), Array.from(table.pixels));
  assert.deepEqual(Array.from(rowsOf(packed)), [0, 1, 5]);
  const damaged = { ...packed, bytes: packed.bytes.with(packed.bytes.length - 1, 255) };
  assert.throws(() => unpackImages(damaged), /Cannot use the images [0-9a-f]{12}: their content is that of/);
  // As the driver gives bytes: a Buffer that begins somewhere within another.
  const bytes = packOutcome(outcome);
  const within = new Uint8Array(bytes.length + 8);
  within.set(bytes, 8);
  const { buffer, byteOffset, byteLength } = within.subarray(8);
  assert.deepEqual(unpackOutcome(new Uint8Array(buffer, byteOffset, byteLength)), outcome);
  assert.throws(() => unpackOutcome(bytes.subarray(0, bytes.length - 2)), /cut off|Cannot read/);
  assert.throws(() => unpack(Uint8Array.of(255, 255, 255, 255)), /too short/);
  assert.deepEqual(unpack(pack({ a: 1 }, [])).header, { a: 1 });
});

Deno.test("toRanges() and fromRanges() undo each other", () => {
  assert.deepEqual(toRanges([0, 1, 2, 5]), [[0, 2], [5, 5]]);
  assert.deepEqual(fromRanges(toRanges([3, 4, 9, 10, 12])), [3, 4, 9, 10, 12]);
  assert.deepEqual(toRanges([]), []);
});

Deno.test("a relay passes on tasks, progress, errors and stops, and knows its own by a token", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const stopped = Promise.withResolvers<void>();
  const remote: Remote = {
    atOnce: 7,
    whereabouts: () => "3 running on 2 machines",
    async run({ job, images }, { onProgress, stop }) {
      assert.deepEqual(images, packImages(table));
      if (job.id === "bad") throw new RangeError("it cannot be");
      onProgress(0.5, null);
      if (job.id === "long") {
        while (!stop.stopRequested()) await pause(5);
        stopped.resolve();
        throw new Error("stopped");
      }
      return outcome;
    },
  };
  const serving = serveRelay(listener, "token", remote, { shown: "redis://lab:6379", mixedEngines: false });
  const { Relay } = await import("../../lib/train/experiments/relay/relay.ts");
  await assert.rejects(Relay.connect(port, "guess"), /it does not know this process/);
  const relay = await Relay.connect(port, "token");
  assert.deepEqual(relay.facts, { shown: "redis://lab:6379", mixedEngines: false, atOnce: 7 });
  const told: number[] = [];
  const hooks = {
    onProgress: (epochs: number) => void told.push(epochs),
    stop: { stopRequested: () => false } as never,
  };
  const task = (id: string) => ({ job: { ...envelope.job, id }, images: packImages(table) });
  assert.deepEqual(await relay.run(task("good"), hooks), outcome);
  assert.deepEqual(told, [0.5]);
  await assert.rejects(relay.run(task("bad"), hooks), new RangeError("it cannot be"));
  // One whose process is gone is stopped as if it had been asked to.
  const long = relay.run(task("long"), hooks);
  long.catch(() => {});
  while (relay.whereabouts() === "") await pause(10);
  assert.equal(relay.whereabouts(), "3 running on 2 machines");
  relay.close();
  await stopped.promise;
  await assert.rejects(long, /its relay on this machine is gone/);
  listener.close();
  await serving.catch(() => {});
});

Deno.test("bad queues: one clear error each, without the password", withRedis, async () => {
  await using redis = await TestRedis.start(["--save", "", "--requirepass", "right"]);
  const at = `127.0.0.1:${redis.port}`;
  const other = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => new Response("hello"));
  const cases: [string, RegExp][] = [
    [`redis://:wrong-secret@${at}`, /its name or password is wrong/],
    [`redis://${at}`, /it wants a password: put it into the URL, or into PLATEAU_QUEUE_PASSWORD/],
    ["redis://:wrong-secret@127.0.0.1:1", /nothing answers at 127\.0\.0\.1:1 \(connection refused\)/],
    [`redis://:wrong-secret@127.0.0.1:${other.addr.port}`, /does not answer as Redis does|is it a Redis server/],
    [`redis://:right@${at}/999`, /it has no database of that number/],
  ];
  for (const [url, message] of cases) {
    await assert.rejects(connectQueue(url), (error: Error) => {
      assert.equal(error.name, "QueueError", String(error));
      assert.match(error.message, message);
      assert.match(error.message, /^Cannot use the queue redis:\/\/127\.0\.0\.1:\d+/);
      assert.ok(!error.message.includes("secret"), error.message);
      return true;
    });
  }
  await other.shutdown();
  const right = `redis://:right@${at}`;
  {
    await using ours = await connectQueue(right);
    await ours.redis.set("plateau:x", "1");
  }
  await using again = await connectQueue(right); // its own keys are no others'
  await again.redis.del("plateau:about");
  await assert.rejects(connectQueue(right), /belongs to something else: there are keys like "plateau:x"/);
  await again.redis.set("plateau:about", "a game");
  await assert.rejects(connectQueue(right), /belongs to something else: its key "plateau:about"/);
});

Deno.test("rediss:// is TLS: with its authority's certificate it connects, without it says so", {
  ignore: withRedis.ignore || findProgram("openssl") === null,
}, () =>
  inTempFolder(async (folder) => {
    const [key, certificate] = [join(folder, "key.pem"), join(folder, "ca.pem")];
    const made = await new Deno.Command("openssl", {
      args: ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"].concat(
        ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", certificate],
      ),
      stdout: "null",
      stderr: "null",
    }).output();
    assert.ok(made.success);
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    listener.close();
    await using redis = await TestRedis.start(
      ["--save", "", "--tls-port", String(port), "--tls-cert-file", certificate, "--tls-key-file", key].concat(
        ["--tls-ca-cert-file", certificate, "--tls-auth-clients", "no"],
      ),
    );
    const url = `rediss://127.0.0.1:${port}`;
    await assert.rejects(
      connectQueue(url),
      /its certificate is not trusted: name its authority's file in PLATEAU_QUEUE_CA/,
    );
    Deno.env.set("PLATEAU_QUEUE_CA", certificate);
    try {
      await using connection = await connectQueue(url);
      assert.equal(await connection.redis.ping(), "PONG");
      assert.equal(connection.address.shown, url);
      await assert.rejects(connectQueue(`rediss://127.0.0.1:${redis.port}`), /QueueError|TLS|does not answer as Redis/);
      await assert.rejects(connectQueue(`redis://127.0.0.1:${port}`), /does not answer as Redis does|TLS/);
    } finally {
      Deno.env.delete("PLATEAU_QUEUE_CA");
    }
  }));

/** A machine in this process, and a study of three experiments. */
async function withQueue(
  body: (study: {
    readonly redis: TestRedis;
    readonly images: dataset.Dataset;
    readonly list: train.Experiment[];
    readonly said: string[];
    readonly folder: string;
    machine(options?: Partial<QueueWorkerOptions>): Promise<QueueWorker>;
  }) => Promise<void>,
): Promise<void> {
  await engine.use("onnx", { threads: 1, layout: "auto" });
  await using redis = await TestRedis.start();
  await inTempFolder(async (folder) => {
    const root = await imageFolder(join(folder, "data"), { a: 6, b: 6 });
    const images = await dataset.open(root, { size: 32, onProgress: () => {} });
    const [fold] = images.folds(2);
    const list = [1, 2, 3].map((seed) => ({
      model: model.threadCnn(),
      fold,
      config: { epochs: 1, seed },
      label: `seed ${seed}`,
    }));
    const said: string[] = [];
    const say = (text: string) => void said.push(text);
    const machine = (options: Partial<QueueWorkerOptions> = {}) =>
      QueueWorker.join(redis.url, { atOnce: 1, name: "anna", say, ...options });
    await body({ redis, images, list, said, folder, machine });
  });
}

const silent = { onProgress: () => {} };

Deno.test(
  "fitAll() on a queue gives what Workers give, under the same names; a person's own code stays here",
  withRedis,
  () =>
    withQueue(async ({ redis, images, list, machine, said }) => {
      const { source: _, ...rest } = model.threadCnn();
      const all = [...list, { model: { ...rest, name: "made-in-a-cell" }, fold: list[0].fold, config: { epochs: 1 } }];
      train.useWorkers(1);
      try {
        const here = await train.fitAll(images, all, silent);
        await inTempFolder(async () => {
          await using _anna = await machine({ data: () => Promise.resolve(images) });
          await using _queue = await train.useQueue(redis.url);
          assert.match(
            train.trainingPlace(),
            /^on the machines of the queue redis:\/\/127\.0\.0\.1:\d+, each with onnx/,
          );
          const there = await train.fitAll(images, all, silent);
          assert.deepEqual(there.map(({ id }) => id), here.map(({ id }) => id));
          assert.deepEqual(
            there.map(({ probabilities }) => [...probabilities]),
            here.map(({ probabilities }) => [...probabilities]),
          );
          assert.ok(there.every(({ cached }) => !cached));
          assert.equal(said.filter((text) => /: done in/.test(text)).length, 3);
          assert.ok(!said.some((text) => /Fetched the images/.test(text)), "its own images are the same");
        });
      } finally {
        train.useWorkers(0);
      }
      assert.match(train.trainingPlace(), /^one after the other/);
    }),
);

Deno.test(
  "a malformed job and one whose images are not what their hash says end alone, each with its reason",
  withRedis,
  () =>
    withQueue(async ({ redis, images, list, machine, said }) => {
      await using connection = await connectQueue(redis.url);
      await using anna = await machine({ data: otherImages });
      const { Queue } = await import("bullmq");
      const queue = new Queue(anna.machine.queues[0], { connection: connection.redis, prefix: "plateau" });
      await queue.add("experiment", { please: "run rm -rf" }, { jobId: "x".repeat(64) });
      await until(() => said.some((text) => /failed: Cannot take a malformed job: protocol/.test(text)));
      // Somebody puts other images under that name.
      await using _queue = await train.useQueue(redis.url);
      await uploadImages(connection.redis, { hash: await hashFor(images), bytes: new TextEncoder().encode("others") });
      await assert.rejects(
        train.fitAll(images, list.slice(0, 1), silent),
        /Cannot use the images [0-9a-f]{12}: their content is that of/,
      );
      assert.ok(said.some((text) => /The images of --data are others \(fingerprint/.test(text)), said.join("\n"));
      await connection.redis.del(keys.images(await hashFor(images)));
      const runs = await train.fitAll(images, list, silent);
      assert.equal(runs.length, 3, "the machine goes on");
      await queue.close();

      async function otherImages(): Promise<dataset.Dataset> {
        const root = await imageFolder(await Deno.makeTempDir(), { c: 6, d: 6 });
        const opened = await dataset.open(root, { size: 32, onProgress: () => {} });
        await Deno.remove(root, { recursive: true });
        return opened;
      }
    }),
);

/** Of the table that `fitAll` makes of the first fold: all development images. */
async function hashFor(images: dataset.Dataset): Promise<string> {
  const { imageTable } = await import("../../lib/train/_image_table.ts");
  return packImages(await imageTable(images, [...images.development], images.size)).hash;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(10);
}

Deno.test(
  "a machine of another engine or version says so and does not take a job; with mixed engines it does, and the run says which",
  withRedis,
  () =>
    withQueue(async ({ redis, images, list, machine, said }) => {
      await using connection = await connectQueue(redis.url);
      await engine.use("cpu");
      const otherKind = { version: "0123456789ab", engine: "onnx 9", arch: Deno.build.arch };
      await connection.redis.hset("plateau:kinds", queueName(otherKind), JSON.stringify(otherKind));
      await connection.redis.lpush(`plateau:${queueName(otherKind)}:wait`, "1");
      const { label } = engine.current();
      const tiny: train.Experiment = { ...list[0], model: TINY };
      await using bert = await machine({ name: "bert", mixedEngines: true });
      assert.match(said[0], /^1 experiment waits that this machine does not take: they need the code 0123456789ab/);
      await engine.use("onnx", { threads: 1 });
      {
        await using _strict = await train.useQueue(redis.url);
        const texts: string[] = [];
        const stop = new AbortController();
        const waiting = train.fitAll(images, [tiny], {
          onProgress: (_, text) => {
            texts.push(text);
            if (/none of the 1 machines there takes them: they need onnx.* bert has cpu/.test(text)) stop.abort();
          },
        });
        waiting.catch(() => {});
        await new Promise((resolve) => stop.signal.addEventListener("abort", resolve));
        assert.equal(bert.busy, 0);
      }
      await using _mixed = await train.useQueue(redis.url, { mixedEngines: true });
      const [run] = await train.fitAll(images, [tiny], silent);
      assert.equal(run.engine, label, "it says what trained it");
      await using _strict = await train.useQueue(redis.url);
      const { keptRuns } = train;
      assert.equal(
        await keptRuns(TINY, images, [tiny.fold], tiny.config),
        0,
        "it is another experiment",
      );
    }),
);

Deno.test(
  "a machine that leaves finishes its job, or hands it back",
  withRedis,
  () =>
    withQueue(async ({ redis, images, list, machine, said }) => {
      const slow = list.map((one) => ({ ...one, config: { ...one.config, epochs: 120 } }));
      await using _queue = await train.useQueue(redis.url);
      const runs = train.fitAll(images, slow.slice(0, 2), silent);
      const anna = await machine();
      await until(() => anna.busy === 1);
      await anna.leave("hand back");
      assert.match(said.at(-1)!, /: handed back$/);
      await using bert = await machine({ name: "bert" });
      await until(() => bert.busy === 1);
      await bert.leave("finish");
      assert.match(said.at(-1)!, /: done in/);
      await using _cleo = await machine({ name: "cleo" });
      assert.equal((await runs).length, 2);
    }),
);

Deno.test(
  "images come from the cache, checked: damaged ones are fetched again, and the queue's are not asked for twice",
  withRedis,
  () =>
    withQueue(async ({ redis, folder }) => {
      await using connection = await connectQueue(redis.url);
      const packed = packImages(table);
      await uploadImages(connection.redis, packed);
      await uploadImages(connection.redis, packed);
      assert.deepEqual(await downloadImages(connection.redis, packed.hash), packed.bytes);
      const said: string[] = [];
      const source = () => new ImageSource(connection.redis, null, (text) => said.push(text));
      const wanted = envelope as unknown as Envelope;
      assert.deepEqual(Array.from((await source().tableOf(wanted)).pixels), Array.from(table.pixels));
      const cached = join(folder, ".cache", "queue", "images", packed.hash);
      await Deno.writeTextFile(cached, "damaged");
      await source().tableOf(wanted);
      assert.ok(said.some((text) => /cached images [0-9a-f]{12} are damaged: they are fetched again/.test(text)));
      await connection.redis.flushdb();
      await source().tableOf(wanted); // of the cache
      await Deno.remove(cached);
      await assert.rejects(source().tableOf(wanted), /the queue does not have them any more/);
    }),
);

Deno.test(
  "who wants an experiment that others want too has it, trained once, and whether or not they give up",
  withRedis,
  () =>
    withQueue(async ({ redis, machine, said }) => {
      await engine.use("cpu");
      const { label } = engine.current();
      const free = Promise.withResolvers<void>();
      let trainings = 0;
      const runner: QueueWorkerOptions["runner"] = {
        atOnce: 1,
        async run(_task, { stop }) {
          trainings++;
          while (
            !stop.stopRequested() && await Promise.race([free.promise.then(() => false), pause(20).then(() => true)])
          );
          if (stop.stopRequested()) throw new Interrupted("stopped");
          return outcome;
        },
        [Symbol.asyncDispose]: () => Promise.resolve(),
      };
      await using _anna = await machine({ runner });
      await using first = await QueueRunner.open(redis.url);
      await using second = await QueueRunner.open(redis.url);
      const job = { ...envelope.job, engine: { name: "cpu", threads: 1, label } };
      const task = { job, images: packImages(table) } as RemoteTask;
      let givesUp = false;
      const hooks = (stopRequested: () => boolean) => ({
        onProgress: () => {},
        stop: { stopRequested, [Symbol.dispose]() {} },
      });
      const one = first.run(task, hooks(() => givesUp));
      const other = second.run(task, hooks(() => false));
      await until(() => trainings === 1);
      givesUp = true;
      await assert.rejects(one, Interrupted);
      await until(() => said.some((text) => /stopped, nobody wants it any more/.test(text)));
      // Somebody does: it is asked for again.
      await until(() => trainings === 2);
      const third = first.run(task, hooks(() => false));
      free.resolve();
      assert.deepEqual([await other, await third], [outcome, outcome]);
      assert.equal(trainings, 2);
    }),
);
