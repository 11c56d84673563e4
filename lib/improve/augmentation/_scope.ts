import type { AugmentationPolicy } from "../../augment/mod.ts";
import { policies } from "../../augment/mod.ts";
import type { Plan, TrainingConfig } from "../../train/mod.ts";

/** How the policies are tried: what each is trained with, and which there is no time for. */
export interface Scope {
  /** Height and width that the network sees, in pixels. */
  readonly size: number;
  readonly folds: number;
  /** Without the policy. */
  readonly config: Partial<TrainingConfig>;
  /** Whether that is how the report trains everywhere else, so that results can be compared with all others. */
  readonly whole: boolean;
  readonly tried: readonly AugmentationPolicy[];
  /** Of these, what is there to compare with and no lever of its own: what the report varies images with elsewhere. */
  readonly usual: AugmentationPolicy | null;
  readonly leftOut: readonly AugmentationPolicy[];
}

/** What is tried unless others are named, the likeliest to help first: those at the end are left out for time first. */
export const USUAL: readonly AugmentationPolicy[] = [
  policies.flip,
  policies.shift,
  policies.rotate,
  policies.scale,
  policies.colour,
  policies.cutout,
  policies.trivial,
  policies.crop,
  policies.noise,
  policies.flipVertical,
  policies.shear,
  policies.blur,
];

/** Early stopping ends most trainings before the last epoch. */
const STOPPED = 45;
/** Fewer pixels than that show no network anything. */
const SMALLEST = 24;
/** Without an inner part to stop by, and long enough for the small CNN to know its training images by heart. */
const SHORT = 20;
const SHORTEST = 12;

/**
 * The most that there is time for: everything as in the rest of the report; else shorter, on fewer folds, at half the
 * size (where an epoch takes a quarter), and in the end fewer policies.
 *
 * @returns null where there is no time to compare even one policy with none.
 */
export function chooseScope(
  plan: Pick<Plan, "trainings" | "folds" | "mostImages" | "careful">,
  { development, size }: { readonly development: readonly number[]; readonly size: number },
  wanted: readonly AugmentationPolicy[],
  seed: number,
): Scope | null {
  const { augmentation = null, ...careful } = plan.careful(seed);
  // Its runs are there from other notebooks, where training is the same.
  const usual = wanted.some(({ operations }) => alike(operations, augmentation?.operations)) ? null : augmentation;
  const half = Math.ceil(size / 2) < SMALLEST ? size : Math.ceil(size / 2);
  const short = (epochs: number) => ({
    epochs,
    seed,
    ...(plan.mostImages === null ? {} : { mostImages: plan.mostImages }),
  });
  const most = careful.epochs ?? STOPPED;
  const candidates: Omit<Scope, "tried" | "usual" | "leftOut">[] = [
    { size, folds: plan.folds, config: careful, whole: true },
    ...[[size, 3, 30], [size, 2, SHORT], [half, 3, SHORT], [half, 2, SHORT], [half, 2, SHORTEST]]
      .filter(([, folds, epochs]) => folds <= plan.folds && epochs <= most)
      .map(([size, folds, epochs]) => ({ size, folds, config: short(epochs), whole: false })),
  ];
  const fits = (candidate: typeof candidates[number], arms: number) => {
    const { size: used, folds, config } = candidate;
    const cap = plan.mostImages ?? Infinity;
    // A plan knows the pace at full size: a quarter of the pixels takes as long as a quarter of the images.
    const images = (share: number) => Math.ceil(Math.min(cap, share * development.length) * (used / size) ** 2);
    const count = arms * folds;
    return plan.trainings("augment", {
      model: "small",
      epochs: Math.min(STOPPED, config.epochs!),
      trained: images(1 - 1 / folds),
      measured: images(1 / folds),
      count,
    }) >= count;
  };
  // Beside the policies: none of them, and all together that helped.
  for (const candidate of candidates) {
    if (!fits(candidate, wanted.length + 2)) continue;
    return candidate.whole && usual
      ? { ...candidate, tried: [...wanted, usual], usual, leftOut: [] }
      : { ...candidate, tried: wanted, usual: null, leftOut: [] };
  }
  for (const candidate of candidates.slice(-2)) {
    // Of one policy there is no combination.
    const count = wanted.findLastIndex((_, i) => fits(candidate, i === 0 ? 2 : i + 3)) + 1;
    if (count >= Math.min(wanted.length, 3) || (candidate === candidates[candidates.length - 1] && count > 0)) {
      return { ...candidate, tried: wanted.slice(0, count), usual: null, leftOut: wanted.slice(count) };
    }
  }
  return null;
}

function alike(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
