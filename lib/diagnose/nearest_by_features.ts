import { pause } from "./_pause.ts";

/** Numbers that describe images; `train.features` makes them. */
export interface DescribedImages {
  /** Indices into the data set's records. */
  readonly images: readonly number[];
  /** [n, D], row by row, in the order of `images`. */
  readonly values: Float32Array;
  readonly dimensions: number;
}

/** Two images that look alike to a network. */
export interface NearPair {
  /** Indices into the data set's records, the smaller one first. */
  readonly a: number;
  readonly b: number;
  /** One minus the cosine of the angle between their features: 0 for the same picture. */
  readonly distance: number;
}

/**
 * For each image the one that is nearest to it, by cosine distance of features: candidates for near-duplicates that a
 * perceptual hash misses (crops, other light, another pose). Each pair comes once, the nearest first.
 *
 * How near is too near depends on the network and the images: this ranks, it does not judge.
 *
 * Takes time in proportion to n²: a second for 1,000 images.
 *
 * @param options `most`: how many pairs to return; all by default.
 */
export async function nearestByFeatures(
  { images, values, dimensions }: DescribedImages,
  { most = Infinity }: { readonly most?: number } = {},
): Promise<NearPair[]> {
  const n = images.length;
  const rows = unitRows(values, dimensions);
  const closest = new Float64Array(n).fill(-Infinity);
  const nearest = new Int32Array(n).fill(-1);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const cosine = dot(rows, i * dimensions, j * dimensions, dimensions);
      if (cosine > closest[i]) [closest[i], nearest[i]] = [cosine, j];
      if (cosine > closest[j]) [closest[j], nearest[j]] = [cosine, i];
    }
    if (i % 50 === 49) await pause();
  }
  const pairs = new Map<string, NearPair>();
  for (let i = 0; i < n; i++) {
    if (nearest[i] < 0) continue;
    const [a, b] = [images[i], images[nearest[i]]].sort((x, y) => x - y);
    // Rounding can make a cosine a little more than 1.
    pairs.set(`${a}/${b}`, { a, b, distance: Math.max(0, 1 - closest[i]) });
  }
  return [...pairs.values()].sort((x, y) => x.distance - y.distance || x.a - y.a || x.b - y.b).slice(0, most);
}

/** Rows scaled to length 1; rows of zeros stay. */
function unitRows(values: Float32Array, dimensions: number): Float64Array {
  const rows = Float64Array.from(values);
  for (let start = 0; start < rows.length; start += dimensions) {
    const length = Math.sqrt(dot(rows, start, start, dimensions)) || 1;
    for (let d = 0; d < dimensions; d++) rows[start + d] /= length;
  }
  return rows;
}

/** Four sums at once: a single one would wait for each addition before the next. */
function dot(rows: Float64Array, a: number, b: number, length: number): number {
  let s0 = 0, s1 = 0, s2 = 0, s3 = 0, d = 0;
  for (; d + 3 < length; d += 4) {
    s0 += rows[a + d] * rows[b + d];
    s1 += rows[a + d + 1] * rows[b + d + 1];
    s2 += rows[a + d + 2] * rows[b + d + 2];
    s3 += rows[a + d + 3] * rows[b + d + 3];
  }
  for (; d < length; d++) s0 += rows[a + d] * rows[b + d];
  return s0 + s1 + s2 + s3;
}
