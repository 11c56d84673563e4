import { type Chart, reliability } from "../chart/mod.ts";
import {
  type Figure,
  type FindingRecord,
  formatInterval,
  formatNumber,
  formatShare,
  type Table,
} from "../display/mod.ts";
import {
  applyTemperature,
  crossValidatedDifference,
  expectedCalibrationError,
  fitTemperature,
  type Interval,
  logLoss,
  metricInterval,
  Random,
  type ReliabilityBin,
  reliabilityBins,
} from "../stats/mod.ts";
import { type Answers, answersOf, slug } from "./_answers.ts";
import { ChartedResult } from "./_charted.ts";
import { finding } from "./finding.ts";
import type { LabelledImages } from "./images.ts";
import type { Predictions } from "./predictions.ts";
import { counted } from "./_words.ts";
import { bounds } from "./_bounds.ts";

/** How far confidences are from what they should be. */
export interface Calibrated {
  readonly bins: readonly ReliabilityBin[];
  /** Expected calibration error over the bins, a share. */
  readonly error: number;
  /**
   * The calibration error that a model with these confidences and no fault would stay below 19 times out of 20: with few
   * images it is far above 0. Images of a group count as right or wrong together.
   */
  readonly byChance: number;
  /** Mean confidence minus accuracy: above 0 where the model is too sure of itself. In points. */
  readonly gap: Interval;
  /** Mean cross-entropy in nats. */
  readonly loss: number;
}

/** What the confidences are like. */
export type CalibrationVerdict = "over-confident" | "under-confident" | "miscalibrated" | "well-calibrated" | "unclear";

/** Bins of confidence. More would have too few images each in a small data set. */
const BINS = 10;
/** A gap between confidence and accuracy that is worth a word: below, nobody would decide otherwise. */
const NOTABLE = 0.05;
/** A model is called well calibrated only where an error of this size would have shown. */
const TELLING = 0.1;
/** Fewer images than this can't tell a temperature. */
const FEWEST = 20;
/** Where the folds are not known: parts that a temperature is fitted without. */
const PARTS = 5;
/** Draws for what a faultless model would show by chance. */
const DRAWS = 400;

/** Whether a confidence of 80 % means that 80 % are right. Displays itself as a reliability diagram. */
export class Calibration extends ChartedResult {
  readonly name: string;
  /** Images whose probabilities are numbers that sum to 1; the others are left out here. */
  readonly images: number;
  readonly leftOut: number;
  /** As the model says it; null where all images are left out. */
  readonly before: Calibrated | null;
  /** With a temperature fitted on other images; null where there are too few. */
  readonly after: Calibrated | null;
  /** One temperature per part, each fitted on the images of all others. */
  readonly temperatures: readonly number[];
  /** Whether the parts are the folds of the cross-validation, or were drawn. */
  readonly parts: "folds" | "drawn";

  constructor(answers: Answers, seed: number) {
    super();
    const { name, classes, images } = answers;
    const K = classes.length;
    const rows = [...images.keys()].filter((i) => isProbability(answers.probabilities, i, K));
    const sound = only(answers, rows);
    const parts = partsOf(sound, seed);
    this.name = name;
    this.images = rows.length;
    this.leftOut = images.length - rows.length;
    this.parts = parts.known ? "folds" : "drawn";
    this.before = rows.length === 0 ? null : calibrated(sound, sound.probabilities, seed);
    const scaled = rows.length < FEWEST ? null : outOfPart(sound, parts.of);
    this.temperatures = scaled?.temperatures ?? [];
    this.after = scaled && calibrated(sound, scaled.probabilities, seed);
  }

  get verdict(): CalibrationVerdict {
    if (this.before === null) return "unclear";
    const { gap, error, byChance } = this.before;
    if (gap.low > 0 && gap.estimate >= NOTABLE) return "over-confident";
    if (gap.high < 0 && gap.estimate <= -NOTABLE) return "under-confident";
    if (error > byChance) return "miscalibrated";
    return byChance <= TELLING ? "well-calibrated" : "unclear";
  }

  /** The middle of the temperatures; null where none was fitted. */
  get temperature(): number | null {
    if (this.temperatures.length === 0) return null;
    const sorted = this.temperatures.toSorted((a, b) => a - b);
    return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
  }

  override chart(): Chart | null {
    if (this.before === null) return null;
    return reliability([
      { label: "as trained", bins: this.before.bins },
      ...(this.after === null ? [] : [{ label: "with a temperature", bins: this.after.bins }]),
    ], {
      id: this.#id(),
      title: `${this.name}: how often it is right, against how sure it is`,
      record: { figures: this.figures(), tables: [this.table()] },
    });
  }

  override figures(): Figure[] {
    return [
      ...this.#figuresOf("as-trained", "as trained", this.before),
      ...this.#figuresOf("with-temperature", "with a temperature", this.after),
      ...(this.temperature === null ? [] : [{
        id: `${slug(this.name)}.temperature`,
        label: `Temperature, fitted on other ${this.parts === "folds" ? "folds" : "images"}`,
        value: this.temperature,
        low: Math.min(...this.temperatures),
        high: Math.max(...this.temperatures),
        unit: "number" as const,
        n: this.images,
        method: `median and range of ${this.temperatures.length}`,
      }]),
    ];
  }

  override table(): Table {
    const rows = (which: string, calibrated: Calibrated | null) =>
      (calibrated?.bins ?? []).filter(({ images }) => images > 0).map((
        { low, high, images, confidence, accuracy },
      ) => ({
        which,
        from: low,
        to: high,
        images,
        confidence,
        right: accuracy!.estimate,
        low: accuracy!.low,
        high: accuracy!.high,
      }));
    const share = (key: string, label: string) => ({ key, label, unit: "share" as const });
    return {
      id: this.#id(),
      title: `${this.name}: confidence and accuracy`,
      columns: [
        { key: "which", label: "Probabilities" },
        share("from", "Confidence above"),
        share("to", "up to"),
        { key: "images", label: "Images", unit: "count" },
        share("confidence", "Mean confidence"),
        { ...share("right", "Right"), bounds: ["low", "high"] },
      ],
      rows: [...rows("as trained", this.before), ...rows("with a temperature", this.after)],
    };
  }

  protected override list(): FindingRecord[] {
    const { before, verdict, name } = this;
    if (before === null) {
      return [finding({
        code: "no-calibration",
        severity: "info",
        sentence: `Nothing can be said of the confidence of ${name}: none of its ${
          counted(this.leftOut, "image")
        } has probabilities that are numbers from 0 to 1 with a sum of 1.`,
      })];
    }
    const { gap, error, byChance } = before;
    const chart = this.#id();
    const evidence = this.figures();
    const errors = `The calibration error is ${formatShare(error)}; a faultless model would show up to ${
      formatShare(byChance)
    } with ${counted(this.images, "image")}.`;
    const size = { ...gap, estimate: Math.abs(gap.estimate), low: Math.min(Math.abs(gap.low), Math.abs(gap.high)) };
    const sure = (word: string) =>
      `${name} is ${word}: its confidence is ${
        formatInterval({
          ...size,
          high: Math.max(Math.abs(gap.low), Math.abs(gap.high)),
        }, "points").replace("+", "")
      } ${verdict === "over-confident" ? "above" : "below"} the share it gets right.`;
    switch (verdict) {
      case "over-confident":
      case "under-confident":
        return [finding({
          code: verdict,
          severity: "info",
          sentence: `${sure(verdict)} ${errors}`,
          evidence,
          remedy: this.#remedy(),
          chart,
        })];
      case "miscalibrated":
        return [finding({
          code: "miscalibrated",
          severity: "info",
          sentence: `The confidence of ${name} is right on average, but not at each level. ${errors}`,
          evidence,
          remedy: this.#remedy(),
          chart,
        })];
      case "well-calibrated":
        return [finding({
          code: "well-calibrated",
          severity: "good",
          sentence: `${name} is well calibrated: its confidence is about the share it gets right. ${errors}`,
          evidence,
          chart,
        })];
      default:
        return [finding({
          code: "calibration-unclear",
          severity: "info",
          sentence: `Whether the confidence of ${name} can be trusted cannot be told. ${errors}`,
          evidence,
          remedy: "Measure on more images.",
          chart,
        })];
    }
  }

  /** What a temperature was measured to do. */
  #remedy(): string {
    const { before, after, temperature } = this;
    if (after === null || temperature === null) return "Don't take its confidences for probabilities.";
    const how = `a temperature of ${formatNumber(temperature, 1)} (probabilities to the power of 1 / ${
      formatNumber(temperature, 1)
    }, made to sum to 1 again)`;
    const where = `fitted on other ${this.parts === "folds" ? "folds" : "images"} than it is measured on`;
    if (after.error < before!.error && after.loss < before!.loss) {
      return `Use ${how}: ${where}, it takes the calibration error from ${formatShare(before!.error)} to ${
        formatShare(after.error)
      } and changes no prediction.`;
    }
    return `Don't take its confidences for probabilities: ${how}, ${where}, does not mend them (calibration error ${
      formatShare(after.error)
    }).`;
  }

  #figuresOf(id: string, label: string, one: Calibrated | null): Figure[] {
    if (one === null) return [];
    return [
      {
        id: `${slug(this.name)}.calibration-error.${id}`,
        label: `Expected calibration error, ${label}`,
        value: one.error,
        unit: "share",
        n: this.images,
        method: `${BINS} bins; by chance up to ${formatShare(one.byChance)}`,
      },
      {
        id: `${slug(this.name)}.confidence-gap.${id}`,
        label: `Confidence minus accuracy, ${label}`,
        ...bounds(one.gap),
        unit: "points",
      },
      {
        id: `${slug(this.name)}.log-loss.${id}`,
        label: `Loss on unseen images, ${label}`,
        value: one.loss,
        unit: "number",
        n: this.images,
      },
    ];
  }

  #id(): string {
    return `reliability-${slug(this.name)}`;
  }
}

/**
 * Whether the model's confidences can be trusted, and what a temperature would mend. The temperature of each fold is
 * fitted on the predictions of the other folds, so it is never measured on what it was fitted on; where the folds aren't
 * known, the images are divided into five parts by seed, whole groups at a time.
 *
 * @param predictions Out-of-fold, or of a file from elsewhere: see `predictionsOf`.
 * @param dataset Where labels and groups come from.
 * @param options `seed` of the bootstrap, the draws and the parts.
 * @throws DiagnosisError when the predictions do not fit the data set.
 *
 * Guo, Pleiss, Sun and Weinberger (2017), On calibration of modern neural networks. ICML. What chance alone would show:
 * Bröcker and Smith (2007), Increasing the reliability of reliability diagrams. Weather and Forecasting 22, 651–661.
 */
export function calibration(
  predictions: Predictions,
  dataset: LabelledImages,
  options: { readonly seed?: number } = {},
): Calibration {
  return new Calibration(answersOf(predictions, dataset), options.seed ?? 1);
}

/** As the statistics want it: entries from 0 to 1 that sum to 1 within a thousandth. */
function isProbability(probabilities: Float32Array, image: number, classes: number): boolean {
  let sum = 0;
  for (let k = 0; k < classes; k++) {
    const p = probabilities[image * classes + k];
    if (!(p >= 0 && p <= 1.001)) return false;
    sum += p;
  }
  return Math.abs(sum - 1) <= 1e-3;
}

/** What of the answers is needed here, for some of the images. */
interface Sound {
  readonly labels: Int32Array;
  readonly said: Int32Array;
  readonly probabilities: ArrayLike<number>;
  readonly classes: number;
  readonly groups: readonly string[] | undefined;
  readonly folds: number;
  readonly foldOf: readonly number[] | undefined;
}

function only(answers: Answers, rows: readonly number[]): Sound {
  const { labels, said, probabilities, classes, groups, folds, foldOf } = answers;
  const K = classes.length;
  const kept = new Float64Array(rows.length * K);
  rows.forEach((row, i) => kept.set(probabilities.subarray(row * K, (row + 1) * K), i * K));
  return {
    labels: Int32Array.from(rows, (row) => labels[row]),
    said: Int32Array.from(rows, (row) => said[row]),
    probabilities: kept,
    classes: K,
    groups: groups && rows.map((row) => groups[row]),
    folds,
    foldOf: foldOf && rows.map((row) => foldOf[row]),
  };
}

/** The fold of each image, or a part drawn by seed, whole groups at a time. */
function partsOf({ labels, groups, foldOf }: Sound, seed: number): { of: readonly number[]; known: boolean } {
  if (foldOf !== undefined && new Set(foldOf).size > 1) return { of: foldOf, known: true };
  const unit = (i: number) => groups === undefined ? String(i) : groups[i];
  const units = new Random(`${seed}/temperature`).shuffled(new Set([...labels.keys()].map(unit)));
  const part = new Map(units.map((name, i) => [name, i % PARTS]));
  return { of: Array.from(labels, (_, i) => part.get(unit(i))!), known: false };
}

/** Probabilities at temperatures each fitted on all other parts; null where some part would leave too few images. */
function outOfPart(
  { labels, probabilities, classes }: Sound,
  parts: readonly number[],
): { probabilities: Float64Array; temperatures: number[] } | null {
  const names = [...new Set(parts)].toSorted((a, b) => a - b);
  const scaled = new Float64Array(probabilities.length);
  const temperatures: number[] = [];
  const all = [...labels.keys()];
  for (const name of names) {
    const others = all.filter((i) => parts[i] !== name);
    if (others.length < FEWEST / 2) return null;
    const take = (rows: readonly number[]) => {
      const taken = new Float64Array(rows.length * classes);
      rows.forEach((row, i) => {
        for (let k = 0; k < classes; k++) taken[i * classes + k] = probabilities[row * classes + k];
      });
      return taken;
    };
    const temperature = fitTemperature(take(others), others.map((i) => labels[i]), classes);
    temperatures.push(temperature);
    const own = all.filter((i) => parts[i] === name);
    const changed = applyTemperature(take(own), classes, temperature);
    own.forEach((row, i) => scaled.set(changed.subarray(i * classes, (i + 1) * classes), row * classes));
  }
  return { probabilities: scaled, temperatures };
}

function calibrated(sound: Sound, probabilities: ArrayLike<number>, seed: number): Calibrated {
  const { labels, said, classes, groups } = sound;
  const confidence = Array.from(labels, (_, i) => probabilities[i * classes + said[i]]);
  return {
    bins: reliabilityBins(probabilities, labels, classes, { bins: BINS, groups, seed }),
    error: expectedCalibrationError(probabilities, labels, classes, BINS),
    byChance: errorByChance(confidence, groups, seed),
    gap: gapOf(sound, confidence, seed),
    loss: logLoss(probabilities, labels, classes),
  };
}

/** Mean confidence minus accuracy, with the interval that its measuring calls for. */
function gapOf({ labels, said, groups, folds }: Sound, confidence: readonly number[], seed: number): Interval {
  const right = Array.from(labels, (label, i) => label === said[i]);
  if (folds > 1) return crossValidatedDifference({ a: right, b: confidence, labels, folds, groups }).difference;
  const gap = (drawn: readonly number[]) =>
    drawn.reduce((sum, i) => sum + confidence[i] - Number(right[i]), 0) / drawn.length;
  // Moved from [−1, 1] to [0, 1] and back, for an interval that keeps within its range.
  const moved = metricInterval((drawn) => (gap(drawn) + 1) / 2, { n: labels.length, folds, groups, seed });
  const back = (value: number) => 2 * value - 1;
  return { ...moved, estimate: back(moved.estimate), low: back(moved.low), high: back(moved.high) };
}

/** The 95th percentile of the calibration error of a model that is right just as often as its confidences say. */
function errorByChance(confidence: readonly number[], groups: readonly string[] | undefined, seed: number): number {
  const random = new Random(`${seed}/calibration-by-chance`);
  const bin = confidence.map((p) => Math.min(BINS - 1, Math.max(0, Math.ceil(p * BINS) - 1)));
  const names = groups === undefined ? [] : [...new Set(groups)];
  const numbers = new Map(names.map((name, i) => [name, i]));
  const group = groups?.map((name) => numbers.get(name)!);
  const errors = Array.from({ length: DRAWS }, () => {
    const luck = Float64Array.from({ length: group ? names.length : confidence.length }, () => random.next());
    const excess = new Float64Array(BINS);
    confidence.forEach((p, i) => excess[bin[i]] += p - Number(luck[group ? group[i] : i] < p));
    return excess.reduce((sum, value) => sum + Math.abs(value), 0) / confidence.length;
  }).toSorted((a, b) => a - b);
  return errors[Math.ceil(0.95 * DRAWS) - 1];
}
