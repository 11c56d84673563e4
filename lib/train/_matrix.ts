/**
 * The little linear algebra that logistic regression needs, in double precision. Each loop keeps four sums at once: a
 * single sum would wait for every addition before the next.
 *
 * @module
 */

/** Inner product of `length` numbers of `a` from `atA` and of `b` from `atB`. */
export function dot(a: Float64Array, atA: number, b: Float64Array, atB: number, length: number): number {
  let s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  let i = 0;
  for (; i + 3 < length; i += 4) {
    s0 += a[atA + i] * b[atB + i];
    s1 += a[atA + i + 1] * b[atB + i + 1];
    s2 += a[atA + i + 2] * b[atB + i + 2];
    s3 += a[atA + i + 3] * b[atB + i + 3];
  }
  for (; i < length; i++) s0 += a[atA + i] * b[atB + i];
  return s0 + s1 + s2 + s3;
}

/** Rows [n, D] times the transpose of weights [K, D], into `out` [n, K]. */
export function timesTransposed(rows: Float64Array, weights: Float64Array, dimensions: number, out: Float64Array) {
  const n = rows.length / dimensions;
  const classes = weights.length / dimensions;
  for (let i = 0; i < n; i++) {
    const x = i * dimensions;
    let k = 0;
    for (; k + 3 < classes; k += 4) {
      const w0 = k * dimensions, w1 = w0 + dimensions, w2 = w1 + dimensions, w3 = w2 + dimensions;
      let s0 = 0, s1 = 0, s2 = 0, s3 = 0;
      for (let d = 0; d < dimensions; d++) {
        const value = rows[x + d];
        s0 += value * weights[w0 + d];
        s1 += value * weights[w1 + d];
        s2 += value * weights[w2 + d];
        s3 += value * weights[w3 + d];
      }
      const to = i * classes + k;
      out[to] = s0;
      out[to + 1] = s1;
      out[to + 2] = s2;
      out[to + 3] = s3;
    }
    for (; k < classes; k++) out[i * classes + k] = dot(rows, x, weights, k * dimensions, dimensions);
  }
}

/** The transpose of errors [n, K] times rows [n, D], into `out` [K, D]. */
export function transposedTimes(errors: Float64Array, rows: Float64Array, dimensions: number, out: Float64Array) {
  const n = rows.length / dimensions;
  const classes = errors.length / n;
  out.fill(0);
  let i = 0;
  for (; i + 3 < n; i += 4) {
    const x0 = i * dimensions, x1 = x0 + dimensions, x2 = x1 + dimensions, x3 = x2 + dimensions;
    for (let k = 0; k < classes; k++) {
      const e = i * classes + k;
      const e0 = errors[e], e1 = errors[e + classes], e2 = errors[e + 2 * classes], e3 = errors[e + 3 * classes];
      const to = k * dimensions;
      for (let d = 0; d < dimensions; d++) {
        out[to + d] += e0 * rows[x0 + d] + e1 * rows[x1 + d] + e2 * rows[x2 + d] + e3 * rows[x3 + d];
      }
    }
  }
  for (; i < n; i++) {
    for (let k = 0; k < classes; k++) {
      const error = errors[i * classes + k];
      for (let d = 0; d < dimensions; d++) out[k * dimensions + d] += error * rows[i * dimensions + d];
    }
  }
}

/** Rows [n, D] as doubles with the mean row taken off, and that mean. */
export function centred(rows: Float32Array, dimensions: number): { rows: Float64Array; mean: Float64Array } {
  const n = rows.length / dimensions;
  const mean = new Float64Array(dimensions);
  for (let j = 0; j < rows.length; j++) mean[j % dimensions] += rows[j] / n;
  return { rows: Float64Array.from(rows, (value, j) => value - mean[j % dimensions]), mean };
}
