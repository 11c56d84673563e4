import { type Figure, type FindingRecord, formatInterval, formatShare } from "../display/mod.ts";
import type { Interval } from "../stats/mod.ts";
import { type Curve, fall, lowest, smoothed, valleyOf } from "./_curve.ts";
import { finding } from "./finding.ts";
import { counted, listed, percent } from "./_words.ts";

/** Looks at the curves; says what it found, or null. */
export type CurveRule = (curve: Curve) => FindingRecord | null;

/**
 * The thresholds of the verdict. They are judgements, not laws: chosen so that what is called a problem is larger than
 * what the noise of some hundred images and of one epoch makes.
 */
export const CURVE_THRESHOLDS = {
  /** Below this many epochs nothing is said but "diverging": a curve needs a beginning and an end. */
  epochs: 4,
  /** A gap this wide is worth acting on. Below, regularising harder costs about as much as it brings. */
  gap: 0.1,
  /** The validation loss has risen when it ends this much above its lowest, as a share. Single epochs vary by some 5 %. */
  rise: 0.1,
  /** Training goes on when its loss falls by this much over the last quarter of the epochs, as a share of it. */
  trainingFall: 0.05,
  /** Validation goes on when its loss falls by this much over the same epochs. It has more noise and falls less. */
  validationFall: 0.01,
  /** From here on the training images are learnt by heart: more epochs have little left to learn. */
  learnt: 0.95,
  /** From here on the training images count as fitted. */
  fitted: 0.9,
  /** Below this, most models that fit their task are better on what they have seen. */
  underfitted: 0.8,
  /** With more images per class than this, lack of data is not the first thing to think of. */
  imagesPerClass: 1000,
  /** Standard errors above chance that count as having learnt anything. */
  aboveChance: 3,
} as const;

const T = CURVE_THRESHOLDS;

/** The loss stopped being a number, ended above where it began, or came back up far from its lowest. */
export const diverging: CurveRule = (curve) => {
  const remedy = "Lower the learning rate by a factor of ten, and check that pixel values are scaled to 0 to 1.";
  if (curve.broken) {
    const { runs, epoch } = curve.broken;
    const which = curve.runs > 1 ? ` in ${runs} of ${curve.runs} runs` : "";
    return finding({
      code: "diverging",
      severity: "error",
      sentence: `Diverging: from epoch ${epoch} on, the loss is no number any more${which}.`,
      evidence: [figure(curve, "diverged", "Loss is no number from", epoch, "epoch")],
      remedy,
    });
  }
  if (curve.epochs < 2) return null;
  const losses = smoothed(curve.loss);
  const last = losses[losses.length - 1];
  const best = lowest(losses);
  const aboveStart = last > 1.05 * curve.loss[0];
  // A small loss can double within its noise: the way back up must also be a good part of what chance costs, ln K.
  const backUp = last > 2 * losses[best] && last - losses[best] > 0.25 * Math.log(curve.classes);
  if (!aboveStart && !backUp) return null;
  const from = aboveStart ? 1 : best + 1;
  return finding({
    code: "diverging",
    severity: "error",
    sentence:
      `Diverging: the loss on the training images rises from ${number((aboveStart ? curve.loss : losses)[from - 1])} ` +
      `at epoch ${from} to ${number(last)} at epoch ${curve.epochs}, where it should fall.`,
    evidence: [
      figure(
        curve,
        "training-loss-before",
        `Training loss at epoch ${from}`,
        (aboveStart ? curve.loss : losses)[from - 1],
      ),
      figure(curve, "training-loss-last", "Training loss at the end", last),
    ],
    remedy,
  });
};

/** Up to three epochs: nothing can be told yet. */
export const tooShort: CurveRule = (curve) => {
  if (curve.epochs >= T.epochs) return null;
  return finding({
    code: "too-short",
    severity: "info",
    sentence: `Too short to tell: ${counted(curve.epochs, "epoch")} show no trend yet. So far: ${onBoth(curve)}`,
    evidence: common(curve),
    remedy: "Train for at least 10 epochs, better 20, before judging the curves.",
  });
};

/** Even the training images are classified about as well as without looking at them. */
export const learntNothing: CurveRule = (curve) => {
  const { accuracy, images } = curve.training;
  const limit = curve.chance + T.aboveChance * Math.sqrt(curve.chance * (1 - curve.chance) / images);
  if (accuracy > limit) return null;
  const dead = curve.deadUnits.filter(({ share }) => share >= 0.5).map(({ layer }) => layer);
  return finding({
    code: "underfitting",
    severity: "error",
    sentence: `Underfitting: after ${counted(curve.epochs, "epoch")} the model has learnt nothing. It gets ` +
      `${
        formatShare(accuracy, { n: images })
      } of the images right that it trained on; always saying the most frequent class gets ` +
      `${formatShare(curve.chance, { n: curve.training.images })}.` +
      (dead.length === 0 ? "" : ` More than half of the units of ${listed(dead)} never fire.`),
    evidence: [...common(curve), chanceFigure(curve)],
    remedy:
      "Try learning rates ten times lower and ten times higher, and check the labels, the loss and the scaling of the " +
      "pixels (the lint does). A model that works can learn 20 images by heart: try that first.",
  });
};

/** Both losses were still falling when training stopped. */
export const notConverged: CurveRule = (curve) => {
  const trainingFall = fall(lastQuarter(curve.loss));
  const validationFall = fall(lastQuarter(curve.validationLoss));
  if (curve.training.accuracy >= T.learnt || trainingFall < T.trainingFall) return null;
  const best = valleyOf(curve.validationLoss) + 1;
  const from = curve.epochs - lastQuarter(curve.loss).length + 1;
  const validationGoesOn = validationFall >= T.validationFall && best > from;
  if (!validationGoesOn && clearGap(curve)) return null;
  return finding({
    code: "not-converged",
    severity: "warning",
    sentence: `Not converged: from epoch ${from} to ${curve.epochs} the loss on the training images still fell by ` +
      `${percent(trainingFall)}` +
      (validationGoesOn
        ? ` and that on unseen images by ${percent(validationFall)}.`
        : `, and the model is no better on them than on unseen images.`) +
      ` So far: ${onBoth(curve)}`,
    evidence: [
      ...common(curve),
      figure(
        curve,
        "training-loss-fall",
        `Fall of the training loss since epoch ${from}`,
        wholePercent(trainingFall),
        "share",
      ),
      figure(
        curve,
        "validation-loss-fall",
        `Fall of the validation loss since epoch ${from}`,
        wholePercent(validationFall),
        "share",
      ),
    ],
    remedy: `Train longer: twice the ${curve.epochs} epochs, with early stopping so that nothing is lost. A higher ` +
      "learning rate gets there sooner.",
  });
};

/** Much better on training images than on unseen ones, and more training makes that worse. */
export const overfitting: CurveRule = (curve) => {
  if (!clearGap(curve)) return null;
  const best = valleyOf(curve.validationLoss);
  const least = curve.validationLoss[best];
  const last = smoothed(curve.validationLoss)[curve.epochs - 1];
  const rise = last / least - 1;
  const rose = rise >= T.rise && best < curve.epochs - 2;
  if (!rose && dataLimited(curve)) return null;
  return finding({
    code: "overfitting",
    severity: "warning",
    sentence: `Overfitting${rose ? ` from epoch ${best + 2}` : ""}: ${onBoth(curve)}` +
      (rose
        ? ` The loss on unseen images was lowest at epoch ${best + 1} and has risen by ${percent(rise)} since.`
        : fall(lastQuarter(curve.validationLoss)) >= T.validationFall
        ? " The loss on unseen images still falls, but the training images have little left to teach."
        : " The loss on unseen images no longer falls."),
    evidence: [
      ...common(curve),
      figure(curve, "best-epoch", "Lowest loss on unseen images", best + 1, "epoch"),
      figure(curve, "validation-loss-lowest", "That loss", least),
      figure(curve, "validation-loss-last", "Mean of the last two epochs", last),
    ],
    remedy: "Learn less by heart: " +
      (curve.augmented ? "" : "vary the training images (mirror, shift), ") +
      "use fewer weights or dropout, start from a pre-trained network, or collect more real images. " +
      (rose
        ? `Stopping at epoch ${best + 1} keeps the best weights but closes little of the gap.`
        : "Longer training alone does not help."),
  });
};

/** The training images are fitted, and what the model makes of unseen ones stopped improving well before the end. */
export const dataLimited: CurveRule = (curve) => {
  const perClass = curve.training.images / curve.classes;
  if (!clearGap(curve) || curve.training.accuracy < T.fitted || perClass > T.imagesPerClass) return null;
  const losses = smoothed(curve.validationLoss);
  const lastHalf = losses.slice(Math.floor(losses.length / 2));
  const flat = Math.abs(fall(lastHalf)) < T.rise && losses[losses.length - 1] < (1 + T.rise) * Math.min(...losses);
  if (!flat && !curve.augmented) return null;
  return finding({
    code: "data-limited",
    severity: "warning",
    sentence: `This looks limited by the data: ${onBoth(curve)} ` +
      (flat
        ? `The loss on unseen images has been level since about epoch ${settledAt(losses)}, `
        : "That gap is left although the training images are varied, ") +
      `with ${curve.imported ? "at most" : "about"} ${
        counted(Math.round(perClass), "image")
      } to learn each class from. It is a sign, not a proof.`,
    evidence: [
      ...common(curve),
      figure(curve, "images-per-class", "Training images per class", Math.round(perClass), "count"),
    ],
    remedy: "Train on half of the images: if that costs clearly, more images will bring something. A pre-trained " +
      "network, which has seen other images, is the cheapest substitute.",
  });
};

/** The gap is wide, but so is its interval. */
export const unclear: CurveRule = (curve) => {
  if (!hasBounds(curve.unseen) || curve.gap.estimate <= T.gap || curve.gap.low > 0) return null;
  return finding({
    code: "unclear",
    severity: "info",
    sentence: `Cannot be told with ${counted(curve.unseen.n, "unseen image")}: ${
      onBoth(curve)
    } The difference may be chance.`,
    evidence: common(curve),
    remedy: "Cross-validate, so that every image is measured once, or collect more images.",
  });
};

/** Not much better on training images than on unseen ones, and far from perfect on both. */
export const underfitting: CurveRule = (curve) => {
  if (clearGap(curve) || curve.training.accuracy >= T.underfitted) return null;
  return finding({
    code: "underfitting",
    severity: "warning",
    sentence: `Underfitting: ${onBoth(curve)} The loss on the training images has stopped falling, so more epochs of ` +
      "the same will not help.",
    evidence: [...common(curve), chanceFigure(curve)],
    remedy:
      "Give the model more to work with: more filters or layers, a higher learning rate or larger images; where " +
      `there is dropout or other regularisation${curve.augmented ? " (the augmentation, too)" : ""}, less of it.`,
  });
};

/** Good on both, or as good as training gets. */
export const goodFit: CurveRule = (curve) => {
  if (clearGap(curve) || curve.training.accuracy < T.underfitted) return null;
  return finding({
    code: "good-fit",
    severity: "good",
    sentence: `Good fit: ${onBoth(curve)} The gap of ${formatInterval(curve.gap, "points")} is nothing to worry about.`,
    evidence: common(curve),
  });
};

/** The gap's interval leaves out 0, where it has one, and the gap is wide enough to matter. */
function clearGap({ gap }: Curve): boolean {
  return (gap.low > 0 || !hasBounds(gap)) && gap.estimate > T.gap;
}

/** Whether it is known how many images an accuracy rests on. */
function hasBounds({ low, high }: Interval): boolean {
  return !Number.isNaN(low) && !Number.isNaN(high);
}

/** The last quarter of the epochs, at least three. */
function lastQuarter(values: readonly number[]): readonly number[] {
  return values.slice(-Math.max(3, Math.ceil(values.length / 4) + 1));
}

/** First epoch from which on the loss stays within the threshold of where it ends. */
function settledAt(losses: readonly number[]): number {
  const end = losses[losses.length - 1];
  return losses.findLastIndex((loss) => Math.abs(loss - end) > T.rise * end) + 2;
}

function onBoth({ training, unseen }: Curve): string {
  if (!hasBounds(unseen)) {
    return `${percent(training.accuracy)} on the training images, ${
      percent(unseen.estimate)
    } on unseen images (of how ` +
      "many, and so how surely, is not known without predictions).";
  }
  const share = formatShare(training.accuracy, { halfWidth: (unseen.high - unseen.low) / 2 });
  return `${share} on the training images, ${formatInterval(unseen)} on unseen images.`;
}

function common(curve: Curve): Figure[] {
  const { training, unseen, gap } = curve;
  return [
    figure(
      curve,
      "training-accuracy",
      "Accuracy on training images",
      training.accuracy,
      "share",
      curve.imported ? { method: "as training saw them" } : { n: training.images },
    ),
    figure(curve, "unseen-accuracy", "Accuracy on unseen images", unseen.estimate, "share", bounds(unseen)),
    figure(curve, "gap", "Gap between the two", gap.estimate, "points", bounds(gap)),
  ];
}

function chanceFigure(curve: Curve): Figure {
  return figure(curve, "chance", "Always the most frequent class", curve.chance, "share");
}

function figure(
  { model, by }: Curve,
  id: string,
  label: string,
  value: number,
  unit: Figure["unit"] = "number",
  basis: Partial<Figure> = {},
): Figure {
  return { id: `${model}.by-${by}.${id}`, label, value, unit, ...basis };
}

function bounds(interval: Interval): Partial<Figure> {
  const { low, high, n, groups, method } = interval;
  if (!hasBounds(interval)) return { method };
  return { low, high, n, groups, method };
}

function number(loss: number): string {
  return loss.toFixed(2);
}

function wholePercent(share: number): number {
  return Math.round(100 * share) / 100;
}
