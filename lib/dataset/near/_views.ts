import { LOOK_LENGTH, type Looks } from "../looks.ts";
import { cutouts, MIRRORED, sampled, WHOLE, type Window } from "./_window.ts";

/** One picture's window laid over the other's, and how well that fits. */
export interface Fit {
  readonly a: Window;
  readonly b: Window;
  readonly correlation: number;
}

/** What is tried: the whole, mirrored, and cut by up to a seventh of the side. */
const WINDOWS: readonly Window[] = [WHOLE, MIRRORED, ...[0.94, 0.87].flatMap(cutouts)];
const SIDE = 8;
const CELLS = SIDE * SIDE;

/**
 * Brightness at 8x8 of some windows of every picture: each a row of mean 0 and length 1, so that a dot product is a
 * correlation. 3 kB per picture. Most pairs are told apart by these alone.
 */
export class Views {
  readonly #rows: Float32Array;

  constructor(looks: Looks) {
    const n = looks.length / LOOK_LENGTH;
    this.#rows = new Float32Array(n * WINDOWS.length * CELLS);
    for (let i = 0; i < n; i++) {
      for (const [w, window] of WINDOWS.entries()) {
        const start = (i * WINDOWS.length + w) * CELLS;
        greyInto(sampled(looks, i, window, 2 * SIDE), this.#rows.subarray(start, start + CELLS));
      }
    }
  }

  /** Correlation of the two whole pictures. */
  whole(i: number, j: number): number {
    return this.#dot(i, 0, j, 0);
  }

  /** The windows that fit best. */
  best(i: number, j: number): Fit {
    let best: Fit = { a: WHOLE, b: WHOLE, correlation: this.whole(i, j) };
    for (let w = 1; w < WINDOWS.length; w++) {
      const first = this.#dot(i, w, j, 0), second = this.#dot(i, 0, j, w);
      if (first > best.correlation) best = { a: WINDOWS[w], b: WHOLE, correlation: first };
      if (second > best.correlation) best = { a: WHOLE, b: WINDOWS[w], correlation: second };
    }
    return best;
  }

  #dot(i: number, v: number, j: number, w: number): number {
    const rows = this.#rows;
    const a = (i * WINDOWS.length + v) * CELLS, b = (j * WINDOWS.length + w) * CELLS;
    let sum = 0;
    for (let c = 0; c < CELLS; c++) sum += rows[a + c] * rows[b + c];
    return sum;
  }
}

/** @param pixels RGB [16, 16, 3] */
function greyInto(pixels: Float32Array, row: Float32Array): void {
  for (let p = 0; p < 4 * CELLS; p++) {
    const cell = (Math.floor(p / (2 * SIDE)) >> 1) * SIDE + (p % (2 * SIDE) >> 1);
    row[cell] += pixels[3 * p] + pixels[3 * p + 1] + pixels[3 * p + 2];
  }
  let mean = 0;
  for (let c = 0; c < CELLS; c++) mean += row[c] / CELLS;
  let squares = 0;
  for (let c = 0; c < CELLS; c++) squares += (row[c] -= mean) ** 2;
  const length = Math.sqrt(squares) || 1;
  for (let c = 0; c < CELLS; c++) row[c] /= length;
}
