import { tf } from "../../engine/mod.ts";
import type { StopFlag } from "../../display/mod.ts";
import { Random } from "../../stats/mod.ts";
import { breathe } from "../_breathe.ts";
import { hits, meanLoss, share } from "../_evaluate.ts";
import { Interrupted } from "../_loop.ts";
import { fitLinearHead } from "../linear_head.ts";
import { PROBE_C } from "../linear_probe.ts";
import type { Activations } from "./activations.ts";
import { batchOf, type TunedNetwork } from "./tuned_network.ts";
import { type FineTuningConfig, type FineTuningEpoch, SLOWER } from "./types.ts";

/** Images by what the front made of them. */
export interface Material {
  readonly activations: Activations;
  /** Class of each row. */
  readonly labels: Int32Array;
}

/** Which rows are for what. */
export interface Rows {
  readonly training: readonly number[];
  /** What early stopping goes by; empty where the last epoch is kept. */
  readonly inner: readonly number[];
}

/** Images measured together. */
const BATCH = 64;

/**
 * Trains the last blocks and the head. The head starts as logistic regression on the features as they were published
 * (Kumar et al. 2022: from a random head, the first steps would spoil the features); it learns fast, the blocks slowly,
 * by Adam with decoupled weight decay and a learning rate that falls along a cosine. Pairs of images are mixed where the
 * front hands them over (manifold mixup, Verma et al. 2019), and features are dropped. The weights of the epoch with the
 * lowest loss on the inner part are left in the network, which may be those of the beginning.
 *
 * @throws Interrupted when `stop` says so.
 */
export async function tuningLoop(
  network: TunedNetwork,
  { activations, labels }: Material,
  { training, inner }: Rows,
  config: FineTuningConfig,
  { onProgress, stop, until = config.epochs }: {
    readonly onProgress: (epochs: number) => void;
    readonly stop: StopFlag;
    /** Epochs after which it ends, on the way of a longer training; all by default. */
    readonly until?: number;
  },
): Promise<{ history: FineTuningEpoch[]; keptEpoch: number }> {
  const pause = async () => {
    await breathe();
    if (stop.stopRequested()) throw new Interrupted("Fine-tuning was interrupted. Finished folds are kept.");
  };
  const features = await outputs(network, activations, training, "features");
  const head = await fitLinearHead(
    features,
    Int32Array.from(training, (row) => labels[row]),
    network.classes,
    { l2: 1 / (PROBE_C * training.length), pause },
  );
  network.setHead(head);

  const history: FineTuningEpoch[] = [];
  let best = { epoch: 0, loss: Infinity, weights: null as Float32Array | null };
  const judge = async (epoch: number, loss: number | null) => {
    const measured = inner.length === 0 ? null : await measure(network, activations, labels, inner);
    history.push({ epoch, loss, innerLoss: measured?.loss ?? null, innerAccuracy: measured?.accuracy ?? null });
    if (measured && measured.loss < best.loss) best = { epoch, loss: measured.loss, weights: await network.take() };
  };
  await judge(0, null);

  const groups = network.groups();
  const optimisers = groups.map(() => tf.train.adam(0));
  try {
    const perEpoch = Math.ceil(training.length / config.batchSize);
    for (let epoch = 1; epoch <= until; epoch++) {
      const random = new Random(`${config.seed}/fine-tuning/${epoch}`);
      const order = random.shuffled(training);
      let sum = 0;
      for (let step = 0; step < perEpoch; step++) {
        const rows = order.slice(step * config.batchSize, (step + 1) * config.batchSize);
        const done = ((epoch - 1) * perEpoch + step) / (config.epochs * perEpoch);
        // The first epoch warms up: the head starts where it is best, and Adam's first steps are as large as any.
        const cosine = Math.min(1, done * config.epochs + 1 / perEpoch) * (1 + Math.cos(Math.PI * done)) / 2;
        const from = rows.map(() =>
          config.mirror && activations.mirrored && random.next() < 0.5 ? activations.mirrored : activations.values
        );
        // Two images are laid over one another, the first always the stronger.
        const mixing = 1 - config.mixup * random.next();
        const partners = random.shuffled(rows.keys());
        const dropped = dropping(rows.length * network.tail.dimensions, config.dropout, random);
        const loss = trainStep(network, groups, optimisers, {
          rows: gathered(rows, from, activations.width),
          labels: Int32Array.from(rows, (row) => labels[row]),
          mixing,
          partners,
          dropped,
          rates: groups.map((_, group) =>
            cosine * (group === 0 ? config.learningRate : config.backboneRate / SLOWER ** (group - 1))
          ),
          weightDecay: config.weightDecay,
        });
        sum += (await loss.data())[0] * rows.length;
        loss.dispose();
        onProgress(epoch - 1 + (step + 1) / perEpoch);
        await pause();
      }
      await judge(epoch, sum / training.length);
      if (!Number.isFinite(sum)) break;
      if (inner.length > 0 && epoch - best.epoch >= config.patience) break;
    }
  } finally {
    optimisers.forEach((optimiser) => optimiser.dispose());
  }
  if (best.weights) network.put(best.weights);
  return { history, keptEpoch: best.weights ? best.epoch : history.length - 1 };
}

interface Step {
  /** What the front made of the images. */
  readonly rows: Float32Array;
  readonly labels: Int32Array;
  /** How much of each image is itself; the rest is its partner. */
  readonly mixing: number;
  readonly partners: readonly number[];
  /** Factors of the features; null where none is dropped. */
  readonly dropped: Float32Array | null;
  /** Learning rate of each group. */
  readonly rates: readonly number[];
  readonly weightDecay: number;
}

function trainStep(
  network: TunedNetwork,
  groups: readonly tf.Variable[][],
  optimisers: readonly tf.AdamOptimizer[],
  { rows, labels, mixing, partners, dropped, rates, weightDecay }: Step,
): tf.Scalar {
  return tf.tidy(() => {
    const order = tf.tensor1d(partners as number[], "int32");
    const mixed = <T extends tf.Tensor>(one: T) =>
      mixing === 1 ? one : tf.add(tf.mul(one, mixing), tf.mul(tf.gather(one, order), 1 - mixing)) as T;
    const [cut, fixed] = batchOf(network.tail, rows, labels.length);
    const targets = mixed(oneHot(labels, network.classes));
    const [map, others] = [mixed(cut), fixed && mixed(fixed)];
    const factors = dropped && tf.tensor2d(dropped, [labels.length, network.tail.dimensions]);
    const { value, grads } = tf.variableGrads(() => {
      const features = network.features(map, others);
      const logits = network.headOf(factors === null ? features : tf.mul(features, factors));
      return tf.losses.softmaxCrossEntropy(targets, logits) as tf.Scalar;
    }, groups.flat());
    for (const [i, group] of groups.entries()) {
      if (weightDecay > 0) {
        // Kernels only: offsets and scales are meant to be what they are.
        for (const one of group) if (one.rank > 1) one.assign(tf.mul(one, 1 - rates[i] * weightDecay));
      }
      (optimisers[i] as unknown as { learningRate: number }).learningRate = rates[i];
      optimisers[i].applyGradients(group.map(({ name }) => ({ name, tensor: grads[name] })));
    }
    return tf.keep(value);
  });
}

function oneHot(labels: Int32Array, classes: number): tf.Tensor2D {
  const values = new Float32Array(labels.length * classes);
  labels.forEach((label, i) => values[i * classes + label] = 1);
  return tf.tensor2d(values, [labels.length, classes]);
}

/** Factors that drop a share of the features and make up for it (Srivastava et al. 2014). */
function dropping(length: number, share: number, random: Random): Float32Array | null {
  if (share === 0) return null;
  return Float32Array.from({ length }, () => random.next() < share ? 0 : 1 / (1 - share));
}

/** What the network says of rows: features [n, D] or probabilities [n, K]. */
export async function outputs(
  network: TunedNetwork,
  { values, width }: Activations,
  rows: readonly number[],
  what: "features" | "probabilities",
): Promise<Float32Array> {
  const columns = what === "features" ? network.tail.dimensions : network.classes;
  const all = new Float32Array(rows.length * columns);
  for (let start = 0; start < rows.length; start += BATCH) {
    const part = rows.slice(start, start + BATCH);
    const output = tf.tidy(() => {
      // Always as many, the last ones all zeros: one graph is compiled.
      const padded = new Float32Array(BATCH * width);
      padded.set(gathered(part, part.map(() => values), width));
      const [cut, fixed] = batchOf(network.tail, padded, BATCH);
      return what === "features" ? network.features(cut, fixed) : tf.softmax(network.logits(cut, fixed));
    });
    const said = await output.data() as Float32Array;
    output.dispose();
    all.set(said.subarray(0, part.length * columns), start * columns);
    await breathe();
  }
  return all;
}

async function measure(
  network: TunedNetwork,
  activations: Activations,
  labels: Int32Array,
  rows: readonly number[],
): Promise<{ loss: number; accuracy: number }> {
  const probabilities = await outputs(network, activations, rows, "probabilities");
  const truth = Int32Array.from(rows, (row) => labels[row]);
  return {
    loss: meanLoss("categoricalCrossentropy", probabilities, truth, network.classes),
    accuracy: share(hits(probabilities, truth, network.classes)),
  };
}

function gathered(rows: readonly number[], from: readonly Float16Array[], width: number): Float32Array {
  const all = new Float32Array(rows.length * width);
  rows.forEach((row, i) => all.set(from[i].subarray(row * width, (row + 1) * width), i * width));
  return all;
}
