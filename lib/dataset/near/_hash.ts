import { LOOK, LOOK_LENGTH, type Looks } from "../looks.ts";
import { sampled, WHOLE, type Window } from "./_window.ts";

/** Lowest frequencies kept in each direction. */
const FREQUENCIES = 8;

/** Cosines of the first eight frequencies [8, 32]. */
const COSINES = Float64Array.from({ length: FREQUENCIES * LOOK }, (_, i) => {
  const frequency = Math.floor(i / LOOK), x = i % LOOK;
  return Math.cos(Math.PI * frequency * (2 * x + 1) / (2 * LOOK));
});

/** Hashes of 64 bits, as two numbers of 32 bits each [n, 2]. */
export type Hashes = Int32Array;

/**
 * Perceptual hashes: the 64 lowest frequencies of the brightness (discrete cosine transform), each a bit that says
 * whether it is above their median. Encoding anew, scaling and making brighter hardly change it, since low frequencies
 * and their order stay; pictures that differ in shape differ in about half the bits.
 *
 * Zauner (2010), Implementation and Benchmarking of Perceptual Image Hash Functions, section 3.1 (pHash).
 *
 * @param window The part of each picture that is hashed.
 */
export function hashesOf(looks: Looks, window: Window = WHOLE): Hashes {
  const n = looks.length / LOOK_LENGTH;
  const hashes = new Int32Array(2 * n);
  const grey = new Float64Array(LOOK * LOOK);
  for (let i = 0; i < n; i++) {
    const pixels = window === WHOLE
      ? looks.subarray(i * LOOK_LENGTH, (i + 1) * LOOK_LENGTH)
      : sampled(looks, i, window, LOOK);
    for (let p = 0, at = 0; p < grey.length; p++, at += 3) {
      grey[p] = 0.299 * pixels[at] + 0.587 * pixels[at + 1] + 0.114 * pixels[at + 2];
    }
    hashInto(grey, hashes, 2 * i);
  }
  return hashes;
}

function hashInto(grey: Float64Array, hashes: Int32Array, at: number): void {
  const across = new Float64Array(LOOK * FREQUENCIES);
  for (let y = 0; y < LOOK; y++) {
    for (let f = 0; f < FREQUENCIES; f++) {
      let sum = 0;
      for (let x = 0; x < LOOK; x++) sum += grey[y * LOOK + x] * COSINES[f * LOOK + x];
      across[y * FREQUENCIES + f] = sum;
    }
  }
  const values = new Float64Array(FREQUENCIES * FREQUENCIES);
  for (let g = 0; g < FREQUENCIES; g++) {
    for (let f = 0; f < FREQUENCIES; f++) {
      let sum = 0;
      for (let y = 0; y < LOOK; y++) sum += across[y * FREQUENCIES + f] * COSINES[g * LOOK + y];
      values[g * FREQUENCIES + f] = sum;
    }
  }
  // The mean brightness is no part of the shape.
  values[0] = 0;
  bitsInto(values, median(values), hashes, at);
}

/** Sets the bits of 64 values that are above a threshold. */
export function bitsInto(values: Float64Array, threshold: number, hashes: Hashes, at: number): void {
  for (let bit = 0; bit < 64; bit++) if (values[bit] > threshold) hashes[at + (bit >> 5)] |= 1 << (bit & 31);
}

function median(values: Float64Array): number {
  const sorted = values.slice().sort();
  return (sorted[31] + sorted[32]) / 2;
}
