import * as engine from "../../engine/mod.ts";
import { type layers } from "../../engine/mod.ts";
import type { StopFlag } from "../../display/mod.ts";
import type { Examples } from "../_batches.ts";
import { findDeadUnits, hits, predict, predictViews, share } from "../_evaluate.ts";
import { type OnProgress, trainLoop } from "../_loop.ts";
import { concatenated, takeWeights } from "../_weights.ts";
import { checkJob, type Detail, type ImageTable, type Job, type Outcome } from "./job.ts";

/**
 * Trains one job in this thread, with the engine in use. All implementations end up here, so that it does not matter
 * which of them is in use.
 *
 * @param build Makes the model, uncompiled.
 * @throws RangeError for a job that does not fit the images or the engine.
 * @throws Interrupted when `stop` says so.
 */
export async function trainJob(
  job: Job,
  table: ImageTable,
  build: () => layers.LayersModel | Promise<layers.LayersModel>,
  hooks: { readonly onProgress: OnProgress; readonly stop: StopFlag },
): Promise<Outcome> {
  checkJob(job, table);
  const { label } = engine.current();
  if (label !== job.engine.label) {
    throw new RangeError(`Cannot train with ${label}: the experiment must be trained with ${job.engine.label}`);
  }
  const start = performance.now();
  const { config, parts } = job;
  const training = examplesOf(table, parts.training);
  const validation = examplesOf(table, parts.validation);
  const all = parts.watched.length === parts.validation.length;
  const watched = all ? validation : examplesOf(table, parts.watched);
  const inner = parts.inner.length === 0 ? null : examplesOf(table, parts.inner);
  const model = await build();
  try {
    const { history, keptEpoch } = await trainLoop(model, { training, validation: watched, inner }, config, hooks);
    const views = config.testTimeAugmentation ?? 1;
    const probabilities = await predictViews(model, validation, config.inputRange, views);
    const detail: Detail = {
      history,
      keptEpoch,
      parameters: model.trainableWeights.reduce((sum, weight) => sum + weight.shape.reduce((a, b) => a! * b!, 1)!, 0),
      trainingAccuracy: share(
        hits(await predict(model, training, config.inputRange), training.labels, training.classes),
      ),
      deadUnits: await findDeadUnits(model, training, config.inputRange),
    };
    return {
      detail,
      probabilities,
      weights: concatenated(await takeWeights(model)),
      accuracy: share(hits(probabilities, validation.labels, validation.classes)),
      seconds: (performance.now() - start) / 1000,
    };
  } finally {
    model.dispose();
    model.optimizer?.dispose();
  }
}

/** The named images, in that order, in memory of their own. */
function examplesOf({ indices, pixels, labels, size, classes }: ImageTable, wanted: readonly number[]): Examples {
  const rows = new Map(Array.from(indices, (index, row) => [index, row]));
  const stride = size * size * 3;
  const own = new Uint8Array(wanted.length * stride);
  wanted.forEach((index, i) => {
    const row = rows.get(index)!;
    own.set(pixels.subarray(row * stride, (row + 1) * stride), i * stride);
  });
  return { pixels: own, labels: Int32Array.from(wanted, (index) => labels[rows.get(index)!]), size, classes };
}
