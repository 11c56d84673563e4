import type { Plan, TrainingConfig } from "../../train/mod.ts";
import { fitting } from "./_time.ts";

/** How the options are tried: what each is trained with, and how many there is time for. */
export interface OptionScope {
  /** Height and width that the network sees, in pixels; null for the working size of the images. */
  readonly inputSize: number | null;
  readonly folds: number;
  /** Of the base. */
  readonly config: Partial<TrainingConfig>;
  /** Whether nothing was cut. */
  readonly whole: boolean;
  /** How many options there is time for. */
  readonly tried: number;
}

/** Its share of the time for tuning: the rest is for ranges and maps of rates, and for the search. */
const SHARE = 0.22;
/** Fewer pixels than that show no network anything. */
const SMALLEST = 24;
/** Fewer options are not worth a picture. */
const FEWEST = 6;
/** What the options cost on average, in trainings of the base: mixing, several views, wider networks. */
const COST = 1.4;

/**
 * The most that there is time for: all options as long as the small CNN is trained elsewhere; else shorter, on fewer
 * folds, at half the size (where an epoch takes a quarter), and in the end fewer options.
 *
 * @param count How many options there are in a scope.
 * @returns null where there is no time for a few.
 */
export function chooseOptionScope(
  plan: Pick<Plan, "trainings" | "folds" | "mostImages" | "careful">,
  { development, size }: { readonly development: readonly number[]; readonly size: number },
  seed: number,
  count: (scope: Pick<OptionScope, "inputSize" | "config">) => number,
): OptionScope | null {
  const { augmentation, epochs: most = 60 } = plan.careful(seed);
  const half = Math.ceil(size / 2) < SMALLEST ? null : Math.ceil(size / 2);
  const base = { augmentation, seed, ...(plan.mostImages === null ? {} : { mostImages: plan.mostImages }) };
  const sizes: readonly (readonly [number | null, number, number])[] = [
    [null, plan.folds, most],
    [null, Math.min(3, plan.folds), 30],
    [half, Math.min(3, plan.folds), 30],
    [half, Math.min(3, plan.folds), 20],
    [half, 2, 15],
    [half, 2, 10],
  ];
  const candidates = sizes.filter(([, , epochs]) => epochs <= most).map(([inputSize, folds, epochs], i) => ({
    inputSize,
    folds,
    config: { ...base, epochs },
    whole: i === 0,
  }));
  const fits = ({ inputSize, folds, config }: typeof candidates[number], tried: number) => {
    // A plan knows the pace at full size: a quarter of the pixels takes as long as a quarter of the images.
    const pixels = ((inputSize ?? size) / size) ** 2;
    const images = (share: number) =>
      Math.ceil(Math.min(plan.mostImages ?? Infinity, share * development.length) * pixels);
    return fitting(plan, SHARE, {
      model: "small",
      epochs: config.epochs,
      trained: images(1 - 1 / folds),
      measured: images(1 / folds),
      count: Math.ceil((1 + COST * tried) * folds),
    });
  };
  for (const candidate of candidates) {
    const tried = count(candidate);
    if (fits(candidate, tried)) return { ...candidate, tried };
  }
  for (const candidate of candidates.slice(-2)) {
    let tried = count(candidate);
    while (tried >= FEWEST && !fits(candidate, tried)) tried--;
    if (tried >= FEWEST) return { ...candidate, tried };
  }
  return null;
}
