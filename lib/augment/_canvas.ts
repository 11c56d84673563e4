import { Colours, meanLightness } from "./_colours.ts";
import { Geometry } from "./_geometry.ts";

/**
 * One image of a batch while it is varied. Changes of geometry and of colour are gathered, and made in one pass each when
 * something else needs the values, or at the end.
 */
export class Canvas {
  readonly geometry = new Geometry();
  readonly colours = new Colours();
  readonly #images: Float32Array | Uint8Array;
  readonly #varied: Float32Array;
  readonly #length: number;
  #scratch: Float32Array | null = null;
  #at = 0;
  /** Whether the image is among the varied ones already. */
  #there = false;

  /**
   * @param images [n, size, size, 3]
   * @param varied The same, to be filled.
   * @param white The value of white.
   */
  constructor(
    images: Float32Array | Uint8Array,
    varied: Float32Array,
    readonly size: number,
    readonly white: number,
  ) {
    this.#images = images;
    this.#varied = varied;
    this.#length = size * size * 3;
  }

  /** Goes on to the image that starts there. */
  begin(at: number): void {
    this.#at = at;
    this.#there = false;
    this.geometry.reset();
    this.colours.reset();
  }

  /** Makes what was gathered of the geometry. Called before colours change, which come after it. */
  moved(): void {
    const { geometry, size } = this;
    if (this.#there && geometry.still) return;
    if (this.#there) {
      this.#scratch ??= new Float32Array(this.#length);
      this.#scratch.set(this.#varied.subarray(this.#at, this.#at + this.#length));
      geometry.move(this.#scratch, 0, this.#varied, this.#at, size);
    } else if (geometry.still) {
      this.#varied.set(this.#images.subarray(this.#at, this.#at + this.#length), this.#at);
    } else {
      geometry.move(this.#images, this.#at, this.#varied, this.#at, size);
    }
    this.#there = true;
    geometry.reset();
  }

  /** Makes what was gathered of the colours. Called before pixels move, which come after it. */
  coloured(): void {
    if (this.colours.still) return;
    this.moved();
    this.colours.apply(this.#varied, this.#at, this.#length, this.white);
    this.colours.reset();
  }

  /** Makes all that was gathered, and gives the values with the place where the image starts. */
  painted(): readonly [values: Float32Array, at: number] {
    this.coloured();
    this.moved();
    return [this.#varied, this.#at];
  }

  /** Mean lightness before the colours that are gathered. */
  lightness(): number {
    this.moved();
    return meanLightness(this.#varied, this.#at, this.#length);
  }
}
