import { createHash } from "node:crypto";
import type { Dataset, Fold } from "../../dataset/mod.ts";
import type { Backbone } from "../../model/mod.ts";
import { features, fitLinearHead, keptNumbers, PROBE_C, type SoftmaxRegression } from "../../train/mod.ts";
import { classActivation } from "./class_activation.ts";
import type { HeatMap } from "./heat_map.ts";
import type { Mapper } from "./mistake_maps.ts";

/**
 * Class activation maps of logistic regression on the averaged features of a frozen backbone, as `linearProbe` fits it:
 * each image is mapped with the head of the fold that did not train on it. Maps are kept on disk.
 *
 * @param folds As for `linearProbe`; an image that none of them validates on cannot be mapped.
 */
export function activationMapper(images: Dataset, backbone: Backbone, folds: readonly Fold[]): Mapper {
  const averaged = backbone.poolings.join() === "average" ? backbone : backbone.choose({ poolings: ["average"] });
  const heads = new Map<Fold, Promise<SoftmaxRegression>>();
  return {
    method: "where frozen features speak for a class (class activation)",
    async map(image, labels) {
      const fold = folds.find(({ validation }) => validation.includes(image));
      if (fold === undefined) throw new RangeError(`Cannot map image ${image}: no fold was measured on it`);
      const key = keyOf(images, averaged, fold, image, labels);
      return unpacked(
        await keptNumbers(key, async () => {
          if (!heads.has(fold)) heads.set(fold, headOf(images, averaged, fold));
          const head = await heads.get(fold)!;
          const pixels = await images.pixels([image], { size: averaged.size, keep: false });
          const maps = await averaged.maps(pixels, 1);
          return packed(labels.map((label) => classActivation(maps, head, label)));
        }),
        labels.length,
      );
    },
  };
}

async function headOf(images: Dataset, backbone: Backbone, { train }: Fold): Promise<SoftmaxRegression> {
  const { images: all, values, dimensions } = await features(images, backbone);
  const rowOf = new Map(all.map((image, row) => [image, row]));
  const rows = new Float32Array(train.length * dimensions);
  train.forEach((image, i) => {
    const row = rowOf.get(image)! * dimensions;
    rows.set(values.subarray(row, row + dimensions), i * dimensions);
  });
  // A map needs no exact probabilities: a third of the steps give the same places.
  const options = { l2: 1 / (PROBE_C * train.length), iterations: 100 };
  return await fitLinearHead(rows, images.labels(train), images.classes.length, options);
}

/** All maps have one size: it is the first number of each. */
function packed(maps: readonly HeatMap[]): Float32Array {
  return Float32Array.from(maps.flatMap(({ height, width, values }) => [height, width, ...values]));
}

function unpacked(numbers: Float32Array, n: number): HeatMap[] {
  const length = numbers.length / n;
  return Array.from({ length: n }, (_, i) => {
    const [height, width, ...values] = numbers.subarray(i * length, (i + 1) * length);
    return { height, width, values: Float32Array.from(values) };
  });
}

function keyOf(images: Dataset, { name, version }: Backbone, fold: Fold, image: number, labels: readonly number[]) {
  const { records, classes } = images;
  const content = fold.train.map((i) => [records[i].hash, records[i].label]);
  return createHash("sha256").update(
    JSON.stringify(["class activation 1", name, version, classes.length, content, records[image].hash, labels]),
  ).digest("hex");
}
