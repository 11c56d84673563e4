import type { Tail } from "../../model/mod.ts";
import { FINE_TUNING, type Plan } from "../../train/mod.ts";

/** What there is time for. */
export interface Affordable {
  readonly folds: number;
  readonly epochs: number;
  /** Whether mirror images are learnt from too, which the front must look at as well. */
  readonly mirror: boolean;
}

/**
 * Of the time for pre-trained networks; the other part is for heads and their selection. One fold is worth more: with a
 * large network it may take all of it.
 */
const SHARE = 0.4;

/** Fewer show no effect: the learning rate would fall before anything is learnt. */
const LEAST_EPOCHS = 5;

/** Multiplications of the small CNN for one image of 64x64 pixels: what a plan's pace is measured with. */
const SMALL_CNN = 16e6;

/** Learning from an image takes as long as looking at it three times. */
const LEARNING = 3;

/** Each fold is trained once to see for how long, and then with all its images for as long, mostly not to the end. */
const TWICE = 1.8;

/**
 * What a multiplication of a pre-trained network takes, in ones of the small CNN: its convolutions are narrow, and two
 * threads at one batch do less than two batches at the same time. Measured on 2 cores: 17 against 38 thousand million a
 * second.
 */
const SLOWER = 2.2;

/**
 * How many folds and epochs of fine-tuning there is time for; null where not even one fold. All folds with fewer epochs
 * come before fewer folds, since all are needed for an offer. It depends on the plan and the network alone, not on what is
 * kept, so that a second run decides alike.
 *
 * @param images Number of development images, their size.
 */
export function affordable(
  plan: Pick<Plan, "seconds" | "trainings" | "folds">,
  { multiplications, frontMultiplications }: Pick<Tail, "multiplications" | "frontMultiplications">,
  { images, size }: { readonly images: number; readonly size: number },
): Affordable | null {
  const all = { folds: plan.folds, epochs: FINE_TUNING.epochs, mirror: FINE_TUNING.mirror };
  if (plan.seconds("transfer") === Infinity) return all;
  const epochs = 20, trained = Math.round(images * (1 - 1 / plan.folds));
  const most = plan.trainings("transfer", { model: "small", epochs, trained, measured: 0, count: 1e6 });
  const allowed = most * epochs * trained * LEARNING * SMALL_CNN * (size / 64) ** 2 / SLOWER;
  const work = ({ folds, epochs, mirror }: Affordable) =>
    (mirror ? 2 : 1) * images * frontMultiplications +
    folds * trained * (TWICE * epochs * LEARNING + 2) * multiplications;
  const least = LEAST_EPOCHS;
  const wanted = [
    ...Array.from({ length: all.epochs - least + 1 }, (_, i) => ({ ...all, epochs: all.epochs - i })),
    ...Array.from({ length: all.folds - 1 }, (_, i) => ({ ...all, folds: all.folds - 1 - i, epochs: least })),
  ];
  const smallest = { folds: 1, epochs: least, mirror: false };
  return wanted.find((scope) => work(scope) <= SHARE * allowed) ?? (work(smallest) <= allowed ? smallest : null);
}
