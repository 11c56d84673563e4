import { Random } from "../../stats/mod.ts";
import { LOOK, LOOK_LENGTH, type Looks } from "../looks.ts";

/** How much more alike images of one group are than others of the same classes. */
export interface Evidence {
  /** Pairs within groups that were compared. */
  readonly pairs: number;
  /** Share of them that are more alike than a random pair of the same classes: 0.5 where groups say nothing. */
  readonly closer: number;
  /** Of a permutation test; at best 1 in 1,000. */
  readonly p: number;
}

const SIDE = 8;
const LENGTH = SIDE * SIDE * 3;
const MOST_PAIRS = 1000;
const SHUFFLES = 999;

/** Distances between pictures at 8x8, and whether the pairs of a pattern are closer than strangers. */
export class Resemblance {
  readonly #small: Float32Array;
  readonly #labels: Int32Array;
  readonly #byClass: number[][];

  /** @param images Whose labels may be used; pairs with others are left out. */
  constructor(looks: Looks, images: readonly number[], labels: Int32Array, classes: number) {
    this.#small = shrunken(looks);
    this.#labels = new Int32Array(looks.length / LOOK_LENGTH).fill(-1);
    this.#byClass = Array.from({ length: classes }, () => []);
    for (const [row, image] of images.entries()) {
      this.#labels[image] = labels[row];
      this.#byClass[labels[row]].push(image);
    }
  }

  /** Root mean square difference of two pictures at 8x8, of 255. */
  distance(i: number, j: number): number {
    const small = this.#small;
    let sum = 0;
    for (let a = i * LENGTH, b = j * LENGTH, end = a + LENGTH; a < end; a++, b++) sum += (small[a] - small[b]) ** 2;
    return Math.sqrt(sum / LENGTH);
  }

  /** Half of all pairs of strangers are further apart. */
  typical(): number {
    const random = new Random("typical");
    const all = this.#byClass.flat();
    const distances = Array.from(
      { length: 1001 },
      () => this.distance(all[random.integer(all.length)], all[random.integer(all.length)]),
    );
    return distances.sort((a, b) => a - b)[500];
  }

  /** @returns null where no pair may be looked at. */
  evidence(all: readonly (readonly [number, number])[]): Evidence | null {
    const random = new Random("evidence");
    const known = all.filter(([i, j]) => this.#labels[i] >= 0 && this.#labels[j] >= 0);
    if (known.length === 0) return null;
    const pairs = known.length <= MOST_PAIRS ? known : random.shuffled(known).slice(0, MOST_PAIRS);
    const own = pairs.map(([i, j]) => this.distance(i, j));
    let closer = 0;
    for (const [p, [i, j]] of pairs.entries()) {
      const other = this.distance(this.#stranger(i, random), this.#stranger(j, random));
      closer += own[p] < other ? 1 : own[p] === other ? 0.5 : 0;
    }
    const observed = own.reduce((sum, distance) => sum + distance, 0);
    const involved = Map.groupBy(new Set(pairs.flat()), (image) => this.#labels[image]);
    const now = new Int32Array(this.#labels.length);
    let asClose = 0;
    for (let shuffle = 0; shuffle < SHUFFLES; shuffle++) {
      this.#deal(involved, now, random);
      let sum = 0;
      // Cannot become small enough any more: no need to go on.
      for (let p = 0; p < pairs.length && sum <= observed; p++) {
        sum += this.distance(now[pairs[p][0]], now[pairs[p][1]]);
      }
      if (sum <= observed) asClose++;
    }
    return { pairs: known.length, closer: closer / pairs.length, p: (asClose + 1) / (SHUFFLES + 1) };
  }

  #stranger(image: number, random: Random): number {
    const own = this.#byClass[this.#labels[image]];
    return own[random.integer(own.length)];
  }

  /** Puts each image in the place of another one of its class; the beginning of a shuffle is enough for those involved. */
  #deal(involved: ReadonlyMap<number, readonly number[]>, now: Int32Array, random: Random): void {
    for (const [label, images] of involved) {
      const pool = this.#byClass[label];
      images.forEach((image, i) => {
        const other = i + random.integer(pool.length - i);
        [pool[i], pool[other]] = [pool[other], pool[i]];
        now[image] = pool[i];
      });
    }
  }
}

function shrunken(looks: Looks): Float32Array {
  const n = looks.length / LOOK_LENGTH, scale = LOOK / SIDE;
  const small = new Float32Array(n * LENGTH);
  for (let i = 0; i < n; i++) {
    for (let y = 0; y < LOOK; y++) {
      for (let x = 0; x < LOOK; x++) {
        const from = i * LOOK_LENGTH + (y * LOOK + x) * 3;
        const to = i * LENGTH + (Math.floor(y / scale) * SIDE + Math.floor(x / scale)) * 3;
        for (let c = 0; c < 3; c++) small[to + c] += looks[from + c] / scale ** 2;
      }
    }
  }
  return small;
}
