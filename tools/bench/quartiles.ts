/** First quartile, median and third quartile, interpolated. Takes at least one number. */
export function quartiles(values: readonly number[]): [first: number, median: number, third: number] {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => {
    const position = share * (sorted.length - 1);
    const below = Math.floor(position);
    return sorted[below] + (position - below) * ((sorted[below + 1] ?? sorted[below]) - sorted[below]);
  };
  return [at(0.25), at(0.5), at(0.75)];
}
