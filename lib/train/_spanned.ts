import { centred, dot } from "./_matrix.ts";

/** What of an image may be lost, as a share of the largest squared distance from the mean: far below rounding. */
const NEGLIGIBLE = 1e-7;

/** Inner products of features [n, D], from which their common mean is taken off first: [n, n]. */
export async function innerProducts(
  features: Float32Array,
  n: number,
  pause: () => Promise<void> = () => Promise.resolve(),
): Promise<Float64Array> {
  const dimensions = features.length / n;
  const { rows } = centred(features, dimensions);
  const products = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      products[i * n + j] = products[j * n + i] = dot(rows, i * dimensions, rows, j * dimensions, dimensions);
    }
    if (i % 25 === 24) await pause();
  }
  return products;
}

/**
 * The images `train` and `other` in as few numbers as the first span: coordinates in which a linear model with an L2
 * penalty that is fitted to `train` is the same as on the features themselves. What is special about `other` alone, such
 * a model cannot use. A hundred training images are at most a hundred numbers each, however many features there are.
 *
 * It is the Cholesky factor of the inner products, row by row.
 *
 * @param products [n, n], as {@link innerProducts} makes them.
 * @param train Rows of `products`.
 * @returns [train.length, rank] and [other.length, rank].
 */
export function spanned(
  products: Float64Array,
  train: readonly number[],
  other: readonly number[],
): { readonly train: Float32Array; readonly other: Float32Array; readonly rank: number } {
  const n = Math.sqrt(products.length), most = train.length;
  const order = [...train, ...other];
  const negligible = NEGLIGIBLE * Math.max(...order.map((i) => products[i * n + i]));
  const lower = new Float64Array(order.length * most);
  /** Rows of `lower` that span what those before them do not: each is a dimension. */
  const spanning: number[] = [];
  for (const [row, i] of order.entries()) {
    const at = row * most;
    let left = products[i * n + i];
    for (let column = 0; column < spanning.length; column++) {
      const by = spanning[column] * most;
      const value = (products[i * n + order[spanning[column]]] - dot(lower, at, lower, by, column)) /
        lower[by + column];
      lower[at + column] = value;
      left -= value * value;
    }
    if (row < most && left > negligible) {
      lower[at + spanning.length] = Math.sqrt(left);
      spanning.push(row);
    }
  }
  const rank = spanning.length;
  const rows = (from: number, to: number) => {
    const values = new Float32Array((to - from) * rank);
    for (let row = from; row < to; row++) {
      values.set(lower.subarray(row * most, row * most + rank), (row - from) * rank);
    }
    return values;
  };
  return { train: rows(0, most), other: rows(most, order.length), rank };
}
