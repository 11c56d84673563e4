import { dot } from "../_matrix.ts";

/** The lower triangle L of a symmetric positive definite matrix [n, n] = L Lᵀ, row by row; the rest is 0. */
export function cholesky(matrix: Float64Array, n: number): Float64Array {
  const lower = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const row = i * n;
    for (let j = 0; j < i; j++) {
      lower[row + j] = (matrix[row + j] - dot(lower, row, lower, j * n, j)) / lower[j * n + j];
    }
    const left = matrix[row + i] - dot(lower, row, lower, row, i);
    if (!(left > 0)) {
      throw new RangeError(`Cannot factorise: the matrix must be positive definite, row ${i} leaves ${left}`);
    }
    lower[row + i] = Math.sqrt(left);
  }
  return lower;
}

/** Solves L Lᵀ x = b for each row b of `sides` [m, n], in their place. */
export function solve(lower: Float64Array, n: number, sides: Float64Array): void {
  for (let b = 0; b < sides.length; b += n) {
    for (let i = 0; i < n; i++) {
      sides[b + i] = (sides[b + i] - dot(lower, i * n, sides, b, i)) / lower[i * n + i];
    }
    solveTransposed(lower, n, sides.subarray(b, b + n), n);
  }
}

/** Solves Lᵀ x = b in place; `stride` is the length of a row of L, of which the first n count. */
export function solveTransposed(lower: Float64Array, n: number, b: Float64Array, stride: number): void {
  for (let i = n - 1; i >= 0; i--) {
    const value = b[i] /= lower[i * stride + i];
    const row = i * stride;
    for (let j = 0; j < i; j++) b[j] -= value * lower[row + j];
  }
}
