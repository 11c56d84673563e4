import { type Chart, waterfall } from "../../chart/mod.ts";
import type { Dataset } from "../../dataset/mod.ts";
import {
  ChartedResult,
  compare,
  type Comparison,
  finding,
  predictedClasses,
  type Predictions,
  type Scored,
} from "../../diagnose/mod.ts";
import { type Figure, type FindingRecord, formatInterval, type Table } from "../../display/mod.ts";
import type { Offer } from "../../pipeline/mod.ts";
import { type Interval, selectBest, type Selection } from "../../stats/mod.ts";
import { bounds, counted, listed } from "./_words.ts";

/** One bar of the waterfall: an offer, and what it was better or worse than. */
export interface Step {
  readonly offer: Offer;
  readonly scored: Scored;
  readonly accuracy: Interval;
  /** Index of the step that was best before it; null for the first. */
  readonly against: number | null;
  /** Against that step, on the same images; null for the first. */
  readonly comparison: Comparison | null;
}

/** Notebooks that offer something, and what to run for it. */
const OFFERING = ["07", "08", "09"];

/** From simple to what is made of the others. */
const KINDS: readonly Offer["recipe"]["kind"][] = ["network", "head", "fine-tuned", "ensemble"];

const CHART = "waterfall";

/** The first step, in the order from simple to what builds on it, that cannot be told from the most accurate one. */
function simplestOfTheBest(steps: readonly Step[], images: Dataset): number {
  const best = steps.reduce((best, { accuracy }, i) => accuracy.estimate > steps[best].accuracy.estimate ? i : best, 0);
  const alike = steps.slice(0, best).findIndex(({ scored, offer }) =>
    !compare(scored, steps[best].scored, images, { names: [offer.name, steps[best].offer.name] }).told
  );
  return alike < 0 ? best : alike;
}

/** From the first network to the best, one bar a lever, all on the same development images. */
export class Levers extends ChartedResult {
  /** In the order of their notebooks, the first is where it began. */
  readonly steps: readonly Step[];
  /** Index of the most accurate step, or of the simplest that cannot be told from it. */
  readonly best: number;
  /** What to expect of the best of all that was tried, the choice accounted for. */
  readonly selection: Selection;
  /** Settings that the best was chosen among: the steps, and what notebooks tried before they offered. */
  readonly tried: number;
  /** What is missing, as sentences. */
  readonly missing: readonly string[];
  readonly #images: Dataset;

  constructor(
    images: Dataset,
    steps: readonly Step[],
    selection: Selection,
    facts: { readonly tried: number; readonly missing: readonly string[] },
  ) {
    super();
    this.#images = images;
    this.steps = steps;
    this.best = simplestOfTheBest(steps, images);
    this.selection = selection;
    this.tried = facts.tried;
    this.missing = facts.missing;
  }

  /** The best against where it began; null where nothing is better. */
  get total(): Comparison | null {
    const { steps, best } = this;
    if (best === 0) return null;
    return compare(steps[0].scored, steps[best].scored, this.#images, {
      names: [steps[0].offer.name, steps[best].offer.name],
    });
  }

  /** What the best says of images that it was not trained on. */
  predictions(): Predictions {
    const { offer, scored } = this.steps[this.best];
    return { ...scored, probabilities: offer.probabilities };
  }

  override chart(): Chart {
    return waterfall(
      this.steps.map(({ offer, accuracy, comparison, against }) => ({
        label: offer.lever,
        accuracy,
        ...(comparison === null ? {} : { gain: comparison.difference, against: against! }),
      })),
      {
        id: CHART,
        chance: 1 / this.#images.classes.length,
        record: { figures: this.figures(), tables: [this.table()] },
      },
    );
  }

  override figures(): Figure[] {
    const total = this.total;
    return [
      ...this.steps.map(({ offer, accuracy }): Figure => ({
        id: `lever.${offer.name}`,
        label: offer.lever,
        unit: "share",
        ...bounds(accuracy),
        rung: "model",
        of: offer.name,
      })),
      {
        id: "best-of-many",
        label: `Best of ${this.tried}, the choice accounted for`,
        unit: "share",
        ...bounds(this.selection.accuracy),
        key: true,
      },
      ...(total === null ? [] : [{
        id: "waterfall.total",
        label: `${this.steps[this.best].offer.name} minus ${this.steps[0].offer.name}`,
        unit: "points" as const,
        ...bounds(total.difference),
        key: true,
      }]),
    ];
  }

  override table(): Table {
    const told = ({ comparison }: Step) =>
      comparison === null
        ? ""
        : !comparison.told
        ? "cannot be told from zero"
        : comparison.difference.estimate > 0
        ? "gain"
        : "loss";
    return {
      id: CHART,
      title: "One lever after the other, on the same images",
      columns: [
        { key: "lever", label: "Lever" },
        { key: "notebook", label: "Notebook" },
        { key: "accuracy", label: "Accuracy", unit: "share", bounds: ["low", "high"] },
        { key: "change", label: "Change", unit: "points", bounds: ["changeLow", "changeHigh"] },
        { key: "against", label: "Against" },
        { key: "told", label: "" },
        { key: "seconds", label: "One fit takes", unit: "seconds" },
      ],
      rows: this.steps.map((step) => ({
        lever: step.offer.lever,
        notebook: step.offer.notebook,
        accuracy: step.accuracy.estimate,
        low: step.accuracy.low,
        high: step.accuracy.high,
        change: step.comparison?.difference.estimate ?? null,
        changeLow: step.comparison?.difference.low ?? null,
        changeHigh: step.comparison?.difference.high ?? null,
        against: step.against === null ? "" : this.steps[step.against].offer.name,
        told: told(step),
        seconds: step.offer.seconds,
      })),
    };
  }

  protected override list(): FindingRecord[] {
    const { steps, best, total, selection, tried } = this;
    const unclear = steps.filter(({ comparison }) => comparison !== null && !comparison.told);
    const images = counted(steps[0].accuracy.n, "image");
    return [
      ...(total === null
        ? [finding({
          code: "nothing-better",
          severity: "info",
          sentence: `Nothing that was tried is better than ${steps[0].offer.name} (${
            formatInterval(steps[0].accuracy)
          } of ${images}).`,
          chart: CHART,
        })]
        : [finding({
          code: "waterfall",
          severity: total.told ? "good" : "info",
          sentence: `From ${steps[0].offer.name} (${formatInterval(steps[0].accuracy)}) to ${steps[best].offer.name} (${
            formatInterval(steps[best].accuracy)
          }) it is ${formatInterval(total.difference, "points")} on the same ${images}${
            total.told ? "" : ", which cannot be told from zero"
          }.`,
          evidence: this.figures().slice(-1),
          chart: CHART,
        })]),
      finding({
        code: "best-of-many",
        severity: "info",
        sentence: `The best of ${tried} is optimistic: ${formatInterval(steps[best].accuracy)} is its winning score, ${
          formatInterval(selection.accuracy)
        } is to be expected once the choice is accounted for.`,
        evidence: [{
          id: "best-of-many",
          label: "Accuracy with the choice accounted for",
          unit: "share",
          ...bounds(selection.accuracy),
        }],
      }),
      ...(unclear.length === 0 ? [] : [finding({
        code: "levers-not-told",
        severity: "info",
        sentence: `Cannot be told from zero with ${images}: ${
          listed(
            unclear.map(({ offer, comparison }) =>
              `${offer.name} (${formatInterval(comparison!.difference, "points")})`
            ),
          )
        }.`,
        remedy: "Take the simpler of two that cannot be told apart, or measure on more images.",
        chart: CHART,
      })]),
      ...(this.missing.length === 0 ? [] : [finding({
        code: "levers-missing",
        severity: "info",
        sentence: this.missing.join(" "),
        remedy: "Run the notebooks named, and this one again.",
      })]),
    ];
  }
}

/**
 * Puts what notebooks offer into a row: each lever is measured against the best before it, on the same images. Those that
 * were measured on other images or other folds (with another budget, say) are left out and named.
 *
 * @param images Of one data set.
 * @param offered The first is where it began.
 * @param options `folds` of the plan.
 * @throws RangeError without any offer.
 */
export function levers(
  images: Dataset,
  offered: readonly Offer[],
  options: { readonly folds: number; readonly seed?: number },
): Levers {
  const { folds, seed = 1 } = options;
  if (offered.length === 0) throw new RangeError("Cannot compare levers: there must be at least one offer, got none");
  const all = new Set(images.development);
  const fits = (offer: Offer) =>
    offer.folds === folds && offer.images.length === all.size && offer.images.every((image) => all.has(image));
  const [first, ...rest] = offered;
  // Within a notebook the simpler comes first, so that what builds on it is measured against it.
  const others = rest.toSorted((a, b) =>
    a.notebook.localeCompare(b.notebook) || KINDS.indexOf(a.recipe.kind) - KINDS.indexOf(b.recipe.kind)
  );
  const used = [first, ...others.filter((offer) => fits(offer) && offer.name !== first.name)];
  const missing = [
    ...OFFERING.filter((notebook) => !offered.some((offer) => offer.notebook === notebook)).map((notebook) =>
      `Notebook ${notebook} was not run, or had nothing to offer: its levers are missing.`
    ),
    ...others.filter((offer) => !fits(offer)).map(({ lever, notebook }) =>
      `"${lever}" of notebook ${notebook} was measured on other folds or images: run it again.`
    ),
  ];
  const steps: Step[] = [];
  let best = 0;
  for (const offer of used) {
    const scored = scoredOf(offer, images);
    // The comparison of one with itself has its accuracy.
    const comparison = compare(steps[best]?.scored ?? scored, scored, images, {
      names: [steps[best]?.offer.name ?? offer.name, offer.name],
      seed,
    });
    const isFirst = steps.length === 0;
    steps.push({
      offer,
      scored,
      accuracy: comparison.b,
      against: isFirst ? null : best,
      comparison: isFirst ? null : comparison,
    });
    if (comparison.b.estimate > steps[best].accuracy.estimate) best = steps.length - 1;
  }
  const order = steps[0].scored.images;
  const rows = steps.flatMap(({ offer, scored }) => [
    inOrder(scored, order),
    ...(offer.tried ?? []).map((probabilities) => inOrder(scoredOf({ ...offer, probabilities }, images), order)),
  ]);
  const groups = images.grouped ? order.map((i) => images.records[i].group) : undefined;
  return new Levers(images, steps, selectBest({ correct: rows, groups, seed }), { tried: rows.length, missing });
}

function scoredOf({ name, images: measured, probabilities, folds }: Offer, { classes, records }: Dataset): Scored {
  const said = predictedClasses(probabilities, classes.length);
  return { name, images: measured, correct: measured.map((image, i) => said[i] === records[image].label), folds };
}

function inOrder({ images, correct }: Scored, order: readonly number[]): boolean[] {
  const right = new Map(images.map((image, i) => [image, correct[i]]));
  return order.map((image) => right.get(image)!);
}
