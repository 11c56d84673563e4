import { type Chart, predictionCheck } from "../../chart/mod.ts";
import { type Dataset, type Fold, type ReserveImage, sampleReserve, withReserve } from "../../dataset/mod.ts";
import { ChartedResult, finding } from "../../diagnose/mod.ts";
import {
  type Figure,
  type FindingRecord,
  formatCount,
  formatInterval,
  Group,
  type Shown,
  type Table,
  TableView,
} from "../../display/mod.ts";
import { crossValidatedAccuracy, crossValidatedDifference, type Interval, Random } from "../../stats/mod.ts";
import { bounds } from "./_figures.ts";
import { frozenFeatures, type Learner, rightOnes } from "./learner.ts";
import { NotDone } from "./not_done.ts";
import type { SizeCurve } from "./size_curve.ts";

/** What can be added. */
export type Way = "styles" | "emoji" | "styles-alike" | "both";

const WAYS: readonly Way[] = ["styles", "emoji", "styles-alike", "both"];

/** Something that was added to the training images, and what it brought. */
export interface Arm {
  readonly name: Way;
  readonly label: string;
  /** Images trained on before and after, on average over folds. */
  readonly before: number;
  readonly after: number;
  /** By how much the accuracy was predicted to rise; null where that was refused. */
  readonly predicted: Interval | null;
  /** By how much it rose on the same validation images. */
  readonly measured: Interval;
  /** Accuracy after. */
  readonly accuracy: Interval;
  /** [n] Whether each image was classified right after it. */
  readonly correct: readonly boolean[];
}

/** What was checked. */
export interface ReserveFacts {
  /** Of the learner. */
  readonly name: string;
  readonly label: string;
  /** Images outside the sealed test set, before. */
  readonly images: number;
  readonly arms: readonly Arm[];
  /** New emoji instead of as many more styles of known ones, class by class; null where that was not tried. */
  readonly emojiInsteadOfStyles: Interval | null;
  /** Classes of which there are new emoji. */
  readonly classesWithEmoji: number;
  readonly classes: number;
  /** Why nothing was predicted, as `SizeCurve.refused` says it. */
  readonly refused: string | null;
}

/** The prediction of a power law against the truth after images were really added. */
export class ReserveCheck extends ChartedResult {
  constructor(readonly facts: ReserveFacts) {
    super();
  }

  /** By how much a prediction was too high, in shares; null where nothing was predicted. */
  error({ predicted, measured }: Arm): number | null {
    return predicted === null ? null : predicted.estimate - measured.estimate;
  }

  override chart(): Chart {
    return predictionCheck(this.facts.arms.map(({ label, predicted, measured }) => ({ label, predicted, measured })), {
      id: this.#chartId,
      title: `Predicted from ${formatCount(this.facts.images)} images, then really added: ${lower(this.facts.label)}`,
      record: { figures: this.figures(), tables: [this.table()] },
    });
  }

  override figures(): Figure[] {
    return this.facts.arms.flatMap((arm) => {
      const { name, label, predicted, measured } = arm;
      const error = this.error(arm);
      const id = `more-data.reserve.${this.facts.name}.${name}`;
      return [
        ...(predicted === null
          ? []
          : [{ id: `${id}.predicted`, label: `Predicted: ${label}`, ...bounds(predicted), unit: "points" as const }]),
        { id: `${id}.measured`, label: `Measured: ${label}`, ...bounds(measured), unit: "points" as const },
        ...(error === null ? [] : [{
          id: `${id}.error`,
          label: `Predicted minus measured: ${label}`,
          value: error,
          unit: "points" as const,
        }]),
      ];
    });
  }

  override table(): Table {
    return {
      id: this.#chartId,
      title: `Predicted gain of more images, and what adding them brought: ${this.facts.label}`,
      columns: [
        { key: "what", label: "Added to the training images" },
        { key: "before", label: "Trained on before", unit: "count" },
        { key: "after", label: "and after", unit: "count" },
        { key: "predicted", label: "Predicted" },
        { key: "measured", label: "Measured" },
        { key: "error", label: "Predicted minus measured", unit: "points" },
        { key: "accuracy", label: "Accuracy after" },
      ],
      rows: this.facts.arms.map((arm) => ({
        what: arm.label,
        before: Math.round(arm.before),
        after: Math.round(arm.after),
        predicted: arm.predicted === null ? "refused" : formatInterval(arm.predicted, "points"),
        measured: formatInterval(arm.measured, "points"),
        error: this.error(arm),
        accuracy: formatInterval(arm.accuracy),
      })),
    };
  }

  protected override list(): FindingRecord[] {
    const { arms, emojiInsteadOfStyles: instead, refused, label } = this.facts;
    const find = (name: Way) => arms.find((arm) => arm.name === name)!;
    const said = ({ label, before, after, predicted, measured }: Arm) =>
      `${label.toLowerCase()} (${formatCount(after)} instead of ${formatCount(before)} training images) brought ` +
      formatInterval(measured, "points") +
      (predicted === null ? "" : `, predicted was ${formatInterval(predicted, "points")}`);
    const both = `${said(find("styles"))}; ${said(find("emoji"))}`;
    return [
      finding({
        code: "more-data-checked",
        severity: "info",
        sentence: refused === null
          ? `The prediction for ${lower(label)}, put to the test: ${both}.`
          : `Nothing was predicted for ${lower(label)}, but images were added: ${both}.`,
        evidence: this.figures(),
        chart: this.#chartId,
      }),
      ...(instead === null ? [] : [this.#whichFinding(instead)]),
    ];
  }

  /** In words and numbers, for a cell of its own. */
  details(): Shown {
    return new Group(this.findings, new TableView(this.table()));
  }

  #whichFinding(instead: Interval): FindingRecord {
    const { name, arms, classes, classesWithEmoji } = this.facts;
    const told = instead.low > 0 || instead.high < 0;
    const alike = arms.find((arm) => arm.name === "styles-alike");
    return finding({
      code: "styles-or-emoji",
      severity: "info",
      sentence: (told
        ? `${instead.estimate > 0 ? "New emoji" : "More styles of known emoji"} bring more than ` +
          `${instead.estimate > 0 ? "more styles of known ones" : "new ones"}`
        : "Whether new emoji or more styles of known ones bring more cannot be told") +
        `: new emoji instead of as many styles, class by class, bring ${
          formatInterval(instead, "points")
        }. There are ` +
        `new emoji of ${classesWithEmoji} of ${classes} classes.`,
      evidence: [
        {
          id: `more-data.reserve.${name}.emoji-instead-of-styles`,
          label: "New emoji instead of as many styles of known ones",
          ...bounds(instead),
          unit: "points",
        },
        ...(alike === undefined ? [] : [{
          id: `more-data.reserve.${name}.styles-alike.measured`,
          label: `Measured: ${alike.label}`,
          ...bounds(alike.measured),
          unit: "points" as const,
        }]),
      ],
      chart: this.#chartId,
    });
  }

  get #chartId(): string {
    return `reserve-check-${this.facts.name}`;
  }
}

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

const LABELS: Readonly<Record<Arm["name"], string>> = {
  styles: "More styles of known emoji",
  emoji: "New emoji",
  "styles-alike": "As many styles as new emoji, class by class",
  both: "Both, styles and new emoji",
};

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

/** "Frozen features + …" within a sentence. */
function lower(label: string): string {
  return label[0].toLowerCase() + label.slice(1);
}
