import { createHash } from "node:crypto";
import type { Fold } from "../dataset/mod.ts";
import { onInterrupt, progress } from "../display/mod.ts";
import * as engine from "../engine/mod.ts";
import type { FeatureSource } from "../model/mod.ts";
import { breathe } from "./_breathe.ts";
import { FeatureStore } from "./_feature_store.ts";
import { Interrupted } from "./_loop.ts";
import { innerProducts, spanned } from "./_spanned.ts";
import { type FeatureOptions, features } from "./features.ts";
import type { ProbeableImages } from "./linear_probe.ts";
import { fitSoftmaxRegression, predictSoftmaxRegression } from "./softmax_regression.ts";

/** As for `linearProbe`: fixed beforehand, and the same for every number of training images. */
const C = 30;

/**
 * Logistic regression on the frozen features of `backbone`, once for each of these folds: what `linearProbe` does for
 * the folds of one cross-validation, for any number of them that share images, as when parts of a training set are
 * drawn. Each fit takes only as long as its own training images need. Predictions are kept on disk, fold by fold.
 *
 * @returns Of each fold, in order: probabilities [n, K] of its validation part, row by row.
 * @throws Interrupted when the person stopped it; finished folds are kept.
 * @throws FileError, BackboneError as `features` does.
 */
export async function probeEach(
  dataset: ProbeableImages,
  backbone: FeatureSource,
  folds: readonly Pick<Fold, "train" | "validation">[],
  options: FeatureOptions = {},
): Promise<Float32Array[]> {
  const { records } = dataset;
  const classes = dataset.classes.length;
  const source = JSON.stringify(["probes of folds 1", C, backbone.name, backbone.version, engine.current().label]);
  const content = (part: readonly number[]) => part.map((i) => [records[i].hash, records[i].label]);
  const keys = folds.map(({ train, validation }) =>
    createHash("sha256").update(JSON.stringify([classes, content(train), content(validation)])).digest("hex")
  );
  const storeFor = ({ validation }: Pick<Fold, "validation">) => new FeatureStore(source, validation.length * classes);
  const results: (Float32Array | null)[] = folds.map((fold, i) => {
    using store = storeFor(fold);
    return store.load(keys[i]);
  });
  const missing = [...folds.keys()].filter((i) => results[i] === null);
  if (missing.length === 0) return results as Float32Array[];

  const touched = new Set(missing.flatMap((i) => [...folds[i].train, ...folds[i].validation]));
  const needed = {
    name: dataset.name,
    records,
    development: dataset.development.filter((i) => touched.has(i)),
    pixels: (...of: Parameters<ProbeableImages["pixels"]>) => dataset.pixels(...of),
  };
  const seen = await features(needed, backbone, options);
  const row = new Map(seen.images.map((image, i) => [image, i]));
  using stop = onInterrupt();
  const bar = options.onProgress ? null : progress({ label: `Probing ${backbone.name}`, total: missing.length });
  const pause = async () => {
    await breathe();
    if (stop.stopRequested()) throw new Interrupted("Stopped while probes were fitted; finished ones are kept");
  };
  try {
    const products = await innerProducts(seen.values, seen.images.length, pause);
    for (const [done, i] of missing.entries()) {
      const { train, validation } = folds[i];
      const rows = (part: readonly number[]) => part.map((image) => row.get(image)!);
      const coordinates = spanned(products, rows(train), rows(validation));
      const labels = Int32Array.from(train, (image) => records[image].label);
      const model = await fitSoftmaxRegression(coordinates.train, labels, classes, {
        l2: 1 / (C * train.length),
        pause,
      });
      const probabilities = Float32Array.from(predictSoftmaxRegression(model, coordinates.other));
      using store = storeFor(folds[i]);
      store.save([keys[i]], probabilities);
      results[i] = probabilities;
      bar?.update(done + 1);
      await pause();
    }
  } finally {
    await bar?.finish();
  }
  return results as Float32Array[];
}
