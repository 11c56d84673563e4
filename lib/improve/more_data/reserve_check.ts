import { type Dataset, type Fold, type ReserveImage, sampleReserve, withReserve } from "../../dataset/mod.ts";
import { crossValidatedAccuracy, crossValidatedDifference, Random } from "../../stats/mod.ts";
import { frozenFeatures, type Learner, rightOnes } from "./learner.ts";
import { NotDone } from "./not_done.ts";
import { type Arm, ReserveCheck, type Way } from "./reserve_result.ts";
import type { SizeCurve } from "./size_curve.ts";

const WAYS: readonly Way[] = ["styles", "emoji", "styles-alike", "both"];

const LABELS: Readonly<Record<Arm["name"], string>> = {
  styles: "More styles of known emoji",
  emoji: "New emoji",
  "styles-alike": "As many styles as new emoji, class by class",
  both: "Both, styles and new emoji",
};

/** How the reserve is put to use. */
export interface ReserveOptions {
  /** That of the curve, by default frozen features. */
  readonly learner?: Learner;
  /** Which images are added. 1 by default. */
  readonly seed?: number;
  /** What is tried, "styles" and "emoji" at least, or nothing; all four by default. */
  readonly ways?: readonly Way[];
}

/**
 * Checks a curve's prediction by truly adding images of the sample's reserve to the training parts of its folds, in two
 * ways: other styles of emoji that are trained on, up to twice the images of a class; and emoji that the sample has not.
 * The validation parts stay as they are, and an image is only added where its emoji is not among them. Since there are
 * new emoji of few classes only, as many styles, class by class, are added for comparison.
 *
 * Reserve images are drawn when they are first needed, and kept, like everything that is learnt.
 *
 * @param curve Of the same images and folds.
 * @returns A sentence that says so where the images are not the sample's, or where nothing is to be tried.
 * @throws Interrupted when the person stopped it; what is finished is kept.
 */
export async function checkWithReserve(
  images: Dataset,
  folds: readonly Fold[],
  curve: SizeCurve,
  { learner = frozenFeatures(), seed = 1, ways = WAYS }: ReserveOptions = {},
): Promise<ReserveCheck | NotDone> {
  const reserve = await sampleReserve(images);
  if (reserve === null) {
    return new NotDone({
      code: "more-data-unchecked",
      sentence: "What was predicted stays a prediction: only of the sample were images kept back that could be added.",
      remedy: "Add images to the folder and run the report again: it says what changed since the last one.",
    });
  }
  if (ways.length === 0) {
    return new NotDone({
      code: "more-data-unchecked",
      sentence: "There was no time to add the images that the sample has in reserve.",
      remedy: "Give the report more time, as with --budget 15m.",
    });
  }
  const plan = folds.map((fold) => additions(images, fold, reserve, seed));
  const names = WAYS.filter((name) => ways.includes(name));
  const wanted = [...new Set(plan.flatMap((arms) => names.flatMap((name) => arms[name])))];
  const { images: all, added } = await withReserve(images, wanted);
  const index = new Map(wanted.map((image, i) => [image, added[i]]));
  const arms = names.map((name) =>
    folds.map((fold, i): Fold => ({
      ...fold,
      train: [...fold.train, ...plan[i][name].map((image) => index.get(image)!)],
    }))
  );
  const k = folds.length;
  const trainings = [...folds, ...arms.flat()];
  const right = (await learner.learn(all, trainings)).map((said, i) =>
    rightOnes(all, trainings[i], said, folds[i % k].train)
  );
  const before = right.slice(0, k).flat();
  const measured = folds.flatMap(({ validation }) => validation);
  const common = {
    labels: measured.map((i) => images.records[i].label),
    groups: images.grouped ? measured.map((i) => images.records[i].group) : undefined,
    folds: k,
  };
  const trained = mean(folds.map(({ train }) => train.length));
  const results = names.map((name, i): Arm => {
    const correct = right.slice((i + 1) * k, (i + 2) * k).flat();
    const after = mean(arms[i].map(({ train }) => train.length));
    return {
      name,
      label: LABELS[name],
      before: trained,
      after,
      predicted: curve.gain(after),
      measured: crossValidatedDifference({ ...common, a: before, b: correct }).difference,
      accuracy: crossValidatedAccuracy({ ...common, correct }),
      correct,
    };
  });
  const [emoji, alike] = ["emoji", "styles-alike"].map((name) => results.find((arm) => arm.name === name));
  return new ReserveCheck({
    name: learner.name,
    label: learner.label,
    images: images.development.length,
    arms: results,
    emojiInsteadOfStyles: emoji && alike
      ? crossValidatedDifference({ ...common, a: alike.correct, b: emoji.correct }).difference
      : null,
    classesWithEmoji: new Set(plan.flatMap((arms) => arms.emoji.map(({ label }) => label))).size,
    classes: images.classes.length,
    refused: curve.refused,
  });
}

/**
 * What is added to one fold's training images. Styles: of each class at most as many as the fold trains on. New emoji:
 * the same. Never an emoji that the fold measures.
 */
export function additions(
  { records, classes }: Pick<Dataset, "records" | "classes">,
  fold: Fold,
  reserve: readonly ReserveImage[],
  seed: number,
): Record<Arm["name"], ReserveImage[]> {
  const measured = new Set(fold.validation.map((i) => records[i].group));
  const allowed = new Random(`${seed}/reserve`).shuffled(reserve).filter(({ group }) => !measured.has(group));
  const parts = classes.map((_, label) => {
    const most = fold.train.filter((i) => records[i].label === label).length;
    const of = (known: boolean) => allowed.filter((one) => one.label === label && one.known === known).slice(0, most);
    const styles = of(true), emoji = of(false);
    // Equally many of both, so that nothing but the kind of image differs.
    const alike = Math.min(styles.length, emoji.length);
    return { styles, emoji: emoji.slice(0, alike), "styles-alike": styles.slice(0, alike) };
  });
  const all = (name: "styles" | "emoji" | "styles-alike") => parts.flatMap((part) => part[name]);
  return {
    styles: all("styles"),
    emoji: all("emoji"),
    "styles-alike": all("styles-alike"),
    both: [...all("styles"), ...all("emoji")],
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
