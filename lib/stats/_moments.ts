/** Sum over a list; 0 of none. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** NaN of none. */
export function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

/** With n − 1 in the denominator. */
export function sampleVariance(values: readonly number[]): number {
  const middle = mean(values);
  return sum(values.map((value) => (value - middle) ** 2)) / (values.length - 1);
}
