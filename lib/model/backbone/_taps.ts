import type { Network, RawMap, Step } from "./_network.ts";
import type { Tap } from "./types.ts";

/**
 * Names of the values that one layer passes on to the next, from the input to the output: what comes after activation,
 * normalisation and a residual sum, and before the next convolution, pooling or joining.
 */
export function passedOn({ steps, outputs }: Pick<Network, "steps" | "outputs">): string[] {
  const taken = new Set(outputs);
  for (const { kind, inputs } of steps) {
    if (kind !== "other") inputs.forEach((input) => taken.add(input));
  }
  return steps.flatMap(({ kind, outputs }) =>
    kind === "passing" ? [] : outputs.slice(0, 1).filter((o) => taken.has(o))
  );
}

/** A tap with the size of its map. */
export interface SizedTap extends Tap {
  readonly height: number;
  readonly width: number;
}

export function sized(names: readonly string[], maps: readonly (RawMap | null)[]): SizedTap[] {
  return names.flatMap((node, i) => {
    const map = maps[i];
    return map === null || map.channels < 2
      ? []
      : [{ node, channels: map.channels, height: map.height, width: map.width }];
  });
}

/** Numbers of classes of the data sets that networks are usually trained on: ImageNet, its 21k, COCO, Places, CIFAR. */
const CLASSES = [1000, 1001, 21841, 21843, 11221, 80, 91, 365, 100, 10];

/**
 * The usual taps: the last map before the classifier, and the last one of twice its height. Scores for classes say less
 * than what they are computed from, so a map after which no weights come counts only where the network has no classifier.
 */
export function usualTaps(available: readonly SizedTap[], steps: readonly Step[]): SizedTap[] {
  const weightsAfter = weighted(steps);
  const spatial = available.filter(({ height, width }) => height * width > 1);
  const before = spatial.filter(({ node, channels }) => weightsAfter.has(node) || !CLASSES.includes(channels));
  const last = before.at(-1) ?? spatial.at(-1) ?? available.filter(({ node }) => weightsAfter.has(node)).at(-1) ??
    available.at(-1);
  if (last === undefined) return [];
  const larger = before.findLast(({ height }) => height >= 1.7 * last.height);
  return larger === undefined ? [last] : [larger, last];
}

/** Values on whose way to an output weights are still to come. */
function weighted(steps: readonly Step[]): Set<string> {
  const found = new Set<string>();
  for (const { kind, inputs, outputs } of steps.toReversed()) {
    if (kind === "weights" || outputs.some((output) => found.has(output))) inputs.forEach((input) => found.add(input));
  }
  return found;
}
