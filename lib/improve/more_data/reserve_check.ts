import { type Chart, predictionCheck } from "../../chart/mod.ts";
import { type Dataset, type Fold, type ReserveImage, sampleReserve, withReserve } from "../../dataset/mod.ts";
import { ChartedResult, finding } from "../../diagnose/mod.ts";
import { type Figure, type FindingRecord, formatCount, formatInterval, type Table } from "../../display/mod.ts";
import { crossValidatedAccuracy, crossValidatedDifference, type Interval, Random } from "../../stats/mod.ts";
import { bounds } from "./_figures.ts";
import { frozenFeatures, type Learner } from "./learner.ts";
import type { SizeCurve } from "./size_curve.ts";

/** Something that was added to the training images, and what it brought. */
export interface Arm {
  readonly name: "styles" | "emoji" | "styles-alike" | "both";
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
  readonly label: string;
  readonly arms: readonly Arm[];
  /** More emoji instead of as many more styles of known ones. */
  readonly emojiInsteadOfStyles: Interval;
  /** Why nothing was predicted, as `SizeCurve.refused` says it. */
  readonly refused: string | null;
}

/** The prediction of a power law against the truth after images were really added. */
export class ReserveCheck extends ChartedResult {
  constructor(readonly facts: ReserveFacts) {
    super();
  }

  /** Measured minus predicted gain, in shares; null where nothing was predicted. */
  error({ predicted, measured }: Arm): number | null {
    return predicted === null ? null : measured.estimate - predicted.estimate;
  }

  override chart(): Chart {
    return predictionCheck(this.facts.arms.map(({ label, predicted, measured }) => ({ label, predicted, measured })), {
      id: "reserve-check",
      title: "More images, predicted from 750 and then really added",
      record: { figures: this.figures(), tables: [this.table()] },
    });
  }

  override figures(): Figure[] {
    return this.facts.arms.flatMap((arm) => {
      const { name, label, predicted, measured } = arm;
      const error = this.error(arm);
      const id = `more-data.reserve.${name}`;
      return [
        ...(predicted === null
          ? []
          : [{ id: `${id}.predicted`, label: `Predicted: ${label}`, ...bounds(predicted), unit: "points" as const }]),
        { id: `${id}.measured`, label: `Measured: ${label}`, ...bounds(measured), unit: "points" as const },
        ...(error === null ? [] : [{
          id: `${id}.error`,
          label: `Measured minus predicted: ${label}`,
          value: error,
          unit: "points" as const,
        }]),
      ];
    });
  }

  override table(): Table {
    return {
      id: "reserve-check",
      title: "Predicted gain of more images, and what adding them brought",
      columns: [
        { key: "what", label: "Added to the training images" },
        { key: "before", label: "Trained on before", unit: "count" },
        { key: "after", label: "and after", unit: "count" },
        { key: "predicted", label: "Predicted" },
        { key: "measured", label: "Measured" },
        { key: "error", label: "Error of the prediction", unit: "points" },
        { key: "accuracy", label: "Accuracy after" },
      ],
      rows: this.facts.arms.map((arm) => ({
        what: arm.label,
        before: Math.round(arm.before),
        after: Math.round(arm.after),
        predicted: arm.predicted === null ? "refused" : formatInterval(arm.predicted, "points"),
        measured: formatInterval(arm.measured, "points"),
        error: arm.predicted === null ? null : arm.predicted.estimate - arm.measured.estimate,
        accuracy: formatInterval(arm.accuracy),
      })),
    };
  }

  protected override list(): FindingRecord[] {
    const { arms, emojiInsteadOfStyles: instead, refused } = this.facts;
    const find = (name: Arm["name"]) => arms.find((arm) => arm.name === name)!;
    const [styles, emoji] = [find("styles"), find("emoji")];
    const said = ({ label, before, after, predicted, measured }: Arm) =>
      `${label} (${formatCount(before)} to ${formatCount(after)} training images) brought ` +
      `${formatInterval(measured, "points")}` +
      (predicted === null ? "" : ` where ${formatInterval(predicted, "points")} was predicted`);
    const told = instead.low > 0 || instead.high < 0;
    const alike = arms.find((arm) => arm.name === "styles-alike");
    return [
      finding({
        code: "more-data-checked",
        severity: "info",
        sentence: refused === null
          ? `The prediction put to the test: ${said(styles)}; ${said(emoji)}.`
          : `Nothing was predicted, since ${refused}. What came: ${said(styles)}; ${said(emoji)}.`,
        evidence: this.figures(),
        chart: "reserve-check",
      }),
      finding({
        code: "styles-or-emoji",
        severity: "info",
        sentence: (told
          ? `${instead.estimate > 0 ? "New emoji" : "More styles of known emoji"} bring more than ` +
            `${instead.estimate > 0 ? "more styles of known ones" : "new ones"}`
          : "Whether new emoji or more styles of known ones bring more cannot be told") +
          `: with equally many images of the same classes, new emoji instead of styles bring ` +
          `${formatInterval(instead, "points")}.`,
        evidence: [
          {
            id: "more-data.reserve.emoji-instead-of-styles",
            label: "New emoji instead of as many styles of known ones",
            ...bounds(instead),
            unit: "points",
          },
          ...(alike === undefined ? [] : [{
            id: "more-data.reserve.styles-alike.measured",
            label: `Measured: ${alike.label}`,
            ...bounds(alike.measured),
            unit: "points" as const,
          }]),
        ],
        chart: "reserve-check",
      }),
    ];
  }
}

/** Shown where there is no reserve: nobody can add images that nobody has. */
export class NoReserve extends ChartedResult {
  override chart(): null {
    return null;
  }

  override figures(): Figure[] {
    return [];
  }

  override table(): Table {
    return { id: "reserve-check", title: "", columns: [], rows: [] };
  }

  protected override list(): FindingRecord[] {
    return [finding({
      code: "more-data-unchecked",
      severity: "info",
      sentence: "The prediction above stays a prediction: images that were kept back exist for the sample alone.",
      remedy: "Add images and run the report again: it says what changed since the last one.",
    })];
  }
}

/** How the reserve is put to use. */
export interface ReserveOptions {
  /** That of the curve, by default frozen features. */
  readonly learner?: Learner;
  /** Which images are added. 1 by default. */
  readonly seed?: number;
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
 * @returns A sentence that says so where the images are not the sample's.
 * @throws Interrupted when the person stopped it; what is finished is kept.
 */
export async function checkWithReserve(
  images: Dataset,
  folds: readonly Fold[],
  curve: SizeCurve,
  { learner = frozenFeatures(), seed = 1 }: ReserveOptions = {},
): Promise<ReserveCheck | NoReserve> {
  const reserve = await sampleReserve(images);
  if (reserve === null) return new NoReserve();
  const plan = folds.map((fold) => additions(images, fold, reserve, seed));
  const wanted = [...new Set(plan.flatMap((arms) => Object.values(arms).flat()))];
  const { images: all, added } = await withReserve(images, wanted);
  const index = new Map(wanted.map((image, i) => [image, added[i]]));
  const names = ["styles", "emoji", "styles-alike", "both"] as const;
  const arms = names.map((name) =>
    folds.map((fold, i): Fold => ({
      ...fold,
      train: [...fold.train, ...plan[i][name].map((image) => index.get(image)!)],
    }))
  );
  const right = await learner.learn(all, [...folds, ...arms.flat()]);
  const k = folds.length;
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
  return new ReserveCheck({
    label: learner.label,
    arms: results,
    emojiInsteadOfStyles:
      crossValidatedDifference({ ...common, a: results[2].correct, b: results[1].correct }).difference,
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
