/** Rows of numbers with a class each, and in which fold each row is left out. */
export interface Rows {
  /** [n, d] */
  readonly values: Float32Array;
  /** [n] Classes, from 0 to `classes` - 1. */
  readonly labels: Int32Array;
  readonly classes: number;
  /** [n] Folds, from 0 to `of` - 1. */
  readonly folds: Int32Array;
  readonly of: number;
}

/** A linear classifier: scores are `weights` [K, d] times the row, plus `biases` [K]. */
export interface Discriminant {
  readonly weights: Float64Array;
  readonly biases: Float64Array;
  readonly d: number;
}

/** What classes have in common with what lies between them: enough to fit on any union of folds. */
interface Moments {
  readonly counts: Float64Array;
  /** [K, d] */
  readonly sums: Float64Array;
  /** [d, d], the lower triangle. */
  readonly products: Float64Array;
}

/** Share of the covariance that is replaced by the same variance in every direction. */
const SHRINKAGE = 0.1;

/**
 * Linear discriminant analysis with a shrunken covariance (Friedman 1989), one model per fold, fitted on the other
 * folds. Nothing is tuned. Classes count as equally likely. Fitting takes n d² / 2 multiplications for all folds
 * together, since a fold's moments are subtracted from the sum of all.
 */
export function discriminants(rows: Rows): Discriminant[] {
  const d = rows.values.length / rows.labels.length;
  const parts = Array.from({ length: rows.of }, (_, fold) => momentsOf(rows, fold, d));
  return parts.map((_, left) => {
    const all: Moments = emptyMoments(rows.classes, d);
    parts.forEach((part, fold) => fold !== left && add(all, part));
    return solve(all, d);
  });
}

/** The class of each row as a model says that was fitted without the row's fold [n]. */
export function outOfFoldClasses(rows: Rows, models = discriminants(rows)): Int32Array {
  const scores = new Float64Array(rows.classes);
  return rows.labels.map((_, i) => {
    scoresOf(models[rows.folds[i]], rows.values, i, scores);
    return likeliest(scores);
  });
}

/** Writes the K scores of row `i` into `out`; the highest is the class. */
export function scoresOf({ weights, biases, d }: Discriminant, values: Float32Array, i: number, out: Float64Array) {
  for (let k = 0; k < out.length; k++) {
    let score = biases[k];
    for (let j = 0; j < d; j++) score += weights[k * d + j] * values[i * d + j];
    out[k] = score;
  }
}

/** Turns K scores into K probabilities. */
export function softmax(scores: Float64Array): void {
  const highest = Math.max(...scores);
  let sum = 0;
  for (let k = 0; k < scores.length; k++) sum += scores[k] = Math.exp(scores[k] - highest);
  for (let k = 0; k < scores.length; k++) scores[k] /= sum;
}

function likeliest(scores: Float64Array): number {
  let best = 0;
  for (let k = 1; k < scores.length; k++) if (scores[k] > scores[best]) best = k;
  return best;
}

function emptyMoments(classes: number, d: number): Moments {
  return {
    counts: new Float64Array(classes),
    sums: new Float64Array(classes * d),
    products: new Float64Array(d * d),
  };
}

function momentsOf({ values, labels, classes, folds }: Rows, fold: number, d: number): Moments {
  const moments = emptyMoments(classes, d);
  const { counts, sums, products } = moments;
  for (let i = 0; i < labels.length; i++) {
    if (folds[i] !== fold) continue;
    counts[labels[i]]++;
    const row = values.subarray(i * d, (i + 1) * d);
    const base = labels[i] * d;
    for (let a = 0; a < d; a++) {
      const value = row[a];
      sums[base + a] += value;
      for (let b = 0; b <= a; b++) products[a * d + b] += value * row[b];
    }
  }
  return moments;
}

function add(to: Moments, from: Moments): void {
  for (const key of ["counts", "sums", "products"] as const) {
    const target = to[key], source = from[key];
    for (let i = 0; i < target.length; i++) target[i] += source[i];
  }
}

function solve({ counts, sums, products }: Moments, d: number): Discriminant {
  const classes = counts.length;
  const n = counts.reduce((sum, count) => sum + count, 0);
  const within = products.slice();
  for (let k = 0; k < classes; k++) {
    if (counts[k] === 0) continue;
    for (let a = 0; a < d; a++) {
      for (let b = 0; b <= a; b++) within[a * d + b] -= sums[k * d + a] * sums[k * d + b] / counts[k];
    }
  }
  let trace = 0;
  for (let a = 0; a < d; a++) trace += within[a * d + a] / n;
  const ridge = SHRINKAGE * trace / d + 1e-6;
  for (let a = 0; a < d; a++) {
    for (let b = 0; b <= a; b++) within[a * d + b] *= (1 - SHRINKAGE) / n;
    within[a * d + a] += ridge;
  }
  cholesky(within, d);
  const weights = new Float64Array(classes * d), biases = new Float64Array(classes);
  for (let k = 0; k < classes; k++) {
    if (counts[k] === 0) {
      biases[k] = -Infinity; // a class that was never seen is never said
      continue;
    }
    const mean = sums.slice(k * d, (k + 1) * d).map((value) => value / counts[k]);
    const row = weights.subarray(k * d, (k + 1) * d);
    row.set(mean);
    substitute(within, row, d);
    for (let j = 0; j < d; j++) biases[k] -= row[j] * mean[j] / 2;
  }
  return { weights, biases, d };
}

/** Replaces the lower triangle of a positive definite matrix by its Cholesky factor. */
function cholesky(matrix: Float64Array, d: number): void {
  for (let a = 0; a < d; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = matrix[a * d + b];
      for (let j = 0; j < b; j++) sum -= matrix[a * d + j] * matrix[b * d + j];
      matrix[a * d + b] = a === b ? Math.sqrt(Math.max(sum, 1e-12)) : sum / matrix[b * d + b];
    }
  }
}

/** Solves L Lᵀ x = y in place. */
function substitute(factor: Float64Array, y: Float64Array, d: number): void {
  for (let a = 0; a < d; a++) {
    for (let j = 0; j < a; j++) y[a] -= factor[a * d + j] * y[j];
    y[a] /= factor[a * d + a];
  }
  for (let a = d - 1; a >= 0; a--) {
    for (let j = a + 1; j < d; j++) y[a] -= factor[j * d + a] * y[j];
    y[a] /= factor[a * d + a];
  }
}
