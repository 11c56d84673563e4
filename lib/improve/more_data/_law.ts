import { fitPowerLaw, foldCorrection, type Interval, type PowerLaw, powerLawAt, Random } from "../../stats/mod.ts";

/** What was measured with one number of training images. */
export interface Size {
  /** Of the training part. */
  readonly share: number;
  /** Images that a model was trained on, on average over draws and folds. */
  readonly trained: number;
  /** By draw, then by measured image: whether it was classified right by the model that had not seen it. */
  readonly correct: readonly (readonly boolean[])[];
}

/** The images that all sizes were measured on. */
export interface MeasuredOn {
  /** [n] The group of each image, where images come in groups. */
  readonly groups: readonly string[] | undefined;
  readonly folds: number;
  /** Of the bootstrap. */
  readonly seed: number;
}

const RESAMPLES = 1000;
const LEVEL = 0.95;

/**
 * A power law through the mean errors of all sizes, and the laws through those of bootstrap samples: measured images are
 * drawn with replacement (whole groups where they have some), the same ones for all sizes, and so are the draws of the
 * training parts. Larger parts have steadier errors, so each size counts with its number of images.
 */
export class Laws {
  readonly law: PowerLaw;
  readonly #sizes: readonly Size[];
  readonly #on: MeasuredOn;
  /** Mean error of each size, by resample. */
  readonly #errors: readonly Float64Array[];
  readonly #resampled: readonly PowerLaw[];
  readonly #units: number;

  /** @param sizes At least 3 different ones. */
  constructor(sizes: readonly Size[], on: MeasuredOn) {
    this.#sizes = sizes;
    this.#on = on;
    const { errors, units } = resampledErrors(sizes, on);
    this.#errors = errors;
    this.#units = units;
    const fit = (errors: ArrayLike<number>) =>
      fitPowerLaw(sizes.map(({ trained }, i) => ({ n: trained, error: errors[i], weight: trained })));
    this.law = fit(sizes.map(errorOf));
    this.#resampled = errors.map(fit);
  }

  /** Any number that follows from the law, with its interval. */
  interval(of: (law: PowerLaw) => number): Interval {
    return this.#bounded(of(this.law), this.#resampled.map(of), "power law through");
  }

  /** By how much the accuracy rises from one number of images to another, by the law. */
  gain(from: number, to: number): Interval {
    return this.interval((law) => powerLawAt(law, from) - powerLawAt(law, to));
  }

  /** The same of two sizes that were measured. */
  rise(from: number, to: number): Interval {
    const estimate = errorOf(this.#sizes[from]) - errorOf(this.#sizes[to]);
    return this.#bounded(
      estimate,
      this.#errors.map((errors) => errors[from] - errors[to]),
      "difference between two of",
    );
  }

  /** By how much a measured error is above the law. */
  residual(at: number): Interval {
    const { trained } = this.#sizes[at];
    const values = this.#errors.map((errors, i) => errors[at] - powerLawAt(this.#resampled[i], trained));
    return this.#bounded(errorOf(this.#sizes[at]) - powerLawAt(this.law, trained), values, "distance from the law of");
  }

  /**
   * Percentiles of the bootstrap, further away by as much as models over folds vary more than their images do: they
   * share training images, so an unlucky set of images spoils many predictions together (Nadeau and Bengio 2003).
   */
  #bounded(estimate: number, values: readonly number[], what: string): Interval {
    const sorted = Float64Array.from(values).sort();
    const widen = Math.sqrt(this.#on.folds > 1 ? foldCorrection(this.#on.folds) : 1);
    const at = (share: number) => estimate + widen * (sorted[Math.round(share * (sorted.length - 1))] - estimate);
    const { groups } = this.#on;
    return {
      estimate,
      low: Math.min(estimate, at((1 - LEVEL) / 2)),
      high: Math.max(estimate, at((1 + LEVEL) / 2)),
      level: LEVEL,
      method: `${what} ${this.#sizes.length} sizes, bootstrap over ${
        groups === undefined ? "images" : "groups"
      } and draws, corrected for folds, approximate`,
      n: this.#sizes[0].correct[0].length,
      ...(groups === undefined ? {} : { groups: this.#units }),
    };
  }
}

/** Mean error of a size over its draws. */
export function errorOf({ correct }: Size): number {
  const wrong = correct.reduce((sum, draw) => sum + draw.filter((right) => !right).length, 0);
  return wrong / (correct.length * correct[0].length);
}

function resampledErrors(sizes: readonly Size[], { groups, seed }: MeasuredOn) {
  const n = sizes[0].correct[0].length;
  const ofUnit = new Map<string | number, number>();
  const unit = Array.from({ length: n }, (_, i) => {
    const key = groups?.[i] ?? i;
    if (!ofUnit.has(key)) ofUnit.set(key, ofUnit.size);
    return ofUnit.get(key)!;
  });
  const units = ofUnit.size;
  const counts = new Float64Array(units);
  unit.forEach((u) => counts[u]++);
  // Wrong answers by size, draw and unit.
  const wrong = sizes.map(({ correct }) =>
    correct.map((draw) => {
      const sums = new Float64Array(units);
      draw.forEach((right, i) => sums[unit[i]] += Number(!right));
      return sums;
    })
  );
  const random = new Random(`${seed}/power-law`);
  const errors = Array.from({ length: RESAMPLES }, () => {
    const times = new Float64Array(units);
    for (let draw = 0; draw < units; draw++) times[random.integer(units)]++;
    const images = counts.reduce((sum, count, u) => sum + count * times[u], 0);
    // A draw is of one seed through all sizes, so it is drawn for all of them together.
    const most = Math.max(...wrong.map(({ length }) => length));
    const draws = Array.from({ length: most }, () => random.integer(most));
    return Float64Array.from(wrong, (byDraw) => {
      let sum = 0;
      for (const draw of draws) {
        const sums = byDraw[draw % byDraw.length];
        for (let u = 0; u < units; u++) sum += sums[u] * times[u];
      }
      return sum / (draws.length * images);
    });
  });
  return { errors, units };
}
