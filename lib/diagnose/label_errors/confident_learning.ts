import { DiagnosisError } from "../errors.ts";

/** What confident learning counts. */
export interface ConfidentJoint {
  /** [K] Mean probability that images of a class have for it; NaN for a class without images. */
  readonly thresholds: Float64Array;
  /** [K][K] Images by given label (rows) and the class that they confidently are (columns). */
  readonly counts: readonly (readonly number[])[];
  /** [K][K] The same as shares of all images, scaled to the given labels' counts: the joint of given and true label. */
  readonly joint: readonly (readonly number[])[];
  /** [n] The class that each image confidently is, or -1 where it is confidently none. */
  readonly confident: Int32Array;
}

/** An image whose label is probably wrong. */
export interface Suspect {
  /** Its row in the labels and probabilities. */
  readonly row: number;
  readonly given: number;
  readonly suggested: number;
  /** The probability of the given label. */
  readonly selfConfidence: number;
  /** The probability of the given label minus that of the suggested one, from -1 to 1: the lower, the more suspect. */
  readonly margin: number;
}

/**
 * Counts, for every pair of classes, the images that were given the one and confidently are the other. An image is
 * confidently of a class when its probability reaches that class's threshold, the mean that images of the class get; of
 * several such classes the likeliest counts. Thresholds of their own keep classes apart that a model is generally less
 * sure of, which plain disagreement with the likeliest class does not.
 *
 * @param labels [n] Given labels, 0 to K - 1.
 * @param probabilities [n, K] Out of fold, row by row: a model that has seen a wrong label may have learnt it.
 * @param rows Which of them count, with repetition for a bootstrap; all by default.
 * @throws DiagnosisError unless there is one probability per label and class.
 *
 * Northcutt, Jiang and Chuang (2021), Confident Learning: Estimating Uncertainty in Dataset Labels. Journal of
 * Artificial Intelligence Research 70, 1373–1411.
 */
export function confidentJoint(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classes: number,
  rows: readonly number[] = Array.from({ length: labels.length }, (_, row) => row),
): ConfidentJoint {
  if (probabilities.length !== labels.length * classes) {
    throw new DiagnosisError(
      `Cannot look for label errors: ${labels.length} labels of ${classes} classes need ${labels.length * classes} ` +
        `probabilities, there are ${probabilities.length}`,
    );
  }
  const given = new Float64Array(classes);
  const sums = new Float64Array(classes);
  for (const row of rows) {
    given[labels[row]]++;
    sums[labels[row]] += probabilities[row * classes + labels[row]];
  }
  const thresholds = sums.map((sum, k) => sum / given[k]);
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  const confident = new Int32Array(labels.length).fill(-1);
  for (const row of rows) {
    let best = -1;
    for (let k = 0; k < classes; k++) {
      const probability = probabilities[row * classes + k];
      // The tolerance: of a class whose images all have the same probability, each has the mean, up to rounding.
      if (!(probability >= thresholds[k] - 1e-6)) continue;
      if (best < 0 || probability > probabilities[row * classes + best]) best = k;
    }
    confident[row] = best;
    if (best >= 0) counts[labels[row]][best]++;
  }
  const joint = counts.map((row, label) => {
    // A class none of whose images are confidently anything is taken to be itself.
    const filled = row.every((count) => count === 0) ? row.map((_, k) => Number(k === label)) : row;
    const sum = filled.reduce((a, b) => a + b, 0);
    return filled.map((count) => count / sum * given[label] / rows.length);
  });
  return { thresholds, counts, joint, confident };
}

/** The share of images whose given label the joint says to be wrong. */
export function estimatedErrors({ joint }: Pick<ConfidentJoint, "joint">): number {
  let wrong = 0;
  joint.forEach((row, label) => row.forEach((share, k) => wrong += k === label ? 0 : share));
  return wrong;
}

/** The images off the diagonal of the counts: given one label, confidently of another class. The most suspect first. */
export function suspectsOf(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classes: number,
  { confident }: Pick<ConfidentJoint, "confident">,
): Suspect[] {
  const suspects: Suspect[] = [];
  for (let row = 0; row < labels.length; row++) {
    const given = labels[row], suggested = confident[row];
    if (suggested < 0 || suggested === given) continue;
    const selfConfidence = probabilities[row * classes + given];
    const margin = selfConfidence - probabilities[row * classes + suggested];
    // A model that is less sure of some classes may find the given label likelier, and still this one remarkable.
    suspects.push({ row, given, suggested, selfConfidence, margin });
  }
  return suspects.sort((a, b) => a.margin - b.margin || a.row - b.row);
}
