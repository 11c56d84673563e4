import { type layers, tf } from "../engine/mod.ts";
import type { StopFlag } from "../display/mod.ts";
import { Random } from "../stats/mod.ts";
import { AveragedWeights } from "./_averaging.ts";
import { type Examples, oneHot, values } from "./_batches.ts";
import { balancedOrder } from "./_balanced_order.ts";
import { breathe } from "./_breathe.ts";
import { hits, meanLoss, predict, share } from "./_evaluate.ts";
import { lossOf } from "./_losses.ts";
import { mix } from "./_mixing.ts";
import { optimiser, rateAt, setRate } from "./_optimiser.ts";
import { putWeights, takeWeights } from "./_weights.ts";
import type { EpochMetrics, TrainingConfig } from "./types.ts";

/** Training was stopped by the person. Runs finished before are in the store, so the same cell or command goes on from there. */
export class Interrupted extends Error {
  override name = "Interrupted";
}

/** Where the loop is, for progress: epochs done, a fraction within the current one. */
export type OnProgress = (epochs: number, last: EpochMetrics | null) => void;

/** What a training works with. */
export interface Parts {
  readonly training: Examples;
  /** Measured on after each epoch; nothing depends on it. */
  readonly validation: Examples;
  /** What early stopping goes by; without it, all epochs are trained and the last weights kept. */
  readonly inner: Examples | null;
}

/**
 * Trains `model` (compiled here, with Adam or AdamW) on `training`, measures on the other parts after each
 * epoch, and leaves the kept weights in it. tfjs's own `fit` shuffles without a seed and its early stopping cannot
 * restore weights, hence this loop over `trainOnBatch`.
 *
 * @param hooks `stop` is looked at after each step.
 * @throws Interrupted when `hooks.stop` says so.
 */
export async function trainLoop(
  model: layers.LayersModel,
  { training, validation, inner }: Parts,
  config: TrainingConfig,
  { onProgress, stop }: { readonly onProgress: OnProgress; readonly stop: StopFlag },
): Promise<{ history: EpochMetrics[]; keptEpoch: number }> {
  model.compile({
    optimizer: optimiser(config),
    loss: lossOf(config, training),
    // "accuracy" would count yes-or-no answers where the loss is binary cross-entropy.
    metrics: ["categoricalAccuracy"],
  });
  const history: EpochMetrics[] = [];
  const averaged = config.averaging ? new AveragedWeights() : null;
  let best: { epoch: number; loss: number; weights: Float32Array[] } | null = null;

  for (let epoch = 1; epoch <= config.epochs; epoch++) {
    const start = performance.now();
    const seen = await trainEpoch(model, training, config, epoch, stop, (part) => {
      onProgress(epoch - 1 + part, history.at(-1) ?? null);
    });
    const onValidation = await measure(model, validation, config);
    const onInner = inner && await measure(model, inner, config);
    history.push({
      epoch,
      ...seen,
      validationLoss: onValidation.loss,
      validationAccuracy: onValidation.accuracy,
      ...(onInner === null ? {} : { innerLoss: onInner.loss, innerAccuracy: onInner.accuracy }),
      seconds: (performance.now() - start) / 1000,
    });
    onProgress(epoch, history.at(-1)!);

    if (!Number.isFinite(seen.loss)) break; // no later epoch can come back from NaN
    if (averaged && epoch > config.averaging!.from * config.epochs) await averaged.add(model);
    if (config.earlyStopping && onInner) {
      if (best === null || onInner.loss < best.loss) {
        best = { epoch, loss: onInner.loss, weights: await takeWeights(model) };
      }
      if (epoch - best.epoch >= config.earlyStopping.patience) break;
    }
  }
  if (best) putWeights(model, best.weights);
  await averaged?.putInto(model, training, config);
  return { history, keptEpoch: best?.epoch ?? history.length };
}

async function measure(model: layers.LayersModel, examples: Examples, config: TrainingConfig) {
  const { labels, classes } = examples;
  const probabilities = await predict(model, examples, config.inputRange);
  return {
    loss: meanLoss(config.loss, probabilities, labels, classes),
    accuracy: share(hits(probabilities, labels, classes)),
  };
}

async function trainEpoch(
  model: layers.LayersModel,
  training: Examples,
  config: TrainingConfig,
  epoch: number,
  stop: StopFlag,
  onBatch: (part: number) => void,
): Promise<Pick<EpochMetrics, "loss" | "accuracy" | "stepLosses">> {
  const random = new Random(`${config.seed}/epoch/${epoch}`);
  const order = config.balanced ? balancedOrder(training.labels, random) : random.shuffled(training.labels.keys());
  const variation = config.augmentation ? { policy: config.augmentation, random } : undefined;
  const stepLosses: number[] = [];
  let loss = 0, accuracy = 0;
  for (let start = 0; start < order.length; start += config.batchSize) {
    const rows = order.slice(start, start + config.batchSize);
    const shown = values(training, rows, config.inputRange, variation);
    const wanted = oneHot(training, rows, config.labelSmoothing);
    mix({ inputs: shown, targets: wanted, n: rows.length, size: training.size }, config, random);
    if (config.schedule) setRate(model, rateAt(config, epoch - 1 + (start + rows.length / 2) / order.length));
    const x = tf.tensor4d(shown, [rows.length, training.size, training.size, 3]);
    const y = tf.tensor2d(wanted, [rows.length, training.classes]);
    const [batchLoss, batchAccuracy] = await model.trainOnBatch(x, y) as number[];
    tf.dispose([x, y]);
    stepLosses.push(batchLoss);
    loss += batchLoss * rows.length;
    accuracy += batchAccuracy * rows.length;
    onBatch((start + rows.length) / order.length);
    await breathe();
    if (stop.stopRequested()) {
      throw new Interrupted(
        `Training was interrupted in epoch ${epoch} of ${config.epochs}. Finished runs are kept: run it again to go on.`,
      );
    }
  }
  const mean = { loss: loss / order.length, accuracy: accuracy / order.length };
  return config.schedule?.kind === "range" ? { ...mean, stepLosses } : mean;
}
