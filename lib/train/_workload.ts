import type { Calibration, Pace } from "./_calibration.ts";

/** What a report trains: all that a plan decides. */
export interface Scope {
  /** Folds of a cross-validation. */
  readonly folds: number;
  /** Times that a cross-validation is repeated, with other folds and initial weights. */
  readonly repeats: number;
  /** Of the epochs that would be trained without a limit. */
  readonly share: number;
  /** Whether there is time for experiments that only prove a finding. */
  readonly proofs: boolean;
  /** Images that one experiment trains on at most; null for all it is given. */
  readonly mostImages: number | null;
}

/** What the work is done on, and how fast. */
export interface Ground {
  /** Images for training and validation. */
  readonly images: number;
  /** K. */
  readonly classes: number;
  /** Whether groups are known. */
  readonly grouped: boolean;
  /** Height and width of the pixels. */
  readonly size: number;
  /** More folds cannot be made of the smallest class. */
  readonly mostFolds: number;
  /** Experiments that are trained at the same time; one after the other where it is left out. */
  readonly atOnce?: number;
  readonly calibration: Calibration;
}

/** Epochs of the two models without a limit: the thread's CNN, and the small one, which stops early. */
export const EPOCHS = { plain: 20, careful: 60 } as const;

/** Fewer than this show no trend (`diagnose.learningCurves` calls up to three epochs too short). */
const LEAST_EPOCHS = 4;

/** Early stopping ends most trainings of the small CNN before that epoch (on the sample some at half of it). */
const STOPPED = 45;

/** Looking at an image without learning from it takes about that share of a training step. */
const EVALUATION = 1 / 3;

/** Features of the frozen backbone, of an image at 224 pixels, in training steps of the thread's CNN at 64. */
const BACKBONE = 16;

/** Findings of the lint are proven by trainings with and without their remedies: so many, on two folds, briefly. */
const PROOFS = { arms: 4.5, folds: 2, epochs: 8 } as const;

/** The epochs there is time for, where `wanted` would be trained without a limit. At least 4. */
export function epochsOf({ share }: Pick<Scope, "share">, wanted: number): number {
  return Math.max(LEAST_EPOCHS, Math.round(wanted * share));
}

/**
 * Seconds that a report's trainings take from nothing: the split comparison of notebook 01, the single trainings and
 * proofs of 03, the two cross-validations that 04 to 06 share, and the features behind the label errors.
 */
export function trainingSeconds(ground: Ground, scope: Scope): number {
  const { images, grouped, size, atOnce = 1, calibration: { thread, threadOf4, small } } = ground;
  const { folds, repeats, proofs } = scope;
  const plain = epochsOf(scope, EPOCHS.plain), careful = Math.min(STOPPED, epochsOf(scope, EPOCHS.careful));
  const most = scope.mostImages ?? Infinity;
  const training = (pace: Pace, batch: number, share: number, epochs: number) =>
    oneTraining(pace, {
      batch,
      trained: Math.min(most, share * images),
      watched: Math.min(most, (1 - share) * images),
      images,
      epochs,
    });
  const held = 0.75;
  const alike = (count: number, seconds: number) =>
    together(new Array<number>(Math.round(count)).fill(seconds), atOnce);
  const proving = alike(PROOFS.arms * PROOFS.folds, training(thread, 32, 1 / 2, Math.min(PROOFS.epochs, plain)));
  const crossValidated = alike(repeats * folds, training(thread, 32, 1 - 1 / folds, plain)) +
    alike(repeats * folds, training(small, 32, 1 - 1 / folds, careful));
  const backbone = BACKBONE * (64 / size) ** 2 * Math.min(most, images) * thread.step / 32;
  return (proofs && grouped ? 2 * alike(3, training(thread, 32, 2 / 3, 8)) : 0) +
    together([training(threadOf4, 4, held, plain), training(thread, 32, held, plain)], atOnce) +
    training(small, 32, held, careful) +
    (proofs ? proving : 0) + crossValidated + backbone;
}

/**
 * Seconds of one training alone on its processors.
 *
 * @param work `trained` images an epoch, `watched` after it, and all `images` once at the end.
 */
export function oneTraining(
  { step, first }: Pace,
  { batch, trained, watched, images, epochs }: Readonly<
    Record<"batch" | "trained" | "watched" | "images" | "epochs", number>
  >,
): number {
  const epoch = Math.ceil(trained / batch) * step + EVALUATION * watched / batch * step;
  return first + epochs * epoch + EVALUATION * images / batch * step;
}

/** Seconds until the last of these is done, where as many run at the same time and each free place takes the next. */
export function together(seconds: readonly number[], atOnce: number): number {
  const places = new Array<number>(atOnce).fill(0);
  for (const one of seconds) places[places.indexOf(Math.min(...places))] += one;
  return Math.max(...places);
}

/** Seconds of a report in which nothing is trained: kernels start, files are read, images audited, pages written. */
export function otherSeconds({ images }: Pick<Ground, "images">): number {
  return 80 + 0.03 * images;
}
