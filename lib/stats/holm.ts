import { StatsError } from "./errors.ts";

/**
 * p-values corrected for how many there are: rejecting those below α keeps the chance of even one false alarm at α,
 * whatever their dependence.
 *
 * @param ps [m] p-values, in any order.
 * @returns [m] Corrected ones in the same order, at most 1.
 * @throws {StatsError} On a value outside [0, 1].
 *
 * Holm (1979), A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics 6, 65–70.
 */
export function holm(ps: readonly number[]): number[] {
  ps.forEach((p, index) => {
    if (!(p >= 0 && p <= 1)) throw new StatsError(`Cannot correct p-values: they lie in [0, 1], [${index}] is ${p}`);
  });
  const corrected = new Array<number>(ps.length);
  let highest = 0;
  [...ps.keys()].sort((i, j) => ps[i] - ps[j]).forEach((index, rank) => {
    highest = Math.max(highest, Math.min(1, (ps.length - rank) * ps[index]));
    corrected[index] = highest;
  });
  return corrected;
}
