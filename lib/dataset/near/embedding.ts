import { Random } from "../../stats/mod.ts";
import { DatasetError } from "../errors.ts";
import { closePairs } from "./_hamming.ts";
import { bitsInto } from "./_hash.ts";

/** What a network makes of every image: pictures of one thing lie close, even if no pixel is the same. */
export interface Embedding {
  /** As "MobileNetV3". */
  readonly name: string;
  /** Rows [n, d] in the order of `Dataset.records`; a row of zeros for an image that has none. */
  readonly values: Float32Array;
  /** Cosine from which on two images count as nearly the same; 0.97 by default. */
  readonly alike?: number;
}

/** Directions of the hash; 64 of them tell an angle to about 10 degrees. */
const BITS = 64;

/**
 * Pairs (i, j), j < i, whose cosine is at least `alike`. Found by random hyperplanes (Charikar 2002), then measured: the
 * hash leaves out about one in a thousand of those at the limit, and fewer of those above it.
 *
 * @param n Images.
 * @throws DatasetError where the rows do not fit the images.
 */
export async function embeddingPairs(
  { name, values, alike = 0.97 }: Embedding,
  n: number,
): Promise<{ i: number; j: number; cosine: number }[]> {
  if (n === 0 || values.length === 0 || values.length % n !== 0) {
    throw new DatasetError(
      `Cannot compare images by ${name}: it must have a row for each of the ${n} images, it has ${values.length} numbers`,
    );
  }
  const d = values.length / n;
  const unit = normalised(values, d);
  const random = new Random("planes");
  const planes = Float64Array.from({ length: BITS * d }, () => random.normal());
  const hashes = new Int32Array(2 * n);
  const sides = new Float64Array(BITS);
  for (let i = 0; i < n; i++) {
    for (let bit = 0; bit < BITS; bit++) {
      let sum = 0;
      for (let k = 0; k < d; k++) sum += planes[bit * d + k] * unit[i * d + k];
      sides[bit] = sum;
    }
    bitsInto(sides, 0, hashes, 2 * i);
  }
  // Bits differ as often as the angle's share of a half turn; three standard deviations more are let in.
  const share = Math.acos(Math.min(1, alike)) / Math.PI;
  const radius = Math.ceil(BITS * share + 3 * Math.sqrt(BITS * share * (1 - share)));
  const found: { i: number; j: number; cosine: number }[] = [];
  await closePairs(hashes, hashes, radius, (i, j) => {
    let cosine = 0;
    for (let k = 0; k < d; k++) cosine += unit[i * d + k] * unit[j * d + k];
    if (cosine >= alike) found.push({ i, j, cosine });
  });
  return found;
}

function normalised(values: Float32Array, d: number): Float32Array {
  const unit = values.slice();
  for (let start = 0; start < unit.length; start += d) {
    let squares = 0;
    for (let k = start; k < start + d; k++) squares += unit[k] ** 2;
    const length = Math.sqrt(squares) || 1;
    for (let k = start; k < start + d; k++) unit[k] /= length;
  }
  return unit;
}
