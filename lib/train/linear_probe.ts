import { createHash } from "node:crypto";
import type { Fold } from "../dataset/mod.ts";
import { onInterrupt, progress } from "../display/mod.ts";
import * as engine from "../engine/mod.ts";
import type { FeatureSource } from "../model/mod.ts";
import { breathe } from "./_breathe.ts";
import { FeatureStore } from "./_feature_store.ts";
import { Interrupted } from "./_loop.ts";
import { compact } from "./compact.ts";
import { type DecodableImages, type FeatureOptions, features } from "./features.ts";
import { fitSoftmaxRegression, predictSoftmaxRegression } from "./softmax_regression.ts";

/** Labelled images that a probe is fitted to; `Dataset` of `lib/dataset` is one. */
export interface ProbeableImages extends DecodableImages {
  /** Class names, K. */
  readonly classes: readonly string[];
  readonly records: readonly { readonly hash: string; readonly label: number }[];
}

/** What a probe says of the images that its folds validate on. */
export interface ProbePredictions {
  /** Indices into the data set's records, fold by fold. */
  readonly images: readonly number[];
  /** [n, K], row by row, in the order of `images`. */
  readonly probabilities: Float32Array;
}

/**
 * scikit-learn's C, the inverse of the penalty: fixed beforehand, so that nothing is chosen on the images that are then
 * measured. It hardly matters: from 30 to 100 the accuracy changes by less than a point (data/backbone/README.md).
 */
export const PROBE_C = 30;

/**
 * A linear probe: logistic regression on the frozen features of `backbone`, out of fold. Each image of `fold.validation`
 * is judged by a model fitted on `fold.train`. Features and predictions are kept on disk: the same folds of the same
 * labels cost nothing the second time.
 *
 * @param folds Development images only; each image in one validation part at most.
 * @throws Interrupted, FileError, BackboneError as {@link features} does.
 */
export async function linearProbe(
  dataset: ProbeableImages,
  backbone: FeatureSource,
  folds: readonly Fold[],
  options: FeatureOptions = {},
): Promise<ProbePredictions> {
  const { records } = dataset;
  const classes = dataset.classes.length;
  const images = folds.flatMap((fold) => fold.validation);
  const source = JSON.stringify(["linear probe 1", PROBE_C, backbone.name, backbone.version, engine.current().label]);
  using store = new FeatureStore(source, images.length * classes);
  const key = createHash("sha256").update(JSON.stringify([
    classes,
    folds.map((fold) =>
      [fold.train, fold.validation].map((part) => part.map((i) => [records[i].hash, records[i].label]))
    ),
  ])).digest("hex");
  const kept = store.load(key);
  if (kept) return { images, probabilities: kept };

  const seen = await features(dataset, backbone, options);
  const row = new Map(seen.images.map((image, i) => [image, i]));
  const probabilities = new Float32Array(images.length * classes);
  using stop = onInterrupt();
  const bar = options.onProgress ? null : progress({ label: `Probing ${backbone.name}`, total: folds.length });
  const pause = async () => {
    await breathe();
    if (stop.stopRequested()) throw new Interrupted("Stopped while a probe was fitted; features are kept");
  };
  try {
    const { values, rank } = await compact(seen.values, seen.images.length, { pause });
    const take = (part: readonly number[]) => {
      const taken = new Float32Array(part.length * rank);
      part.forEach((image, i) =>
        taken.set(values.subarray(row.get(image)! * rank, (row.get(image)! + 1) * rank), i * rank)
      );
      return taken;
    };
    let at = 0;
    for (const [index, { train, validation }] of folds.entries()) {
      const labels = Int32Array.from(train, (i) => records[i].label);
      const model = await fitSoftmaxRegression(take(train), labels, classes, {
        l2: 1 / (PROBE_C * train.length),
        pause,
      });
      probabilities.set(predictSoftmaxRegression(model, take(validation)), at);
      at += validation.length * classes;
      bar?.update(index + 1);
    }
  } finally {
    await bar?.finish();
  }
  store.save([key], probabilities);
  return { images, probabilities };
}
