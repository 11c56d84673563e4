import { accuracyBars, type Chart, learningCurveBands } from "../chart/mod.ts";
import {
  type Figure,
  Figures,
  type FindingRecord,
  FindingView,
  formatInterval,
  formatShare,
  type ResultRecord,
  Shown,
  type Table,
  tableHtml,
  tableText,
} from "../display/mod.ts";
import { accuracyInterval, crossValidatedAccuracy, type Interval, metricInterval } from "../stats/mod.ts";
import type { Run } from "../train/mod.ts";
import { type Answers, answersOf, slug } from "./_answers.ts";
import { classMeans } from "./_class_means.ts";
import { DiagnosisError } from "./errors.ts";
import { finding } from "./finding.ts";
import { isUneven } from "./_folds.ts";
import type { LabelledImages } from "./images.ts";
import { accuracyOf } from "./_measured.ts";
import { type PredictingRun, type Predictions, predictionsOf } from "./predictions.ts";
import { counted, percent } from "./_words.ts";
import { bounds } from "./_bounds.ts";

/** A run of a cross-validation; with its history, learning curves can be drawn. `Run` of `lib/train` is one. */
export type FoldRun = PredictingRun & Partial<Pick<Run, "history" | "keptEpoch" | "inner">> & {
  readonly config?: Pick<Run["config"], "earlyStopping">;
};

/** Runs by repeat, then by fold; `Repeats` of `lib/train` is one. */
export interface RepeatedRuns {
  readonly byRepeat: readonly (readonly FoldRun[])[];
  /** Whether repeats have other folds, or only other seeds. */
  readonly vary: "folds" | "seed";
}

/** What can be summed up. */
export type CrossValidated = readonly FoldRun[] | RepeatedRuns | Predictions;

/** Accuracy of one fold alone. */
export interface FoldAccuracy {
  /** 0-based. */
  readonly repeat: number;
  readonly fold: number;
  readonly accuracy: Interval;
}

/** How much scores differ: all shares. */
export interface Spread {
  /** How many scores. */
  readonly count: number;
  readonly low: number;
  readonly high: number;
  /** Sample standard deviation. */
  readonly deviation: number;
}

/** How good one model is on images that it was not trained on, and how much that depends on luck. */
export class CrossValidation extends Shown {
  readonly name: string;
  /** Of the first repeat: each image once. What confusion, calibration and galleries start from. */
  readonly predictions: Predictions;
  /** Models per repeat: k of k folds, 1 for predictions of a single model. */
  readonly folds: number;
  readonly repeats: number;
  readonly classes: number;
  readonly accuracy: Interval;
  /** Mean over classes of the share classified right. */
  readonly balancedAccuracy: Interval;
  readonly macroF1: Interval;
  /** Whether the classes are so uneven that the two above should be looked at. */
  readonly uneven: boolean;
  /** Empty where it isn't known which fold an image was in. */
  readonly byFold: readonly FoldAccuracy[];
  /** Between the folds of a repeat: other images, and another model. Null where folds aren't known. */
  readonly overFolds: Spread | null;
  /** Between repeats, each over the same images: the luck of folds and seeds alone. Null without repeats. */
  readonly overRepeats: (Spread & { readonly vary: "folds" | "seed" }) | null;
  /** Images of the first repeat for which the model gave no number; they count as wrong. */
  readonly unanswered: number;
  /** Accuracy of always saying the most frequent class of the images measured. */
  readonly floor: number;
  readonly #runs: readonly FoldRun[];

  constructor(repeats: readonly Predictions[], dataset: LabelledImages, facts: {
    readonly name: string;
    readonly seed: number;
    readonly vary: "folds" | "seed";
    readonly runs: readonly FoldRun[];
  }) {
    super();
    const { name, seed, vary, runs } = facts;
    const answers = repeats.map((one) => answersOf(one, dataset));
    const [first] = answers;
    const { images, labels, groups, folds } = first;
    const said = [first.said, ...answers.slice(1).map((one) => saidOf(one, images))];
    const measured = { images, folds, dataset, seed };
    this.name = name;
    this.predictions = { ...repeats[0], name };
    this.folds = folds;
    this.repeats = repeats.length;
    this.classes = dataset.classes.length;
    this.#runs = runs;
    this.accuracy = repeats.length === 1
      ? accuracyOf(hits(labels, said[0]), measured)
      : crossValidatedAccuracy({ correct: shares(labels, said), labels, folds, groups });
    const mean = (pick: (means: ReturnType<typeof classMeans>) => number) =>
      metricInterval(
        (drawn) =>
          said.reduce((sum, one) => sum + pick(classMeans(labels, one, dataset.classes.length, drawn)), 0) /
          said.length,
        // Some thousand resamples of each of r repeats would take long, and r models agree on much.
        { n: images.length, folds, groups, seed, resamples: Math.max(400, Math.round(2000 / said.length)) },
      );
    this.balancedAccuracy = mean((means) => means.balancedAccuracy);
    this.macroF1 = mean((means) => means.macroF1);
    this.uneven = isUneven(labels, dataset.classes.length);
    this.byFold = answers.flatMap((one, repeat) => foldAccuracies(one, repeat, seed));
    const perRepeat = said.map((one) => share(hits(labels, one)));
    this.overFolds = spreadWithin(this.byFold);
    this.overRepeats = perRepeat.length < 2 ? null : { ...spreadOf(perRepeat), vary };
    this.unanswered = first.unanswered;
    const counts = new Array<number>(dataset.classes.length).fill(0);
    for (const label of labels) counts[label]++;
    this.floor = Math.max(...counts) / labels.length;
  }

  /** What it means, in words. */
  get findings(): FindingView {
    return new FindingView([
      ...(this.unanswered > 0 ? [this.#noAnswer()] : []),
      this.#score(),
      ...(this.uneven && this.accuracy.estimate - this.balancedAccuracy.estimate > 0.05 ? [this.#flatters()] : []),
      ...(this.overRepeats === null ? [] : [this.#luck()]),
      ...(this.#neverStopped() ? [this.#noInnerPart()] : []),
    ]);
  }

  /** Accuracy of each fold beside that of all; the folds of many repeats are left out. */
  chart(): Chart {
    const label = ({ repeat, fold }: FoldAccuracy) =>
      this.repeats > 1 ? `Repeat ${repeat + 1}, fold ${fold + 1}` : `Fold ${fold + 1}`;
    const all = this.folds < 2
      ? "All images"
      : `All ${this.folds} folds${this.repeats > 1 ? `, ${this.repeats} times` : ""}`;
    const folds = this.byFold.length > 24 ? this.byFold.filter(({ repeat }) => repeat === 0) : this.byFold;
    return accuracyBars(
      [
        { label: all, interval: this.accuracy },
        ...folds.map((one) => ({ label: label(one), interval: one.accuracy })),
      ],
      {
        id: `fold-accuracies-${slug(this.name)}`,
        title: `${this.name}: accuracy on unseen images, fold by fold`,
        chance: 1 / this.classes,
      },
    );
  }

  /** Mean and range of the learning curves over folds (and repeats); null for predictions from elsewhere. */
  curves(): Chart | null {
    const drawn = this.#runs.flatMap(({ history, keptEpoch }, i) =>
      history === undefined || history.length === 0
        ? []
        : [{ label: `training ${i + 1}`, history, keptEpoch: keptEpoch ?? history.length }]
    );
    if (drawn.length === 0) return null;
    return learningCurveBands(drawn, {
      id: `learning-curve-bands-${slug(this.name)}`,
      title: `${this.name}: loss and accuracy against epoch, mean and range of ${counted(drawn.length, "training")}`,
      chance: 1 / this.classes,
    });
  }

  /** The numbers worth quoting. */
  figures(): Figure[] {
    const id = `${slug(this.name)}.cross-validated`;
    const { overFolds, overRepeats, accuracy } = this;
    return [
      {
        id: `${id}.accuracy`,
        label: this.folds > 1 ? `${this.name}, cross-validated` : `${this.name}, on unseen images`,
        ...bounds(accuracy),
        unit: "share",
        key: true,
        rung: "model",
      },
      {
        id: `${id}.balanced-accuracy`,
        label: `Balanced accuracy of ${this.name}`,
        ...bounds(this.balancedAccuracy),
        unit: "share",
        ...(this.uneven ? { key: true } : {}),
      },
      { id: `${id}.macro-f1`, label: `Macro-F1 of ${this.name}`, ...bounds(this.macroF1), unit: "share" },
      ...(overFolds === null ? [] : [{
        id: `${id}.spread-over-folds`,
        label: "Spread over folds (standard deviation)",
        value: overFolds.deviation,
        unit: "share" as const,
        n: accuracy.n,
        method: `${overFolds.count} folds, from ${percent(overFolds.low)} to ${percent(overFolds.high)}`,
      }]),
      ...(overRepeats === null ? [] : [{
        id: `${id}.spread-over-${overRepeats.vary === "seed" ? "seeds" : "repeats"}`,
        label: `Spread over ${overRepeats.vary === "seed" ? "seeds" : "repeats"} (standard deviation)`,
        value: overRepeats.deviation,
        unit: "share" as const,
        n: accuracy.n,
        method: `${overRepeats.count} times the same images, from ${formatShare(overRepeats.low)} to ${
          formatShare(overRepeats.high)
        }`,
      }]),
    ];
  }

  table(): Table {
    const row = (what: string, { estimate, low, high, n, groups }: Interval) => ({
      what,
      value: estimate,
      low,
      high,
      images: n,
      groups: groups ?? null,
    });
    const name = ({ repeat, fold }: FoldAccuracy) =>
      `Accuracy of ${this.repeats > 1 ? `repeat ${repeat + 1}, ` : ""}fold ${fold + 1}`;
    return {
      id: `cross-validation-${slug(this.name)}`,
      title: `${this.name} on unseen images`,
      columns: [
        { key: "what", label: "" },
        { key: "value", label: "Score", unit: "share", bounds: ["low", "high"] },
        { key: "images", label: "Images", unit: "count" },
        ...(this.accuracy.groups === undefined ? [] : [{ key: "groups", label: "Groups", unit: "count" as const }]),
      ],
      rows: [
        row("Accuracy", this.accuracy),
        row("Balanced accuracy", this.balancedAccuracy),
        row("Macro-F1", this.macroF1),
        ...this.byFold.map((one) => row(name(one), one.accuracy)),
      ],
    };
  }

  override html(): string {
    return new Figures(this.figures()).html() + tableHtml(this.table());
  }

  override text(): string {
    return `${new Figures(this.figures()).text()}\n\n${tableText(this.table())}`;
  }

  override record(): ResultRecord {
    return { figures: this.figures(), tables: [this.table()] };
  }

  #score(): FindingRecord {
    const { accuracy, overFolds, floor, name } = this;
    const evidence = this.figures().filter(({ id }) => /accuracy$|folds$/.test(id));
    const over = this.folds > 1 ? `cross-validated over ${this.folds} folds` : "on images it was not trained on";
    const base = `${name}, ${over}, gets ${formatInterval(accuracy)} of ${counted(accuracy.n, "image")} right`;
    const chart = `fold-accuracies-${slug(name)}`;
    if (accuracy.low <= floor) {
      return finding({
        code: "no-better-than-chance",
        severity: "warning",
        sentence:
          `${base}; always saying the most frequent class gets ${formatShare(floor, { n: accuracy.n })}, which ` +
          "is not told apart from that.",
        evidence,
        remedy: "Look at the learning curves: a model that does not learn the training images either has another " +
          "problem than one that learns them by heart.",
        chart,
      });
    }
    return finding({
      code: "cross-validated",
      severity: "info",
      sentence: `${base}.` +
        (overFolds === null
          ? ""
          : ` A single fold would have said anything from ${percent(overFolds.low)} to ${percent(overFolds.high)}.`),
      evidence,
      chart,
    });
  }

  #flatters(): FindingRecord {
    return finding({
      code: "accuracy-flatters",
      severity: "warning",
      sentence: `Accuracy flatters ${this.name}: it is ${formatInterval(this.accuracy)} over images, but only ${
        formatInterval(this.balancedAccuracy)
      } when each class counts alike. Small classes are recognised worse.`,
      evidence: this.figures().filter(({ id }) => /accuracy$|macro-f1$/.test(id)),
      remedy: "Judge by balanced accuracy or macro-F1, and weight the loss or collect images for the small classes.",
    });
  }

  #luck(): FindingRecord {
    const { count, low, high, vary } = this.overRepeats!;
    const what = vary === "seed" ? "another seed" : "other folds and another seed";
    return finding({
      code: "spread-over-repeats",
      severity: "info",
      sentence: `Trained ${count} times, each time with ${what}, ${this.name} gets from ${formatShare(low)} to ${
        formatShare(high)
      } of the same ${counted(this.accuracy.n, "image")} right: so much is luck, not the model.`,
      evidence: this.figures().filter(({ id }) => /spread/.test(id)),
    });
  }

  #noAnswer(): FindingRecord {
    const n = this.accuracy.n;
    return finding({
      code: "no-answer",
      severity: "error",
      sentence:
        `For ${counted(this.unanswered, "image")} of ${n}, ${this.name} gives no number as a probability: its ` +
        "training has diverged, or the file is damaged. They count as wrong, so its scores say nothing.",
      evidence: [{
        id: `${slug(this.name)}.unanswered`,
        label: "Images without an answer",
        value: this.unanswered,
        unit: "count",
        n,
      }],
      remedy: "Lower the learning rate by a factor of ten, and check that pixel values are scaled to 0 to 1.",
    });
  }

  /** Early stopping was asked for, and no run had images to stop by. */
  #neverStopped(): boolean {
    const stopping = this.#runs.filter(({ config, inner }) => config?.earlyStopping && inner !== undefined);
    return stopping.length > 0 && stopping.every(({ inner }) => inner!.length === 0);
  }

  #noInnerPart(): FindingRecord {
    return finding({
      code: "no-images-to-stop-by",
      severity: "info",
      sentence:
        `Early stopping did nothing for ${this.name}: every class has fewer than five training images (or groups), ` +
        "too few to put some aside, so all epochs were trained.",
      remedy: "Choose the number of epochs on another data set, or collect more images.",
    });
  }
}

/**
 * Sums up a cross-validation: accuracy with its interval, balanced accuracy and macro-F1, and how much the score depends
 * on the folds and, where it was repeated, on the luck of folds and seeds.
 *
 * Over repeats, each image counts with the share of the repeats in which it was classified right; the interval is that of
 * the mean, corrected for k folds (Nadeau and Bengio 2003). Predictions from elsewhere are summed up as well as runs:
 * what needs the folds or the histories is then left out.
 *
 * @param runs Runs of one model, one per fold; those of several repeats; or predictions.
 * @param dataset Where labels and groups come from.
 * @param options `name` for people, the model's own by default; `seed` of the bootstrap.
 * @throws DiagnosisError without runs or images, with runs of different models, when a repeat measures an image twice, or
 *   when repeats measure different images.
 */
export function crossValidation(
  runs: CrossValidated,
  dataset: LabelledImages,
  options: { readonly name?: string; readonly seed?: number } = {},
): CrossValidation {
  const { byRepeat, vary }: { byRepeat: readonly (readonly FoldRun[] | Predictions)[]; vary: "folds" | "seed" } =
    "byRepeat" in runs ? runs : { byRepeat: [runs], vary: "folds" };
  if (byRepeat.length === 0) {
    throw new DiagnosisError("Cannot sum up a cross-validation: there must be at least one repeat, got none");
  }
  const predictions = byRepeat.map((one) => predictionsOf(one, dataset));
  const names = [...new Set(predictions.map(({ name }) => name))];
  if (names.length > 1) {
    throw new DiagnosisError(`Cannot sum up a cross-validation: repeats must be of one model, got ${names.join(", ")}`);
  }
  return new CrossValidation(predictions, dataset, {
    name: options.name ?? names[0],
    seed: options.seed ?? 1,
    vary,
    runs: byRepeat.flatMap((one) => "images" in one ? [] : one),
  });
}

/** What a repeat says of `images`, in their order. */
function saidOf(answers: Answers, images: readonly number[]): Int32Array {
  const row = new Map(answers.images.map((image, i) => [image, i]));
  if (answers.images.length !== images.length || images.some((image) => !row.has(image))) {
    throw new DiagnosisError(
      `Cannot sum up a cross-validation: each repeat must measure the same images, one of ${answers.name} has ` +
        `${answers.images.length} and the first ${images.length}`,
    );
  }
  return Int32Array.from(images, (image) => answers.said[row.get(image)!]);
}

function hits(labels: Int32Array, said: Int32Array): boolean[] {
  return Array.from(labels, (label, i) => label === said[i]);
}

/** In which share of the repeats each image is classified right. */
function shares(labels: Int32Array, said: readonly Int32Array[]): number[] {
  return Array.from(labels, (label, i) => share(said.map((one) => one[i] === label)));
}

function share(flags: readonly boolean[]): number {
  return flags.reduce((sum, flag) => sum + Number(flag), 0) / flags.length;
}

function foldAccuracies({ labels, said, groups, folds, foldOf }: Answers, repeat: number, seed: number) {
  if (foldOf === undefined || folds < 2) return [];
  const rows = Map.groupBy(labels.keys(), (i) => foldOf[i]);
  return [...rows].toSorted(([a], [b]) => a - b).map(([fold, members]): FoldAccuracy => ({
    repeat,
    fold,
    accuracy: accuracyInterval({
      correct: members.map((i) => said[i] === labels[i]),
      groups: groups && members.map((i) => groups[i]),
      seed,
    }),
  }));
}

function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    count: values.length,
    low: Math.min(...values),
    high: Math.max(...values),
    deviation: Math.sqrt(squares / (values.length - 1)),
  };
}

/** Within repeats, pooled: what repeats differ by is told apart. */
function spreadWithin(byFold: readonly FoldAccuracy[]): Spread | null {
  if (byFold.length < 2) return null;
  const repeats = [...Map.groupBy(byFold, ({ repeat }) => repeat).values()]
    .map((folds) => spreadOf(folds.map(({ accuracy }) => accuracy.estimate)));
  return {
    count: byFold.length,
    low: Math.min(...repeats.map(({ low }) => low)),
    high: Math.max(...repeats.map(({ high }) => high)),
    deviation: Math.sqrt(repeats.reduce((sum, { deviation }) => sum + deviation ** 2, 0) / repeats.length),
  };
}
