import type { Dataset, Fold } from "../../dataset/mod.ts";
import { onInterrupt, progress } from "../../display/mod.ts";
import * as engine from "../../engine/mod.ts";
import type { Tail } from "../../model/mod.ts";
import { canonicalJson, sha256 } from "../_experiment.ts";
import { hits, share } from "../_evaluate.ts";
import { ExperimentStore } from "../store.ts";
import { type Activations, activations } from "./activations.ts";
import { outputs, tuningLoop } from "./_tuning_loop.ts";
import { TunedNetwork } from "./tuned_network.ts";
import { FINE_TUNING, type FineTuningConfig, type FineTuningEpoch } from "./types.ts";

/** Raise it when fine-tuning changes in a way that the rest of the id does not show. */
const VERSION = 2;

/** Images that a network is fine-tuned on; `Dataset` of `lib/dataset` is one. */
export type TunableImages = Pick<
  Dataset,
  "classes" | "development" | "innerPart" | "labels" | "name" | "pixels" | "records"
>;

/** A network whose last blocks were trained on a fold. */
export interface FineTuned {
  readonly fold: Fold;
  readonly config: FineTuningConfig;
  /** The first layer that was trained. */
  readonly from: string;
  /** Name of the backbone. */
  readonly backbone: string;
  /** Of the training that said for how long. */
  readonly history: readonly FineTuningEpoch[];
  /** For how long was trained in the end; 0 where training on only made the inner part's loss higher. */
  readonly keptEpoch: number;
  /** [n, K], row by row, in the order of `fold.validation`. */
  readonly probabilities: Float32Array;
  /** In that order. */
  readonly correct: readonly boolean[];
  /** For {@link TunedNetwork}. */
  readonly weights: Float32Array;
  readonly seconds: number;
}

/** How progress is told. */
export interface FineTuningOptions {
  /** Told how far it is over all folds, from 0 to 1. By default a progress display. */
  readonly onProgress?: (share: number) => void;
}

/**
 * Trains the last blocks of a pre-trained network on, fold by fold, on the current engine. The frozen part is computed
 * once per image and mirror image. The number of epochs is chosen on an inner part of `fold.train`, then all of it is
 * trained on for as long (Goodfellow et al. 2016, algorithm 7.2); where that is 0 epochs, the head alone is fitted.
 * `fold.validation` has no say and may be empty. Each fold is kept by what it depends on, so that a second call costs nothing.
 *
 * @param folds Of development images.
 * @param partial What differs from {@link FINE_TUNING}.
 * @throws RangeError for a configuration that cannot train.
 * @throws Interrupted when the person stopped it; finished folds are kept.
 * @throws FileError when a result cannot be stored.
 * @throws BackboneError where the backbone's weights cannot be read.
 */
export async function fineTune(
  dataset: TunableImages,
  tail: Tail,
  folds: readonly Fold[],
  partial: Partial<FineTuningConfig> = {},
  { onProgress }: FineTuningOptions = {},
): Promise<FineTuned[]> {
  const config = { ...FINE_TUNING, ...partial };
  check(config);
  const planned = folds.map((fold) => {
    const inner = dataset.innerPart(fold, { seed: config.seed });
    return { fold, inner, id: idOf(dataset, tail, fold, inner, config) };
  });
  const store = await ExperimentStore.open();
  try {
    const kept = await Promise.all(planned.map(({ id }) => store.load(id)));
    const missing = planned.filter((_, i) => kept[i] === null);
    const made = missing.length === 0 ? [] : await trainAll(dataset, tail, missing, config, store, onProgress);
    return planned.map(({ fold, id }, i): FineTuned => {
      const { detail, probabilities, weights, seconds } = kept[i] ?? made.find((one) => one.id === id)!;
      const { history, keptEpoch } = JSON.parse(detail) as Pick<FineTuned, "history" | "keptEpoch">;
      const labels = dataset.labels(fold.validation);
      return {
        fold,
        config,
        from: tail.from,
        backbone: tail.backbone,
        history,
        keptEpoch,
        probabilities,
        correct: hits(probabilities, labels, dataset.classes.length),
        weights,
        seconds,
      };
    });
  } finally {
    store.close();
  }
}

/** How many of these folds are kept already: they would not be trained again. */
export async function keptFineTunings(
  dataset: TunableImages,
  tail: Tail,
  folds: readonly Fold[],
  partial: Partial<FineTuningConfig> = {},
): Promise<number> {
  const config = { ...FINE_TUNING, ...partial };
  const store = await ExperimentStore.open();
  try {
    return folds.filter((fold) =>
      store.has(idOf(dataset, tail, fold, dataset.innerPart(fold, { seed: config.seed }), config))
    ).length;
  } finally {
    store.close();
  }
}

async function withNetwork<T>(
  tail: Tail,
  { classes }: TunableImages,
  body: (network: TunedNetwork) => Promise<T>,
): Promise<T> {
  using network = new TunedNetwork(tail, classes.length);
  return await body(network);
}

type Planned = { readonly fold: Fold; readonly inner: readonly number[]; readonly id: string };

async function trainAll(
  dataset: TunableImages,
  tail: Tail,
  planned: readonly Planned[],
  config: FineTuningConfig,
  store: ExperimentStore,
  onProgress?: (share: number) => void,
) {
  const used = [...new Set(planned.flatMap(({ fold }) => [...fold.train, ...fold.validation]))].sort((a, b) => a - b);
  const quiet = onProgress ? { onProgress: () => {} } : {};
  const seen: Activations = await activations(dataset, tail, used, { mirror: config.mirror, ...quiet });
  const rowOf = new Map(used.map((image, row) => [image, row]));
  const rows = (images: readonly number[]) => images.map((image) => rowOf.get(image)!);
  const labels = dataset.labels(used);
  const bar = onProgress ? null : progress({ label: `Fine-tuning ${tail.backbone}`, total: planned.length });
  using stop = onInterrupt();
  const made = [];
  try {
    for (const [i, { fold, inner, id }] of planned.entries()) {
      const start = performance.now();
      const held = new Set(inner);
      const all = rows(fold.train);
      const tell = (epochs: number, text: string) => {
        bar?.update(i + epochs / config.epochs / 2, `fold ${i + 1} of ${planned.length}, ${text}`);
        onProgress?.((i + epochs / config.epochs / 2) / planned.length);
      };
      const material = { activations: seen, labels };
      const first = inner.length === 0 ? null : await withNetwork(tail, dataset, (network) =>
        tuningLoop(
          network,
          material,
          { training: rows(fold.train.filter((image) => !held.has(image))), inner: rows(inner) },
          config,
          { stop, onProgress: (epochs) => tell(epochs, `epoch ${Math.ceil(epochs)} of ${config.epochs}`) },
        ));
      // How long is known now; the images that said so are too few to be left out.
      using network = new TunedNetwork(tail, dataset.classes.length);
      const keptEpoch = first?.keptEpoch ?? config.epochs;
      const last = await tuningLoop(network, material, { training: all, inner: [] }, config, {
        stop,
        until: keptEpoch,
        onProgress: (epochs) => tell(config.epochs + epochs, `all images, epoch ${Math.ceil(epochs)} of ${keptEpoch}`),
      });
      const { history } = first ?? last;
      const probabilities = await outputs(network, seen, rows(fold.validation), "probabilities");
      const run = {
        id,
        model: `fine-tuned ${tail.backbone}`,
        accuracy: fold.validation.length === 0
          ? 0
          : share(hits(probabilities, dataset.labels(fold.validation), dataset.classes.length)),
        engine: engine.current().label,
        seconds: (performance.now() - start) / 1000,
        detail: JSON.stringify({ history, keptEpoch }),
        probabilities,
        weights: await network.take(),
      };
      await store.save(run);
      made.push(run);
    }
  } finally {
    await bar?.finish();
  }
  return made;
}

/** Equal ids mean equal bits: the content of the images in order, the network, the configuration, the engine. */
function idOf(
  dataset: TunableImages,
  tail: Tail,
  fold: Fold,
  inner: readonly number[],
  config: FineTuningConfig,
): string {
  const content = (images: readonly number[]) =>
    images.map((i) => `${dataset.records[i].hash}:${dataset.records[i].label}`);
  return sha256(canonicalJson({
    fineTuning: VERSION,
    backbone: [tail.backbone, tail.version],
    classes: dataset.classes,
    train: content(fold.train),
    validation: content(fold.validation),
    inner: content(inner),
    config,
    engine: engine.current().label,
  }));
}

/** @throws RangeError naming what cannot be. */
function check(config: FineTuningConfig): void {
  const refuse = (what: string, must: string, value: unknown) => {
    throw new RangeError(`Cannot fine-tune: ${what} must be ${must}, got ${value}`);
  };
  const { epochs, batchSize, patience } = config;
  if (!(Number.isInteger(epochs) && epochs >= 1)) refuse("epochs", "a whole number from 1", epochs);
  if (!(Number.isInteger(batchSize) && batchSize >= 1)) refuse("batchSize", "a whole number from 1", batchSize);
  if (!(Number.isInteger(patience) && patience >= 1)) refuse("patience", "a whole number from 1", patience);
  for (const what of ["learningRate", "backboneRate"] as const) {
    if (!(config[what] > 0 && Number.isFinite(config[what]))) refuse(what, "above 0", config[what]);
  }
  if (!(config.mixup >= 0 && config.mixup <= 0.5)) refuse("mixup", "from 0 to 0.5", config.mixup);
  if (!(config.dropout >= 0 && config.dropout < 1)) refuse("dropout", "from 0 to below 1", config.dropout);
  if (!(config.weightDecay >= 0 && config.weightDecay < 1)) refuse("weightDecay", "from 0 to 1", config.weightDecay);
}
