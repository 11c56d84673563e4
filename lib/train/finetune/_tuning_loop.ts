import { tf } from "../../engine/mod.ts";
import type { StopFlag } from "../../display/mod.ts";
import { Random } from "../../stats/mod.ts";
import { breathe } from "../_breathe.ts";
import { hits, meanLoss, share } from "../_evaluate.ts";
import { Interrupted } from "../_loop.ts";
import { fitLinearHead } from "../linear_head.ts";
import type { Activations } from "./activations.ts";
import { batchOf, type TunedNetwork } from "./_tuned_network.ts";
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

/** As the linear probe has it: fixed beforehand. */
const C = 30;

/**
 * Trains the last blocks and the head. The head starts as logistic regression on the features as they were published
 * (Kumar et al. 2022: from a random head, the first steps would spoil the features); it learns fast, the blocks slowly,
 * by Adam with decoupled weight decay and a learning rate that falls along a cosine. The weights of the epoch with the
 * lowest loss on the inner part are left in the network, which may be those of the beginning.
 *
 * @throws Interrupted when `stop` says so.
 */
export async function tuningLoop(
  network: TunedNetwork,
  { activations, labels }: Material,
  { training, inner }: Rows,
  config: FineTuningConfig,
  { onProgress, stop }: { readonly onProgress: (epochs: number) => void; readonly stop: StopFlag },
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
    { l2: 1 / (C * training.length), pause },
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
    for (let epoch = 1; epoch <= config.epochs; epoch++) {
      const random = new Random(`${config.seed}/fine-tuning/${epoch}`);
      const order = random.shuffled(training);
      let sum = 0;
      for (let step = 0; step < perEpoch; step++) {
        const rows = order.slice(step * config.batchSize, (step + 1) * config.batchSize);
        const done = ((epoch - 1) * perEpoch + step) / (config.epochs * perEpoch);
        const cosine = Math.min(1, ((epoch - 1) * perEpoch + step + 1) / perEpoch) * (1 + Math.cos(Math.PI * done)) / 2;
        const from = rows.map(() =>
          config.mirror && activations.mirrored && random.next() < 0.5 ? activations.mirrored : activations.values
        );
        const X = config as any;
        const mix = X.mixup ? 1 - X.mixup * random.next() : 1; const partner = random.shuffled([...rows.keys()]);
        const D = network.tail.dimensions;
        const dropm = X.dropout ? Float32Array.from({length: rows.length*D}, ()=> random.next() < X.dropout ? 0 : 1/(1-X.dropout)) : null;
        const loss = trainStep(X, mix, partner, dropm,network, groups, optimisers, {
          rows: gathered(rows, from, activations.width),
          labels: Int32Array.from(rows, (row) => labels[row]),
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

function trainStep(X: any, mix: number, partner: number[], dropm: Float32Array|null,
  network: TunedNetwork,
  groups: readonly tf.Variable[][],
  optimisers: readonly tf.AdamOptimizer[],
  { rows, labels, rates, weightDecay }: {
    readonly rows: Float32Array;
    readonly labels: Int32Array;
    readonly rates: readonly number[];
    readonly weightDecay: number;
  },
): tf.Scalar {
  return tf.tidy(() => {
    const [cut, fixed] = batchOf(network.tail, rows, labels.length);
    const hot = tf.oneHot(tf.tensor1d(labels, "int32"), network.classes); const hotf = tf.cast(hot, "float32");
    const pi = tf.tensor1d(partner, "int32");
    const mixed = (t: any) => mix === 1 ? t : tf.add(tf.mul(t, mix), tf.mul(tf.gather(t, pi), 1 - mix));
    const smooth = X.smooth ?? 0;
    const targets = tf.add(tf.mul(mixed(hotf), 1 - smooth), smooth / network.classes) as any;
    const cutm = mixed(cut), fixedm = fixed && mixed(fixed);
    const { value, grads } = tf.variableGrads(
      () => tf.losses.softmaxCrossEntropy(targets, (dropm ? network.headOf(tf.mul(network.features(cutm, fixedm), tf.tensor2d(dropm,[labels.length, network.tail.dimensions])) as any) : network.logits(cutm, fixedm))) as tf.Scalar,
      groups.flat(),
    );
    for (const [i, group] of groups.entries()) {
      if (weightDecay > 0) {
        // Kernels only: offsets and scales are meant to be what they are.
        for (const one of group) if (one.rank > 1) one.assign(tf.mul(one, 1 - rates[i] * weightDecay));
      }
      (optimisers[i] as unknown as { learningRate: number }).learningRate = rates[i];
      optimisers[i].applyGradients(Object.fromEntries(group.map(({ name }) => [name, grads[name]])));
    }
    return tf.keep(value);
  });
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
