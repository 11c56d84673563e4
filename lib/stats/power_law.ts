import { StatsError } from "./errors.ts";

/** An error rate measured with some number of training images. */
export interface SizedError {
  /** Images trained on, above 0. */
  readonly n: number;
  /** A share from 0 to 1. */
  readonly error: number;
  /** How much it counts beside the others; 1 unless given. */
  readonly weight?: number;
}

/** error(n) = a · n^−b + c */
export interface PowerLaw {
  readonly a: number;
  /** How fast more images help: from 0.05 (hardly) to 2. */
  readonly b: number;
  /** The error that is left with any number of images, from 0 to 1. */
  readonly c: number;
  /** Root of the weighted mean square of what the law is off. */
  readonly off: number;
}

/** Exponents that are tried; published ones of images lie from 0.07 to 0.35 on large data, and higher on small. */
const EXPONENTS = Array.from({ length: 40 }, (_, i) => 0.05 * 40 ** (i / 39));

/**
 * The power law with an asymptote that fits these errors best, by weighted least squares: for each of 40 exponents the
 * best a and c are known in closed form (neither below 0), so that there is nothing to start from and nothing to get
 * stuck in.
 *
 * Few sizes hardly tell a slow law from one with a high asymptote: fit it to bootstrap samples to see how far it can be
 * trusted.
 *
 * @throws {StatsError} With fewer than 3 different sizes, or where a size or an error is not a number in its range.
 *
 * Hestness et al. (2017), Deep learning scaling is predictable, empirically. arXiv:1712.00409. Viering and Loog (2021),
 * The shape of learning curves: a review. arXiv:2103.10948.
 *
 * ```ts
 * import { fitPowerLaw, powerLawAt } from "./power_law.ts";
 *
 * const law = fitPowerLaw([50, 100, 200, 400].map((n) => ({ n, error: 2 * n ** -0.5 + 0.1 })));
 * console.assert(Math.abs(powerLawAt(law, 800) - (2 * 800 ** -0.5 + 0.1)) < 0.002);
 * ```
 */
export function fitPowerLaw(points: readonly SizedError[]): PowerLaw {
  const sizes = new Set(points.map(({ n }) => n));
  if (sizes.size < 3) {
    throw new StatsError(`Cannot fit a power law: at least 3 different sizes are needed, there are ${sizes.size}`);
  }
  for (const { n, error } of points) {
    if (!(n > 0 && error >= 0 && error <= 1)) {
      throw new StatsError(
        `Cannot fit a power law: sizes must be above 0 and errors from 0 to 1, got ${n} and ${error}`,
      );
    }
  }
  let best: PowerLaw | null = null;
  for (const b of EXPONENTS) {
    const law = bestWith(b, points);
    if (best === null || law.off < best.off) best = law;
  }
  return best!;
}

/** The error that the law gives with `n` images; never above 1. */
export function powerLawAt({ a, b, c }: Pick<PowerLaw, "a" | "b" | "c">, n: number): number {
  return Math.min(1, a * n ** -b + c);
}

/** A line through (n^−b, error), with neither its slope nor its offset below 0. */
function bestWith(b: number, points: readonly SizedError[]): PowerLaw {
  let weights = 0, x = 0, y = 0, xx = 0, xy = 0;
  for (const { n, error, weight = 1 } of points) {
    const at = n ** -b;
    weights += weight;
    x += weight * at;
    y += weight * error;
    xx += weight * at * at;
    xy += weight * at * error;
  }
  const spread = xx - x * x / weights;
  let a = spread > 0 ? (xy - x * y / weights) / spread : 0;
  let c = (y - a * x) / weights;
  if (c < 0) [a, c] = [xy / xx, 0];
  if (a < 0) [a, c] = [0, y / weights];
  const squares = points.reduce((sum, { n, error, weight = 1 }) => sum + weight * (a * n ** -b + c - error) ** 2, 0);
  return { a, b, c, off: Math.sqrt(squares / weights) };
}
