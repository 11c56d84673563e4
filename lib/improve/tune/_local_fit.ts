/** A straight line through what is near, at each place. */
export interface LocalFit {
  /** [n] Its height there. */
  readonly values: number[];
  /** [n] Its slope, per step of `x`. */
  readonly slopes: number[];
}

/**
 * Fits a line by least squares to the points at most `reach` places to either side of each. Symmetrical, so that nothing
 * is shifted, as running means of the past would.
 *
 * @param x [n] Ascending.
 * @param y [n]
 */
export function localFit(x: readonly number[], y: readonly number[], reach: number): LocalFit {
  const fits = x.map((at, i) => {
    const from = Math.max(0, i - reach), to = Math.min(x.length, i + reach + 1);
    const xs = x.slice(from, to), ys = y.slice(from, to);
    const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
    const mx = mean(xs), my = mean(ys);
    const sxx = xs.reduce((sum, value) => sum + (value - mx) ** 2, 0);
    const slope = sxx === 0 ? 0 : xs.reduce((sum, value, j) => sum + (value - mx) * (ys[j] - my), 0) / sxx;
    return { value: my + slope * (at - mx), slope };
  });
  return { values: fits.map(({ value }) => value), slopes: fits.map(({ slope }) => slope) };
}
