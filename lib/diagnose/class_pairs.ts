import {
  escapeHtml,
  type Figure,
  type FindingRecord,
  FindingView,
  formatInterval,
  type ResultRecord,
  Shown,
  type Table,
  tableHtml,
  tableText,
} from "../display/mod.ts";
import { accuracyInterval, bootstrapInterval, cohenKappa, holm, type Interval, pairedTest } from "../stats/mod.ts";
import { finding } from "./finding.ts";
import { groupsOf, type LabelledImages } from "./images.ts";
import { accuracyOf, type Measured } from "./_measured.ts";
import { predictedClasses, type Predictions } from "./predictions.ts";
import { Probe } from "./probe.ts";
import { counted, listed } from "./_words.ts";
import { bounds } from "./_bounds.ts";

/** Two classes, and how well a model tells the one from the other. */
export interface ClassPair {
  /** Indices into the data set's classes, the smaller one first. */
  readonly a: number;
  readonly b: number;
  /** Images of the one taken for the other, both ways. */
  readonly confused: number;
  /** Of the images of the two classes that were said to be one of the two: the share said right. 50 % is chance. */
  readonly accuracy: Interval;
  /** Two-sided, of "the model is right as often as wrong", corrected for the number of pairs (Holm). */
  readonly p: number;
  /** Whether nothing shows that the model tells them apart, and enough images do show that it cannot do so well. */
  readonly inseparable: boolean;
}

/** What would be if two classes were one. */
export interface Merged {
  readonly accuracyBefore: Interval;
  readonly accuracyAfter: Interval;
  /** Agreement beyond chance (Cohen's kappa), which the higher chance level of fewer classes does not flatter. */
  readonly kappaBefore: number;
  readonly kappaAfter: number;
  /** `kappaAfter` minus `kappaBefore`. */
  readonly gain: Interval;
}

/** Fewer images say nothing about a pair, whatever the model. */
const LEAST_IMAGES = 15;

/**
 * A pair is called inseparable only where the interval rules out that the model is right in more than this share: no
 * difference from chance alone could as well mean too few images.
 */
const WELL_APART = 0.75;

/** Pairs of classes, the least told apart first. Displays itself as a table; `findings` says it in words. */
export class ClassPairs extends Shown {
  /** Pairs with enough images that were said to be one of the two. */
  readonly pairs: readonly ClassPair[];
  /** What merging each of the inseparable pairs would do, in the same order as `inseparable`. */
  readonly merged: readonly Merged[];
  readonly #classes: readonly string[];
  readonly #model: string;

  constructor(pairs: readonly ClassPair[], merged: readonly Merged[], classes: readonly string[], model: string) {
    super();
    this.pairs = pairs;
    this.merged = merged;
    this.#classes = classes;
    this.#model = model;
  }

  get inseparable(): readonly ClassPair[] {
    return this.pairs.filter(({ inseparable }) => inseparable);
  }

  get findings(): FindingView {
    return new FindingView([this.inseparable.length > 0 ? this.#notToldApart() : this.#allToldApart()]);
  }

  table(most = 10): Table {
    const inseparable = this.inseparable;
    return {
      id: "class-pairs",
      title: `Classes that ${this.#model} confuses most, and what if they were one class`,
      columns: [
        { key: "a", label: "Class" },
        { key: "b", label: "and class" },
        { key: "confused", label: "Confused", unit: "count" },
        { key: "n", label: "of", unit: "count" },
        { key: "accuracy", label: "Told apart", unit: "share", bounds: ["low", "high"] },
        { key: "p", label: "p" },
        { key: "verdict", label: "Verdict" },
        { key: "before", label: "Kappa now", unit: "number" },
        { key: "after", label: "if merged", unit: "number" },
      ],
      rows: this.pairs.slice(0, Math.max(most, inseparable.length)).map((pair) => {
        const merged = this.merged[inseparable.indexOf(pair)];
        return {
          a: this.#classes[pair.a],
          b: this.#classes[pair.b],
          confused: pair.confused,
          n: pair.accuracy.n,
          accuracy: pair.accuracy.estimate,
          low: pair.accuracy.low,
          high: pair.accuracy.high,
          p: pair.p < 0.001 ? "< 0.001" : pair.p.toFixed(3),
          verdict: pair.inseparable ? "not told apart" : pair.p < 0.05 ? "told apart" : "cannot be told",
          before: merged?.kappaBefore ?? null,
          after: merged?.kappaAfter ?? null,
        };
      }),
    };
  }

  override html(): string {
    return this.pairs.length === 0 ? `<p class="plateau-note">${escapeHtml(NONE)}</p>` : tableHtml(this.table());
  }

  override text(): string {
    return this.pairs.length === 0 ? NONE : tableText(this.table());
  }

  override record(): ResultRecord {
    return { tables: [this.table(this.pairs.length)] };
  }

  #notToldApart(): FindingRecord {
    const inseparable = this.inseparable;
    const names = inseparable.map(({ a, b }) => `${this.#classes[a]} and ${this.#classes[b]}`);
    const [first] = inseparable;
    const [merged] = this.merged;
    return finding({
      code: "classes-not-told-apart",
      severity: "info",
      sentence: `${sentenceCase(this.#model)} tells ${
        counted(inseparable.length, "pair")
      } of classes apart no better than a coin, of ${this.pairs.length} with enough images: ${
        listed(names.map((name) => `“${name}”`), 4)
      }. Of ${first.accuracy.n} images of ${names[0]} that it took for one of the two, ${
        formatInterval(first.accuracy)
      } are right. If they were one class, accuracy would go from ${formatInterval(merged.accuracyBefore)} to ${
        formatInterval(merged.accuracyAfter)
      }, and agreement beyond chance (kappa) by ${formatInterval(merged.gain, "points")}.`,
      evidence: inseparable.flatMap((pair, i) => this.#evidence(pair, this.merged[i])),
      remedy:
        "Look at images of both side by side. If you hesitate too, merge them or sharpen what tells them apart; " +
        "if you do not, collect more of just these two, or let the model see finer detail.",
    });
  }

  #allToldApart(): FindingRecord {
    const unclear = this.pairs.filter(({ p }) => p >= 0.05).length;
    return finding({
      code: "no-inseparable-classes",
      severity: "good",
      sentence: this.pairs.length === 0
        ? NONE
        : `No two classes are beyond ${this.#model}: of ${
          counted(this.pairs.length, "pair")
        } with at least ${LEAST_IMAGES} images, none is told apart no better than a coin${
          unclear === 0 ? "" : `; for ${unclear} there are too few images to say`
        }.`,
    });
  }

  #evidence({ a, b, accuracy }: ClassPair, { gain }: Merged): Figure[] {
    const names = `${this.#classes[a]} and ${this.#classes[b]}`;
    return [
      { id: `pair.${a}-${b}.accuracy`, label: `Told apart: ${names}`, ...bounds(accuracy), unit: "share" },
      { id: `pair.${a}-${b}.gain`, label: `Gain in kappa if one class: ${names}`, ...bounds(gain), unit: "points" },
    ];
  }
}

const NONE = `No pair of classes has ${LEAST_IMAGES} images that were taken for one of the two.`;

/**
 * Which classes a model cannot tell apart. For each pair, of the images of the two classes that were said to be one of
 * the two, the share said right is compared with 50 %; p-values are corrected for the number of pairs (Holm 1979).
 * With groups, the test flips whole groups and the interval is drawn over them.
 *
 * For an inseparable pair, the probabilities of the two classes are added up, as if they had been one class.
 *
 * @param predictions Out of fold, of any origin.
 * @param options `seed` of the bootstrap, 1 by default.
 */
export function classPairs(
  dataset: LabelledImages,
  predictions: Predictions,
  { seed = 1 }: { readonly seed?: number } = {},
): ClassPairs {
  const classes = dataset.classes.length;
  const { images, probabilities } = predictions;
  const labels = images.map((image) => dataset.records[image].label);
  const predicted = predictedClasses(probabilities, classes);
  const groups = groupsOf(dataset, images);
  const tested: Omit<ClassPair, "p" | "inseparable">[] = [];
  const ps: number[] = [];
  for (let a = 0; a < classes; a++) {
    for (let b = a + 1; b < classes; b++) {
      const isEither = (k: number) => k === a || k === b;
      const rows = [...images.keys()].filter((row) => isEither(labels[row]) && isEither(predicted[row]));
      if (rows.length < LEAST_IMAGES) continue;
      const correct = rows.map((row) => labels[row] === predicted[row]);
      const theirs = groups && rows.map((row) => groups[row]);
      // Right against wrong: under chance either is as likely, for an image or for a whole group.
      ps.push(pairedTest({ a: correct.map((right) => !right), b: correct, groups: theirs }).p);
      const accuracy = accuracyInterval({ correct, groups: theirs, seed });
      tested.push({ a, b, confused: correct.filter((right) => !right).length, accuracy });
    }
  }
  const corrected = holm(ps);
  const pairs = tested.map((pair, i): ClassPair => {
    const above = pair.accuracy.estimate > 0.5 && corrected[i] < 0.05;
    return { ...pair, p: corrected[i], inseparable: !above && pair.accuracy.high < WELL_APART };
  }).sort((x, y) => x.accuracy.estimate - y.accuracy.estimate || y.confused - x.confused);
  const measured = { images, folds: predictions.folds, dataset, seed };
  const merged = pairs.filter(({ inseparable }) => inseparable)
    .map(({ a, b }) => mergedClasses(labels, probabilities, classes, [a, b], groups, measured));
  const model = predictions instanceof Probe ? "the frozen network" : predictions.name;
  return new ClassPairs(pairs, merged, dataset.classes, model);
}

/** What the same probabilities would be worth if class `b` were class `a`. */
function mergedClasses(
  labels: readonly number[],
  probabilities: Float32Array,
  classes: number,
  [a, b]: readonly [number, number],
  groups: readonly string[] | undefined,
  measured: Measured,
): Merged {
  const predicted = predictedClasses(probabilities, classes);
  const joined = probabilities.slice();
  for (let row = 0; row < labels.length; row++) {
    joined[row * classes + a] += joined[row * classes + b];
    joined[row * classes + b] = 0;
  }
  const predictedAfter = predictedClasses(joined, classes);
  const labelsAfter = labels.map((label) => label === b ? a : label);
  const pick = (values: ArrayLike<number>, rows: readonly number[]) => rows.map((row) => values[row]);
  const kappas = (rows: readonly number[]) => ({
    before: cohenKappa(pick(labels, rows), pick(predicted, rows), classes),
    after: cohenKappa(pick(labelsAfter, rows), pick(predictedAfter, rows), classes),
  });
  const all = [...labels.keys()];
  const { before, after } = kappas(all);
  return {
    accuracyBefore: accuracyOf(all.map((row) => labels[row] === predicted[row]), measured),
    accuracyAfter: accuracyOf(all.map((row) => labelsAfter[row] === predictedAfter[row]), measured),
    kappaBefore: before,
    kappaAfter: after,
    gain: bootstrapInterval((rows) => {
      const drawn = kappas(rows);
      return drawn.after - drawn.before;
    }, { n: all.length, ...(groups ? { groups } : {}), method: "percentile", resamples: 500, seed: measured.seed }),
  };
}

function sentenceCase(text: string): string {
  return text.startsWith("the ") ? `T${text.slice(1)}` : text;
}
