import { tf } from "../engine/mod.ts";
import { smallCnn, threadCnn } from "../model/mod.ts";
import { Random } from "../stats/mod.ts";
import { type Examples, inputs, targets } from "./_batches.ts";
import { breathe } from "./_breathe.ts";
import { trainingConfig } from "./config.ts";
import type { ImageTable, Job } from "./experiments/job.ts";
import type { TrainingConfig } from "./types.ts";

/** How fast one model trains here. */
export interface Pace {
  /** Seconds of one training step, the quickest of a few: other work on the machine only ever makes steps longer. */
  readonly step: number;
  /** Seconds of the very first steps, in which the engine prepares itself. */
  readonly first: number;
}

/** How fast a model of the library trains is asked, of this thread or of a Worker. */
export interface PaceRequest {
  readonly model: "thread-cnn" | "small-cnn";
  readonly batch: number;
  readonly augmentation: TrainingConfig["augmentation"];
  readonly images: ImageTable;
  readonly engine: Job["engine"];
}

/** Engines compile what they are given during the first steps: these say nothing about the others. */
const FIRST_STEPS = 3;
const STEPS = 5;
/** Where steps are slow, fewer have to do. */
const MOST_SECONDS = 2;

/** A few training steps in this thread, with the engine in use. */
export async function paceOf({ model: name, batch, augmentation, images }: Omit<PaceRequest, "engine">): Promise<Pace> {
  const { loss, learningRate, inputRange } = trainingConfig();
  const examples: Examples = images;
  const rows = Array.from({ length: Math.min(batch, examples.labels.length) }, (_, i) => i);
  const random = new Random("calibration");
  const variation = augmentation ? { policy: augmentation, random } : undefined;
  const spec = name === "thread-cnn" ? threadCnn() : smallCnn();
  const model = spec.build({ size: examples.size, classes: examples.classes, seed: 1 });
  try {
    model.compile({ optimizer: tf.train.adam(learningRate), loss, metrics: ["categoricalAccuracy"] });
    const step = async () => {
      const start = performance.now();
      const [x, y] = [inputs(examples, rows, inputRange, variation), targets(examples, rows)];
      await model.trainOnBatch(x, y);
      tf.dispose([x, y]);
      return (performance.now() - start) / 1000;
    };
    let first = 0;
    for (let i = 0; i < FIRST_STEPS; i++) first += await step();
    const times: number[] = [];
    for (let spent = 0; times.length < STEPS && spent < MOST_SECONDS; spent += times[times.length - 1]) {
      times.push(await step());
      await breathe();
    }
    return { step: Math.min(...times), first };
  } finally {
    model.dispose();
    model.optimizer?.dispose();
  }
}
