import type { Random } from "../stats/mod.ts";
import type { ColourOperation } from "./types.ts";

/** What red, green and blue add to lightness (ITU-R BT.601). */
const RED = 0.299, GREEN = 0.587, BLUE = 0.114;

/** A change of colours, the same all over an image: a 3x3 matrix and three offsets. */
export class Colours {
  /** [3, 4], row by row: what red, green, blue and 1 add to each channel. */
  readonly #matrix = new Float64Array(12);
  #still = true;

  constructor() {
    this.reset();
  }

  reset(): void {
    this.#matrix.fill(0);
    this.#matrix[0] = this.#matrix[5] = this.#matrix[10] = 1;
    this.#still = true;
  }

  /** Whether nothing changes. */
  get still(): boolean {
    return this.#still;
  }

  /** Adds an operation, with its amount drawn. `lightness` is the mean one of the image, as it was. */
  draw(operation: ColourOperation, lightness: () => number, random: Random): void {
    const amount = 2 * random.next() - 1;
    switch (operation.kind) {
      case "brightness":
        return this.brightness(1 + operation.by * amount);
      case "contrast":
        return this.contrast(1 + operation.by * amount, lightness());
      case "saturation":
        return this.saturation(1 + operation.by * amount);
      case "hue":
        return this.hue(operation.degrees * amount);
    }
  }

  brightness(factor: number): void {
    this.#then([factor, 0, 0, 0, factor, 0, 0, 0, factor], 0);
  }

  /** @param lightness The mean lightness of the image before all changes. */
  contrast(factor: number, lightness: number): void {
    // What went before has changed the mean, the same way as it changes a grey of that lightness.
    const m = this.#matrix;
    const channel = (row: number) => (m[row] + m[row + 1] + m[row + 2]) * lightness + m[row + 3];
    const mean = RED * channel(0) + GREEN * channel(4) + BLUE * channel(8);
    this.#then([factor, 0, 0, 0, factor, 0, 0, 0, factor], (1 - factor) * mean);
  }

  saturation(factor: number): void {
    const [r, g, b] = [RED, GREEN, BLUE].map((share) => (1 - factor) * share);
    this.#then([r + factor, g, b, r, g + factor, b, r, g, b + factor], 0);
  }

  /** Turns the plane of colours of one lightness: that of YIQ, approximately that of hue, and linear. */
  hue(degrees: number): void {
    const cos = Math.cos(degrees * Math.PI / 180), sin = Math.sin(degrees * Math.PI / 180);
    this.#then([
      RED + 0.701 * cos + 0.168 * sin,
      GREEN - 0.587 * cos + 0.33 * sin,
      BLUE - 0.114 * cos - 0.498 * sin,
      RED - 0.299 * cos - 0.328 * sin,
      GREEN + 0.413 * cos + 0.035 * sin,
      BLUE - 0.114 * cos + 0.293 * sin,
      RED - 0.299 * cos + 1.25 * sin,
      GREEN - 0.587 * cos - 1.05 * sin,
      BLUE + 0.886 * cos - 0.2 * sin,
    ], 0);
  }

  /** Changes [size, size, 3] values from `at` on, in place, and keeps them between 0 and `white`. */
  apply(values: Float32Array, at: number, length: number, white: number): void {
    const [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11] = this.#matrix;
    for (let i = at; i < at + length; i += 3) {
      const r = values[i], g = values[i + 1], b = values[i + 2];
      const red = m0 * r + m1 * g + m2 * b + m3;
      const green = m4 * r + m5 * g + m6 * b + m7;
      const blue = m8 * r + m9 * g + m10 * b + m11;
      values[i] = red < 0 ? 0 : red > white ? white : red;
      values[i + 1] = green < 0 ? 0 : green > white ? white : green;
      values[i + 2] = blue < 0 ? 0 : blue > white ? white : blue;
    }
  }

  /** Does `by` [3, 3] after what is there, and adds `offset` to all channels. */
  #then(by: readonly number[], offset: number): void {
    const m = this.#matrix, before = m.slice();
    for (let row = 0; row < 3; row++) {
      for (let column = 0; column < 4; column++) {
        m[row * 4 + column] = by[row * 3] * before[column] + by[row * 3 + 1] * before[4 + column] +
          by[row * 3 + 2] * before[8 + column];
      }
      m[row * 4 + 3] += offset;
    }
    this.#still = false;
  }
}

/** Mean lightness of [size, size, 3] values from `at` on. */
export function meanLightness(values: Float32Array, at: number, length: number): number {
  let red = 0, green = 0, blue = 0;
  for (let i = at; i < at + length; i += 3) {
    red += values[i];
    green += values[i + 1];
    blue += values[i + 2];
  }
  return (RED * red + GREEN * green + BLUE * blue) / (length / 3);
}
