import { dataset, engine, train } from "../../lib/mod.ts";
import { smallCnn } from "../../lib/model/mod.ts";
import { connectQueue } from "../../lib/train/experiments/queue/_connect.ts";
import { packImages } from "../../lib/train/experiments/queue/_packed_images.ts";
import { QueueRunner } from "../../lib/train/experiments/queue/queue_runner.ts";
import { trainingConfig } from "../../lib/train/config.ts";
import { findProgram } from "../../tests/_programs.ts";
import { TestMachine, TestRedis } from "../../tests/_queue.ts";

/** As the sample: 750 images of 64 x 64 pixels. */
const [IMAGES, SIZE, CLASSES] = [750, 64, 16];

const images = packImages({
  fingerprint: "f".repeat(64),
  indices: Int32Array.from({ length: IMAGES }, (_, i) => i),
  labels: new Int32Array(IMAGES),
  pixels: new Uint8Array(IMAGES * SIZE * SIZE * 3),
  size: SIZE,
  classes: CLASSES,
});

interface Setting {
  readonly jobs: number;
  readonly machines: number;
  /** Of each machine. */
  readonly lanes: number;
  /** Of a job, in which a machine does nothing. */
  readonly seconds: number;
}

/**
 * `deno task bench queue [JOBS]`: what the queue itself costs. Machines are processes that wait instead of training, and
 * give back as many weights as the small CNN has; Redis is one on this machine. First empty jobs: how many there are in a
 * second, and how long Redis computes for one of them. Then jobs of five seconds: what they take beyond these.
 */
export async function benchQueue([jobs = "600"]: string[]): Promise<void> {
  if (findProgram("redis-server", "valkey-server") === null) throw new Error("Cannot measure: redis-server is missing");
  await engine.use("cpu"); // as the machines name it; nothing is computed
  for (const [machines, lanes] of [[1, 1], [1, 4], [2, 4], [4, 4]]) {
    const { seconds, redis } = await measure({ jobs: Number(jobs), machines, lanes, seconds: 0 });
    console.log(
      `${jobs} empty jobs, ${machines} machines of ${lanes} lanes: ${(Number(jobs) / seconds).toFixed(0)} jobs/s, ` +
        `${(1000 * redis / Number(jobs)).toFixed(2)} ms of Redis's processor each`,
    );
  }
  for (const [machines, lanes, each] of [[2, 1, 6], [4, 2, 3], [4, 8, 2]]) {
    const { seconds, redis } = await measure({ jobs: machines * lanes * each, machines, lanes, seconds: 5 });
    const ideal = 5 * each;
    console.log(
      `${machines * lanes * each} jobs of 5 s, ${machines} machines of ${lanes} lanes: ${
        seconds.toFixed(2)
      } s instead ` +
        `of ${ideal} s: ${(100 * (seconds / ideal - 1)).toFixed(2)} % more, ` +
        `${(1000 * redis / (machines * lanes * each)).toFixed(2)} ms of Redis's processor each`,
    );
  }
}

/**
 * `deno task bench queue-trainings [ROUNDS]`: eight trainings of the small CNN on the sample, of some seconds each, two at a
 * time: in Workers of this process, and on two machines of a queue, processes of this one too. They take turns, so that
 * what else runs here meets both.
 */
export async function benchQueueTrainings([rounds = "3"]: string[]): Promise<void> {
  await engine.use("onnx", { threads: 1 });
  const images = await dataset.open("", { seed: 1 });
  const folds = images.folds(4);
  const scratch = await Deno.makeTempDir({ prefix: "plateau-bench-" });
  Deno.env.set("PLATEAU_CACHE", scratch); // so that nothing is there already
  await using redis = await TestRedis.start();
  await using anna = TestMachine.start(redis.url, "anna", scratch);
  await using bert = TestMachine.start(redis.url, "bert", scratch);
  await Promise.all([anna, bert].map((machine) => machine.hears(/Ctrl-C ends it/)));
  let seed = 1;
  const train8 = async () => {
    const start = performance.now();
    const list = Array.from({ length: 8 }, (_, i) => (
      { model: smallCnn(), fold: folds[i % 4], config: { epochs: 8, seed: seed++ } }
    ));
    await train.fitAll(images, list, { onProgress: () => {} });
    return (performance.now() - start) / 1000;
  };
  try {
    for (let round = 0; round < Number(rounds); round++) {
      train.useWorkers(2);
      const here = await train8();
      let there: number;
      {
        await using _queue = await train.useQueue(redis.url);
        there = await train8();
      }
      console.log(`8 trainings, 2 at a time: ${here.toFixed(1)} s in Workers, ${there.toFixed(1)} s on two machines`);
    }
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

/** Seconds until all outcomes are there, and of them those that Redis computed. Images are there before. */
async function measure({ jobs, machines, lanes, seconds }: Setting): Promise<{ seconds: number; redis: number }> {
  await using redis = await TestRedis.start();
  const processes: Deno.ChildProcess[] = [];
  try {
    for (let i = 0; i < machines; i++) {
      const child = new Deno.Command("deno", {
        args: [
          "run",
          "--quiet",
          "--no-check",
          "--allow-read",
          "--allow-write",
          "--allow-env",
          "--allow-sys",
          "--allow-net=127.0.0.1",
          new URL("./queue_machine.ts", import.meta.url).pathname,
          redis.url,
          `m${i}`,
          String(lanes),
          String(seconds),
        ],
        stdin: "piped",
        stdout: "piped",
      }).spawn();
      processes.push(child);
      const reader = child.stdout.getReader();
      await reader.read();
      reader.releaseLock();
    }
    await using remote = await QueueRunner.open(redis.url);
    await using connection = await connectQueue(redis.url);
    await Promise.all(Array.from({ length: machines * lanes }, (_, i) => run(remote, -1 - i))); // everything is loaded
    const computed = async () => {
      const info = await connection.redis.info("cpu");
      const of = (name: string) => Number(info.match(new RegExp(`${name}:([\\d.]+)`))![1]);
      return of("used_cpu_sys") + of("used_cpu_user");
    };
    const [start, before] = [performance.now(), await computed()];
    await Promise.all(Array.from({ length: jobs }, (_, i) => run(remote, i)));
    return { seconds: (performance.now() - start) / 1000, redis: await computed() - before };
  } finally {
    for (const child of processes) {
      child.kill("SIGKILL");
      await child.status;
    }
  }
}

async function run(remote: QueueRunner, n: number): Promise<void> {
  const all = Array.from({ length: IMAGES }, (_, i) => i);
  await remote.run({
    images,
    job: {
      id: (n + 1_000_000).toString(16).padStart(64, "a"),
      model: { from: "library", name: "small-cnn", config: {} },
      config: trainingConfig({ seed: n }),
      images: { fingerprint: "f".repeat(64), size: SIZE, classes: CLASSES },
      parts: { training: all.slice(150), validation: all.slice(0, 150), watched: all.slice(0, 150), inner: [] },
      engine: { name: "cpu", threads: 1, label: engine.current().label },
    },
  }, { onProgress: () => {}, stop: { stopRequested: () => false, [Symbol.dispose]() {} } });
}
