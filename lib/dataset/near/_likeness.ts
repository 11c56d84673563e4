import { LOOK, type Looks } from "../looks.ts";
import type { Fit } from "./_views.ts";
import { sampled, type Window } from "./_window.ts";

/** How alike two pictures are once one is laid over the other. */
export interface Likeness {
  /**
   * Correlation of the pixels, all channels together, after the crop and the change of brightness that fit best: 1 for
   * the same picture.
   */
  readonly correlation: number;
  /** Root mean square difference in that sixteenth of the picture that differs most, of 255. */
  readonly worstBlock: number;
}

const COARSE = 16;
/** Fits so well that the crop needs no refining. */
const SURE = 0.995;

/**
 * Lays picture `j` over picture `i`, taking the crop and mirroring that fit best.
 *
 * @param start What fits best of the windows that were tried.
 */
export function likeness(looks: Looks, i: number, j: number, start: Fit): Likeness {
  const fitOf = (a: Window, b: Window): Fit => {
    const { correlation } = fit(sampled(looks, i, a, COARSE), sampled(looks, j, b, COARSE));
    return { a, b, correlation };
  };
  const first = fitOf(start.a, start.b);
  const { a, b } = first.correlation < SURE ? refined(first, fitOf) : first;
  return compare(sampled(looks, i, a, LOOK), sampled(looks, j, b, LOOK));
}

/** Moves the cut window in smaller and smaller steps as long as that fits better. */
function refined(start: Fit, fitOf: (a: Window, b: Window) => Fit): Fit {
  let best = start;
  for (const step of [0.03, 0.015, 0.008]) {
    for (let moved = true, moves = 0; moved && moves < 4; moves++) {
      moved = false;
      const { a, b } = best;
      const inFirst = a.side <= b.side;
      for (const next of neighbours(inFirst ? a : b, step)) {
        const other = inFirst ? fitOf(next, b) : fitOf(a, next);
        if (other.correlation > best.correlation + 1e-6) {
          best = other;
          moved = true;
        }
      }
    }
  }
  return best;
}

function neighbours({ x, y, side, mirrored }: Window, step: number): Window[] {
  const candidates: [number, number, number][] = [
    [x - step, y, side],
    [x + step, y, side],
    [x, y - step, side],
    [x, y + step, side],
    [x, y, side - step],
    [x - step, y - step, side + step],
    [x, y, side + step],
  ];
  return candidates
    .filter(([left, top, length]) => left >= 0 && top >= 0 && left + length <= 1 && top + length <= 1 && length > 0.8)
    .map(([left, top, length]) => ({ x: left, y: top, side: length, mirrored }));
}

/** The gain and offset that bring `a` closest to `b`, and how well that fits. */
function fit(a: Float32Array, b: Float32Array): { correlation: number; gain: number; offset: number } {
  const n = a.length;
  let sumA = 0, sumB = 0, squaresA = 0, squaresB = 0, products = 0;
  for (let p = 0; p < n; p++) {
    sumA += a[p];
    sumB += b[p];
    squaresA += a[p] * a[p];
    squaresB += b[p] * b[p];
    products += a[p] * b[p];
  }
  const varianceA = squaresA - sumA * sumA / n, varianceB = squaresB - sumB * sumB / n;
  const together = products - sumA * sumB / n;
  // Pictures of one colour have no shape that could correlate.
  if (varianceA < n || varianceB < n) return { correlation: 0, gain: 1, offset: (sumB - sumA) / n };
  const gain = together / varianceA;
  return { correlation: together / Math.sqrt(varianceA * varianceB), gain, offset: (sumB - gain * sumA) / n };
}

function compare(a: Float32Array, b: Float32Array): Likeness {
  const { correlation, gain, offset } = fit(a, b);
  const block = LOOK / 4;
  let worst = 0;
  for (let top = 0; top < LOOK; top += block) {
    for (let left = 0; left < LOOK; left += block) {
      let sum = 0;
      for (let y = top; y < top + block; y++) {
        for (let at = (y * LOOK + left) * 3, end = at + block * 3; at < end; at++) {
          sum += (gain * a[at] + offset - b[at]) ** 2;
        }
      }
      worst = Math.max(worst, sum / (block * block * 3));
    }
  }
  return { correlation, worstBlock: Math.sqrt(worst) };
}
