import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/**
 * A seeded stream of random numbers. Every random choice of the workbench comes from one of these, so the same seed
 * gives the same result.
 *
 * ```ts
 * import { Random } from "./random.ts";
 *
 * const a = new Random(1).shuffled([1, 2, 3, 4]);
 * const b = new Random(1).shuffled([1, 2, 3, 4]);
 * console.assert(a.join() === b.join());
 * ```
 */
export class Random {
  readonly #generator;

  /** @param seed Any number or text; texts name independent streams, as in `new Random(`${seed}/folds`)`. */
  constructor(seed: number | string) {
    this.#generator = xoroshiro128plus(hash32(String(seed)));
  }

  /** A number from [0, 1). */
  next(): number {
    return uniformFloat64(this.#generator);
  }

  /** An integer from [0, below). `below` is at least 1. */
  integer(below: number): number {
    return uniformInt(this.#generator, 0, below - 1);
  }

  /** A sample of the standard normal distribution (Box and Muller 1958). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    return radius * Math.cos(2 * Math.PI * this.next());
  }

  /** A shuffled copy (Fisher and Yates). */
  shuffled<T>(items: Iterable<T>): T[] {
    const copy = [...items];
    for (let last = copy.length - 1; last > 0; last--) {
      const other = this.integer(last + 1);
      [copy[last], copy[other]] = [copy[other], copy[last]];
    }
    return copy;
  }
}

/** FNV-1a with a final avalanche, so that neighbouring seeds start unrelated streams. */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) | 0;
}
