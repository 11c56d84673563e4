import type { Random } from "../stats/mod.ts";
import type { GeometricOperation } from "./types.ts";

/**
 * Where each pixel of the varied image comes from: x' = a x + b y + c, y' = d x + e y + f, both measured from the centre
 * of the image, in pixels.
 */
export class Geometry {
  a = 1;
  b = 0;
  c = 0;
  d = 0;
  e = 1;
  f = 0;

  /** Nothing moves. */
  reset(): void {
    this.a = this.e = 1;
    this.b =
      this.c =
      this.d =
      this.f =
        0;
  }

  /** Whether nothing moves. */
  get still(): boolean {
    return this.a === 1 && this.e === 1 && this.b === 0 && this.c === 0 && this.d === 0 && this.f === 0;
  }

  /** Looks first where the next operation takes a pixel from, and then where this one does. */
  then(a: number, b: number, c: number, d: number, e: number, f: number): void {
    const { a: p, b: q, d: r, e: s } = this;
    this.c += p * c + q * f;
    this.f += r * c + s * f;
    this.a = p * a + q * d;
    this.b = p * b + q * e;
    this.d = r * a + s * d;
    this.e = r * b + s * e;
  }

  /** Adds an operation, with its amount drawn. */
  draw(operation: GeometricOperation, size: number, random: Random): void {
    switch (operation.kind) {
      case "flip":
        return operation.axis === "horizontal" ? this.then(-1, 0, 0, 0, 1, 0) : this.then(1, 0, 0, 0, -1, 0);
      case "rotate":
        return this.rotate(operation.degrees * (2 * random.next() - 1));
      case "scale": {
        const factor = (1 + operation.by) ** (2 * random.next() - 1);
        return this.then(1 / factor, 0, 0, 0, 1 / factor, 0);
      }
      case "translate": {
        const reach = Math.round(operation.by * size);
        const within = () => random.integer(2 * reach + 1) - reach;
        return this.then(1, 0, within(), 0, 1, within());
      }
      case "shear": {
        const slope = Math.tan(operation.degrees * Math.PI / 180) * (2 * random.next() - 1);
        return random.next() < 0.5 ? this.then(1, slope, 0, 0, 1, 0) : this.then(1, 0, 0, slope, 1, 0);
      }
      case "crop": {
        const side = Math.sqrt(operation.least + (1 - operation.least) * random.next());
        const room = () => (1 - side) * size * (random.next() - 0.5);
        return this.then(side, 0, room(), 0, side, room());
      }
    }
  }

  /** Turns about the centre. */
  rotate(degrees: number): void {
    const cos = Math.cos(degrees * Math.PI / 180), sin = Math.sin(degrees * Math.PI / 180);
    this.then(cos, sin, 0, -sin, cos, 0);
  }

  /**
   * Makes the varied image; beyond its edges, an image repeats them.
   *
   * @param from RGB values, [size, size, 3] from `start`.
   * @param to [size, size, 3] from `at`.
   */
  move(from: Float32Array | Uint8Array, start: number, to: Float32Array, at: number, size: number): void {
    const { a, b, c, d, e, f } = this;
    const whole = b === 0 && d === 0 && Math.abs(a) === 1 && Math.abs(e) === 1 && Number.isInteger(c) &&
      Number.isInteger(f);
    if (whole) this.#copy(from, start, to, at, size);
    else this.#interpolate(from, start, to, at, size);
  }

  /** Mirrored or shifted by whole pixels, as most images are: no arithmetic on values. */
  #copy(from: Float32Array | Uint8Array, start: number, to: Float32Array, at: number, size: number): void {
    const last = size - 1;
    for (let y = 0; y < size; y++) {
      const row = start + clamp((this.e > 0 ? y : last - y) + this.f, last) * size * 3;
      const step = this.a;
      let x = (step > 0 ? 0 : last) + this.c;
      for (let i = 0; i < size; i++, x += step, at += 3) {
        const source = row + (x < 0 ? 0 : x > last ? last : x) * 3;
        to[at] = from[source];
        to[at + 1] = from[source + 1];
        to[at + 2] = from[source + 2];
      }
    }
  }

  /** The mean of the four pixels around each place, by how near they are. */
  #interpolate(from: Float32Array | Uint8Array, start: number, to: Float32Array, at: number, size: number): void {
    const { a, b, c, d, e, f } = this;
    const last = size - 1, centre = last / 2, line = size * 3;
    for (let v = 0; v < size; v++) {
      let x = -a * centre + b * (v - centre) + c + centre;
      let y = -d * centre + e * (v - centre) + f + centre;
      for (let u = 0; u < size; u++, x += a, y += d, at += 3) {
        const within = x < 0 ? 0 : x > last ? last : x, below = y < 0 ? 0 : y > last ? last : y;
        const column = within | 0, row = below | 0;
        const right = within - column, down = below - row;
        const here = start + row * line + column * 3;
        const next = column < last ? here + 3 : here;
        const under = row < last ? line : 0;
        const w11 = right * down, w01 = right - w11, w10 = down - w11, w00 = 1 - right - w10;
        to[at] = w00 * from[here] + w01 * from[next] + w10 * from[here + under] + w11 * from[next + under];
        to[at + 1] = w00 * from[here + 1] + w01 * from[next + 1] + w10 * from[here + under + 1] +
          w11 * from[next + under + 1];
        to[at + 2] = w00 * from[here + 2] + w01 * from[next + 2] + w10 * from[here + under + 2] +
          w11 * from[next + under + 2];
      }
    }
  }
}

function clamp(position: number, last: number): number {
  return position < 0 ? 0 : position > last ? last : position;
}
