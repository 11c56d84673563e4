import { type Chart, sizeCurve } from "../../chart/mod.ts";
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
import { accuracyInterval, crossValidatedAccuracy, type Interval, powerLawAt } from "../../stats/mod.ts";
import { bounds } from "./_figures.ts";
import { Laws, type Size } from "./_law.ts";
import { LITTLE, refusal } from "./_refusal.ts";

/** What was measured, and on what. */
export interface SizeFacts {
  /** Short and stable, for ids: "frozen-features". */
  readonly name: string;
  /** What learnt: "Frozen features + logistic regression". */
  readonly label: string;
  /** From the fewest images to all of the training part; the largest has one draw, the others several. */
  readonly sizes: readonly Size[];
  /** [n] The class of each measured image. */
  readonly labels: readonly number[];
  /** [n] The group of each, where images come in groups. */
  readonly groups: readonly string[] | undefined;
  readonly folds: number;
  /** K. */
  readonly classes: number;
  /** All images outside the sealed test set: a fold trains on most of them. */
  readonly images: number;
  /** Of the bootstrap. */
  readonly seed: number;
}

/** Times the images of now. Beyond that, a law from so few sizes is guesswork. */
const FACTORS = [1.5, 2, 3, 4] as const;

/**
 * Accuracy against number of training images, and what a power law through it expects of more of them. `refused` says
 * why, where these images cannot tell.
 */
export class SizeCurve extends ChartedResult {
  readonly facts: SizeFacts;
  /** Accuracy at each size, over all draws. */
  readonly accuracies: readonly Interval[];
  /** Why nothing is predicted, as the end of a sentence; null where it is. */
  readonly refused: string | null;
  readonly #laws: Laws | null;

  constructor(facts: SizeFacts) {
    super();
    this.facts = facts;
    this.accuracies = facts.sizes.map((size) => accuracyOf(size, facts));
    this.#laws = facts.sizes.length >= 3 ? new Laws(facts.sizes, facts) : null;
    this.refused = refusal(facts.sizes, this.#laws, facts.groups);
  }

  /** Images that a model is trained on with all there are: a fold's training part, on average. */
  get trained(): number {
    return this.#last.trained;
  }

  /** Accuracy with all there are. */
  get accuracy(): Interval {
    return this.accuracies[this.accuracies.length - 1];
  }

  /**
   * By how much the accuracy is expected to rise with that many training images instead of {@link trained}; null where
   * that is refused.
   *
   * @param images More than {@link trained}.
   */
  gain(images: number): Interval | null {
    return this.refused === null ? this.#laws!.gain(this.trained, images) : null;
  }

  /**
   * The same from the past: what the law of half the images would have predicted of all of them, and what came. Null
   * where half the images give too few sizes.
   */
  lookBack(): { readonly from: number; readonly predicted: Interval; readonly measured: Interval } | null {
    const { sizes } = this.facts;
    const half = sizes.filter(({ share }) => share <= 0.51);
    if (half.length < 4 || this.#laws === null) return null;
    const from = half[half.length - 1].trained;
    const predicted = new Laws(half, this.facts).gain(from, this.trained);
    return { from, predicted, measured: this.#laws.rise(half.length - 1, sizes.length - 1) };
  }

  override chart(): Chart | null {
    const { label, sizes, classes } = this.facts;
    const n = this.trained, first = sizes[0].trained;
    const line = this.refused === null
      ? [...Array.from({ length: 24 }, (_, i) => first * (4 * n / first) ** (i / 23)), n].map((images) => {
        const accuracy = this.#laws!.interval((law) => 1 - powerLawAt(law, images));
        return {
          images,
          accuracy: accuracy.estimate,
          low: Math.max(0, accuracy.low),
          high: Math.min(1, accuracy.high),
        };
      })
      : [];
    return sizeCurve([{
      label,
      points: sizes.map(({ trained }, i) => ({ images: trained, accuracy: this.accuracies[i] })),
      draws: sizes.flatMap(({ trained, correct }) =>
        correct.length < 2 ? [] : correct.map((draw) => ({ images: trained, accuracy: shareOf(draw) }))
      ),
      law: line.toSorted((a, b) => a.images - b.images),
    }], {
      id: this.#chartId,
      title: `More training images: ${lower(label)}`,
      chance: 1 / classes,
      record: { figures: this.figures(), tables: [this.table()] },
    });
  }

  override figures(): Figure[] {
    const { name, label } = this.facts;
    const twice = this.gain(2 * this.trained);
    return [
      {
        id: `more-data.${name}.accuracy`,
        label: `Accuracy with all images: ${label}`,
        ...bounds(this.accuracy),
        unit: "share",
      },
      ...(twice === null ? [] : [this.#gainFigure(twice)]),
    ];
  }

  override table(): Table {
    const { name, label, sizes } = this.facts;
    const row = (what: string, images: number, draws: number | null, { estimate, low, high }: Interval) => ({
      what,
      images: Math.round(images),
      draws,
      accuracy: estimate,
      low,
      high,
    });
    return {
      id: `more-data-${name}`,
      title: `Accuracy against number of training images: ${label}`,
      columns: [
        { key: "what", label: "" },
        { key: "images", label: "Images trained on", unit: "count" },
        { key: "draws", label: "Draws", unit: "count" },
        { key: "accuracy", label: "Accuracy", unit: "share", bounds: ["low", "high"] },
      ],
      rows: [
        ...sizes.map(({ trained, correct }, i) => row("measured", trained, correct.length, this.accuracies[i])),
        ...(this.refused !== null ? [] : FACTORS.map((factor) =>
          row(
            `predicted, ${factor} times as many`,
            factor * this.trained,
            null,
            this.#laws!.interval((law) => 1 - powerLawAt(law, factor * this.trained)),
          )
        )),
      ],
    };
  }

  /** In words and numbers, for a cell of its own. */
  details(): Shown {
    return new Group(this.findings, new TableView(this.table()));
  }

  protected override list(): FindingRecord[] {
    const { label, images } = this.facts;
    const twice = this.gain(2 * this.trained);
    if (twice === null) {
      return [finding({
        code: "more-data-unknown",
        severity: "info",
        sentence: `What more images would bring to ${lower(label)} cannot be told from these: ${this.refused}.`,
        evidence: [...this.figures(), ...this.#lookBackFigures()],
        ...(this.#chartIsThere() ? { chart: this.#chartId } : {}),
      })];
    }
    const little = twice.high < LITTLE;
    const law = this.#laws!;
    const most = law.interval(({ c }) => 1 - c);
    return [finding({
      code: "more-data",
      severity: "info",
      sentence: `With twice the images (${formatCount(2 * images)} instead of ${formatCount(images)}, as varied as ` +
        `these), ${lower(label)} can be expected to gain ${formatInterval(twice, "points")} on the ` +
        `${formatInterval(this.accuracy)} of now.` +
        (little ? " More of the same hardly pays." : ""),
      evidence: [
        ...this.figures().slice(0, 1),
        {
          id: `more-data.${this.facts.name}.exponent`,
          label: "Exponent of the power law (larger: more images help sooner)",
          ...bounds({ ...law.interval(({ b }) => b) }),
          unit: "number",
        },
        {
          id: `more-data.${this.facts.name}.asymptote`,
          label: "Accuracy that the law leads to with any number of images",
          ...bounds({ ...most, low: Math.max(0, most.low), high: Math.min(1, most.high) }),
          unit: "share",
        },
        ...this.#lookBackFigures(),
      ],
      remedy: little
        ? "Look for another lever first: what limits the accuracy is not the number of images."
        : "Collect new images, as varied as those you want to classify later.",
      expectedGain: this.#gainFigure(twice),
      chart: this.#chartId,
    })];
  }

  get #last(): Size {
    return this.facts.sizes[this.facts.sizes.length - 1];
  }

  get #chartId(): string {
    return `size-curve-${this.facts.name}`;
  }

  #chartIsThere(): boolean {
    return this.facts.sizes.length > 0;
  }

  #gainFigure(twice: Interval): Figure {
    const { name, label } = this.facts;
    return {
      id: `more-data.${name}.gain`,
      label: `twice the images, ${lower(label)}`,
      ...bounds(twice),
      unit: "points",
      predicted: true,
    };
  }

  #lookBackFigures(): Figure[] {
    const back = this.lookBack();
    if (back === null) return [];
    const { name } = this.facts;
    const of = `from ${formatCount(back.from)} to ${formatCount(this.trained)} training images`;
    return [
      {
        id: `more-data.${name}.look-back-predicted`,
        label: `What the same law would have predicted ${of}`,
        ...bounds(back.predicted),
        unit: "points",
      },
      { id: `more-data.${name}.look-back-measured`, label: "What came", ...bounds(back.measured), unit: "points" },
    ];
  }
}

function accuracyOf({ correct }: Size, { labels, groups, folds, seed }: SizeFacts): Interval {
  const shares = labels.map((_, i) => correct.reduce((sum, draw) => sum + Number(draw[i]), 0) / correct.length);
  return folds > 1
    ? crossValidatedAccuracy({ correct: shares, labels, groups, folds })
    : accuracyInterval({ correct: correct[0], groups, seed });
}

function shareOf(draw: readonly boolean[]): number {
  return draw.filter(Boolean).length / draw.length;
}

/** "Frozen features + …" within a sentence. A name that is all lower case stays. */
function lower(label: string): string {
  return label[0].toLowerCase() + label.slice(1);
}
