import type { Fold } from "../dataset/mod.ts";
import { DiagnosisError } from "./errors.ts";

/** Which images a model or a baseline classified right. */
export interface Scored {
  /** As "thread-cnn" or "colour-histogram". */
  readonly name: string;
  /** Indices into the data set's records, each once. */
  readonly images: readonly number[];
  /** Whether each of `images` is classified right, in their order. */
  readonly correct: readonly boolean[];
  /** How many models measured them: 1 for a hold-out, k for the left-out parts of k folds. */
  readonly folds: number;
}

/** What of a trained run is compared; `Run` of `lib/train` is one. */
export interface ScoredRun {
  readonly model: string;
  readonly fold: Pick<Fold, "validation">;
  /** In the order of `fold.validation`. */
  readonly correct: readonly boolean[];
}

/**
 * Runs of one model, one per fold, as one list of images.
 *
 * @throws DiagnosisError without runs, with runs of different models, or when an image is measured twice.
 */
export function scored(runs: ScoredRun | readonly ScoredRun[] | Scored): Scored {
  if ("images" in runs) return runs;
  const list = [runs].flat() as ScoredRun[];
  if (list.length === 0) throw new DiagnosisError("Cannot compare: there must be at least one run, got none");
  const names = [...new Set(list.map((run) => run.model))];
  if (names.length > 1) {
    throw new DiagnosisError(`Cannot compare: each side must be runs of one model, got ${names.join(", ")} together`);
  }
  const images = list.flatMap((run) => run.fold.validation);
  if (new Set(images).size < images.length) {
    throw new DiagnosisError(
      `Cannot compare: each image must be measured once, but two runs of ${names[0]} share some`,
    );
  }
  return { name: names[0], images, correct: list.flatMap((run) => run.correct), folds: list.length };
}

/**
 * The two on the same images, in the order of the first.
 *
 * @throws DiagnosisError when they were not measured on the same images.
 */
export function aligned(
  a: Scored,
  b: Scored,
): { images: readonly number[]; a: readonly boolean[]; b: boolean[]; folds: number } {
  const right = new Map(b.images.map((image, i) => [image, b.correct[i]]));
  const common = a.images.filter((image) => right.has(image)).length;
  if (common < a.images.length || common < b.images.length) {
    throw new DiagnosisError(
      `Cannot compare ${a.name} with ${b.name}: both must be measured on the same images, they share ${common} ` +
        `(${a.name} has ${a.images.length}, ${b.name} has ${b.images.length}); cross-validate both on the same folds`,
    );
  }
  return {
    images: a.images,
    a: a.correct,
    b: a.images.map((image) => right.get(image)!),
    folds: Math.max(a.folds, b.folds),
  };
}
