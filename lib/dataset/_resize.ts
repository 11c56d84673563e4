/** How one axis of a picture is brought to another length: which pixels each new one covers, and how much of each. */
interface Cover {
  readonly first: Int32Array;
  /** [to, most] */
  readonly weights: Float32Array;
  readonly most: number;
}

/** Brings RGB pictures [from, from, 3] to [to, to, 3], each new pixel the mean of the area it covers. */
export class Resizer {
  readonly #from: number;
  readonly #to: number;
  readonly #cover: Cover;
  readonly #rows: Float32Array;

  constructor(from: number, to: number) {
    this.#from = from;
    this.#to = to;
    this.#cover = cover(from, to);
    this.#rows = new Float32Array(to * from * 3);
  }

  /** @param out [to, to, 3] */
  resize(pixels: Uint8Array, out: Uint8Array): void {
    const from = this.#from, to = this.#to;
    if (from === to) return out.set(pixels);
    const { first, weights, most } = this.#cover;
    const rows = this.#rows.fill(0);
    const line = from * 3;
    for (let y = 0; y < to; y++) {
      for (let m = 0; m < most; m++) {
        const weight = weights[y * most + m];
        if (weight === 0) continue;
        const start = (first[y] + m) * line;
        for (let x = 0; x < line; x++) rows[y * line + x] += weight * pixels[start + x];
      }
    }
    for (let y = 0; y < to; y++) {
      for (let x = 0; x < to; x++) {
        let red = 0, green = 0, blue = 0;
        for (let m = 0; m < most; m++) {
          const weight = weights[x * most + m];
          if (weight === 0) continue;
          const at = y * line + (first[x] + m) * 3;
          red += weight * rows[at];
          green += weight * rows[at + 1];
          blue += weight * rows[at + 2];
        }
        const at = (y * to + x) * 3;
        out[at] = Math.round(red);
        out[at + 1] = Math.round(green);
        out[at + 2] = Math.round(blue);
      }
    }
  }
}

function cover(from: number, to: number): Cover {
  const scale = from / to;
  const most = Math.ceil(scale) + 1;
  const first = new Int32Array(to);
  const weights = new Float32Array(to * most);
  for (let i = 0; i < to; i++) {
    const start = i * scale, end = start + scale;
    first[i] = Math.floor(start);
    for (let m = 0; m < most; m++) {
      const pixel = first[i] + m;
      const area = Math.min(pixel + 1, end) - Math.max(pixel, start);
      // Rounding may let a pixel begin a hair after the last one ends.
      if (area > 1e-9 && pixel < from) weights[i * most + m] = area / scale;
    }
  }
  return { first, weights, most };
}
