import { centred, dot } from "./_matrix.ts";

/** Rows in fewer numbers. */
export interface Compact {
  /** [n, rank], row by row. */
  readonly values: Float32Array;
  readonly rank: number;
  /** The images that span all others, one for each dimension; null where the features stayed as they are. */
  readonly spanning: readonly number[] | null;
}

/** What of an image may be lost, as a share of the largest squared distance from the mean: far below rounding. */
const NEGLIGIBLE = 1e-7;
/** The same where inner products have been rounded to single precision. */
const NEGLIGIBLE_SINGLE = 1e-5;

/**
 * The same images in fewer numbers: coordinates that keep all distances between them, and so all that a linear model
 * with an L2 penalty can see. n images span at most n dimensions, however many features there are; a linear model of
 * 1,728 features on 750 images is fitted several times faster so.
 *
 * They are the Cholesky factor of the matrix of inner products. No labels are looked at, so images of all folds may take
 * part. Where there are no more features than images, they stay as they are.
 *
 * @param features Rows [n, D].
 * @param pause Awaited now and then, so that a kernel stays responsive.
 */
export async function compact(
  features: Float32Array,
  n: number,
  { pause }: { readonly pause?: () => Promise<void> } = {},
): Promise<Compact> {
  const dimensions = features.length / n;
  if (dimensions <= n) return { values: features, rank: dimensions, spanning: null };
  // Distances stay; inner products lose what all images share, which would cost digits.
  const { rows } = centred(features, dimensions);
  const product = (i: number, j: number) => dot(rows, i * dimensions, rows, j * dimensions, dimensions);
  const { values, rank, spanning } = await factorised(product, n, NEGLIGIBLE, pause);
  return { values, rank, spanning };
}

/** Rows in fewer numbers, and what they are made of. */
export interface CompactKernel extends Compact {
  /** [n, n] The coordinates as the first `rank` of each row, in double precision. */
  readonly lower: Float64Array;
  /** The images that span the others, ascending: their coordinates are a triangle. */
  readonly spanning: readonly number[];
}

/** The same from inner products [n, n] that were computed in single precision. */
export async function compactKernel(
  gram: Float64Array,
  n: number,
  { pause }: { readonly pause?: () => Promise<void> } = {},
): Promise<CompactKernel> {
  return await factorised((i, j) => gram[i * n + j], n, NEGLIGIBLE_SINGLE, pause);
}

async function factorised(
  product: (i: number, j: number) => number,
  n: number,
  share: number,
  pause?: () => Promise<void>,
): Promise<CompactKernel> {
  const lengths = Float64Array.from({ length: n }, (_, i) => product(i, i));
  const negligible = share * lengths.reduce((most, one) => Math.max(most, one), 0);
  const lower = new Float64Array(n * n);
  /** Images that span what those before them do not: each is a dimension. */
  const spanning: number[] = [];
  for (let i = 0; i < n; i++) {
    const a = i * n;
    let left = lengths[i];
    spanning.forEach((j, column) => {
      const value = product(i, j) - dot(lower, a, lower, j * n, column);
      lower[a + column] = value / lower[j * n + column];
      left -= lower[a + column] ** 2;
    });
    if (left > negligible) {
      lower[a + spanning.length] = Math.sqrt(left);
      spanning.push(i);
    }
    if (i % 25 === 24) await pause?.();
  }
  const rank = spanning.length;
  const values = new Float32Array(n * rank);
  for (let i = 0; i < n; i++) values.set(lower.subarray(i * n, i * n + rank), i * rank);
  return { values, rank, lower, spanning };
}
