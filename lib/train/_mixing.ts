import { Random } from "../stats/mod.ts";
import type { TrainingConfig } from "./types.ts";

/** A batch as numbers. */
export interface Numbers {
  /** [n, size, size, 3] */
  readonly inputs: Float32Array;
  /** [n, K] */
  readonly targets: Float32Array;
  readonly n: number;
  readonly size: number;
}

/**
 * Blends each image of a batch with another one of it, and their targets likewise: mixup (Zhang et al. 2018) by a
 * weighted sum, cutmix (Yun et al. 2019) by a box. Changes both arrays.
 */
export function mix(batch: Numbers, { mixup, cutmix }: Pick<TrainingConfig, "mixup" | "cutmix">, random: Random): void {
  const both = mixup !== undefined && cutmix !== undefined;
  const blending = mixup !== undefined && (!both || random.next() < 0.5);
  const chosen = blending ? mixup : cutmix;
  if (chosen === undefined) return;
  const share = beta(chosen.alpha, random);
  const partners = random.shuffled(Array.from({ length: batch.n }, (_, i) => i));
  const { inputs, targets, n, size } = batch;
  const own = blending ? blend(inputs, partners, share, n) : paste(inputs, partners, share, { n, size, random });
  blend(targets, partners, own, n);
}

/** Each row becomes `share` of itself and the rest of its partner. Returns the share. */
function blend(rows: Float32Array, partners: readonly number[], share: number, n: number): number {
  const before = rows.slice(), length = rows.length / n;
  for (let i = 0; i < n; i++) {
    const other = partners[i] * length;
    for (let j = 0; j < length; j++) {
      rows[i * length + j] = share * before[i * length + j] + (1 - share) * before[other + j];
    }
  }
  return share;
}

/** Each image gets a box of its partner, about `1 - share` of its area. Returns the share that is left of itself. */
function paste(
  images: Float32Array,
  partners: readonly number[],
  share: number,
  { n, size, random }: { n: number; size: number; random: Random },
): number {
  const before = images.slice(), stride = size * size * 3;
  const half = Math.sqrt(1 - share) * size / 2;
  const along = () => {
    const centre = random.next() * size;
    return [Math.max(0, Math.round(centre - half)), Math.min(size, Math.round(centre + half))];
  };
  const [top, bottom] = along(), [left, right] = along();
  for (let i = 0; i < n; i++) {
    for (let y = top; y < bottom; y++) {
      const from = (y * size + left) * 3, to = (y * size + right) * 3;
      images.set(before.subarray(partners[i] * stride + from, partners[i] * stride + to), i * stride + from);
    }
  }
  return 1 - (bottom - top) * (right - left) / size ** 2;
}

/** A draw from Beta(alpha, alpha), by Johnk's method (1964): quick for the small alphas that are used here. */
export function beta(alpha: number, random: Random): number {
  for (;;) {
    const x = random.next() ** (1 / alpha), y = random.next() ** (1 / alpha);
    if (x + y <= 1 && x + y > 0) return x / (x + y);
  }
}
