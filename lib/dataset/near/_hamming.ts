import type { Hashes } from "./_hash.ts";

/** Two images whose hashes are close. */
export interface Candidate {
  readonly i: number;
  /** Smaller than `i`. */
  readonly j: number;
  /** Bits that differ, 0 to 64. */
  readonly bits: number;
}

/** Comparisons between two pauses: some tenths of a second. */
const BETWEEN_PAUSES = 20_000_000;

/**
 * All pairs (i, j), j < i, of which hash i of `a` and hash j of `b`, or the other way round, differ in `radius` bits at
 * most.
 *
 * Every pair is looked at: with 64 bits and such a radius, trees and bands visit nearly everything too, and a
 * comparison takes 7 ns (200 million pairs of 20,000 images: 1.5 s).
 *
 * @param keep Called with each; must not grow without bound.
 */
export async function closePairs(
  a: Hashes,
  b: Hashes,
  radius: number,
  keep: (i: number, j: number, bits: number) => void,
): Promise<void> {
  const n = a.length / 2;
  const oneWay = a === b;
  let since = 0;
  for (let i = 1; i < n; i++) {
    const a0 = a[2 * i], a1 = a[2 * i + 1], b0 = b[2 * i], b1 = b[2 * i + 1];
    for (let j = 0; j < i; j++) {
      let bits = ones(a0 ^ b[2 * j]) + ones(a1 ^ b[2 * j + 1]);
      if (!oneWay) bits = Math.min(bits, ones(b0 ^ a[2 * j]) + ones(b1 ^ a[2 * j + 1]));
      if (bits <= radius) keep(i, j, bits);
    }
    if ((since += i) > BETWEEN_PAUSES) {
      since = 0;
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }
}

/** Bits that are set. */
function ones(word: number): number {
  word -= (word >>> 1) & 0x55555555;
  word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
  return Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
