import { accuracyBars, type Chart } from "../../chart/mod.ts";
import type { Dataset } from "../../dataset/mod.ts";
import { ChartedResult, compare, type Comparison, finding, type Predictions } from "../../diagnose/mod.ts";
import { type Figure, type FindingRecord, formatInterval, type Table } from "../../display/mod.ts";
import type { Offer, Recipe } from "../../pipeline/mod.ts";
import type { Interval } from "../../stats/mod.ts";
import { accuracyOf, asPredictions, inOrder } from "./_scored.ts";
import { bounds, slug } from "./_words.ts";

/** One of those that are put together. */
export interface Member {
  /** In a word or two, as "small CNN". */
  readonly label: string;
  readonly predictions: Predictions;
  /** Null where it cannot be fitted again: then no ensemble with it is offered. */
  readonly recipe: Recipe | null;
}

/** The mean of some members' probabilities. */
export interface Ensemble {
  readonly label: string;
  readonly members: readonly Member[];
  readonly predictions: Predictions;
  readonly accuracy: Interval;
  /** Against the first member, which is in all of them. */
  readonly comparison: Comparison;
}

/** What several models say together, against the best alone. */
export class Ensembles extends ChartedResult {
  constructor(
    /** The one that all ensembles build on. */
    readonly first: Member,
    readonly alone: Interval,
    readonly ensembles: readonly Ensemble[],
  ) {
    super();
  }

  /** The most accurate of them. */
  get best(): Ensemble {
    return this.ensembles.reduce((a, b) => b.accuracy.estimate > a.accuracy.estimate ? b : a);
  }

  /** For the verdict: the best, where it is more accurate than its first member alone; the others count as tried. */
  offer(): Offer | null {
    const { best } = this;
    const recipes = best.members.flatMap(({ recipe }) => recipe === null ? [] : [recipe]);
    if (best.comparison.difference.estimate <= 0 || recipes.length < best.members.length) return null;
    const { images, probabilities, folds } = best.predictions;
    return {
      name: `ensemble-${slug(best.label)}`,
      lever: `Ensemble: ${best.label}`,
      notebook: "09",
      seconds: Math.ceil(images.length / 10),
      recipe: { kind: "ensemble", members: recipes },
      images,
      probabilities,
      folds,
      tried: this.ensembles.filter((one) => one !== best).map(({ predictions }) => predictions.probabilities),
    };
  }

  override chart(): Chart {
    return accuracyBars([
      { label: `${this.first.label} alone`, interval: this.alone, kind: "baseline" },
      // Its name would be cut off where they begin to differ.
      ...this.ensembles.map(({ members, accuracy }) => ({
        label: members.slice(1).map(({ label }) => `+ ${label}`).join(" "),
        interval: accuracy,
      })),
    ], {
      id: "ensembles",
      title: "Several models together: accuracy on unseen images",
      record: { figures: this.figures(), tables: [this.table()] },
    });
  }

  override figures(): Figure[] {
    const best = Math.max(...this.ensembles.map(({ accuracy }) => accuracy.estimate));
    return this.ensembles.map(({ label, accuracy }) => ({
      id: `ensemble.${slug(label)}`,
      label: `Ensemble: ${label}`,
      ...bounds(accuracy),
      unit: "share",
      ...(accuracy.estimate === best ? { rung: "model" as const, of: `Ensemble: ${label}` } : {}),
    }));
  }

  override table(): Table {
    return {
      id: "ensembles",
      title: "Several models together",
      columns: [
        { key: "what", label: "Together" },
        { key: "accuracy", label: "Accuracy", unit: "share", bounds: ["low", "high"] },
        { key: "gain", label: `Gain over ${this.first.label}`, unit: "points", bounds: ["gainLow", "gainHigh"] },
      ],
      rows: this.ensembles.map(({ label, accuracy, comparison: { difference } }) => ({
        what: label,
        accuracy: accuracy.estimate,
        low: accuracy.low,
        high: accuracy.high,
        gain: difference.estimate,
        gainLow: difference.low,
        gainHigh: difference.high,
      })),
    };
  }

  protected override list(): FindingRecord[] {
    const { best: { label, accuracy, comparison: { difference } }, first } = this;
    const told = difference.low > 0;
    return [finding({
      code: told ? "ensemble-helps" : "ensemble-not-told",
      severity: told ? "good" : "info",
      sentence: `${label}, their probabilities averaged, get ${formatInterval(accuracy)}, ${
        formatInterval(difference, "points")
      } over ${first.label} alone${told ? "" : ": no gain that can be told"}${
        this.ensembles.length > 1 ? `; the best of ${this.ensembles.length}, so a little flattered` : ""
      }.`,
      evidence: [{
        id: `ensemble.${slug(label)}.gain`,
        label: `${label} minus ${first.label} alone`,
        ...bounds(difference),
        unit: "points",
      }],
      remedy: told
        ? "Take the ensemble where its cost in time does not matter."
        : "Keep the single model: it is simpler.",
      chart: "ensembles",
    })];
  }
}

/**
 * Puts a first model together with each set of others: the mean of their probabilities, all weights alike, so that nothing
 * is chosen on the images that are measured.
 *
 * @param first What each ensemble builds on.
 * @param others For each ensemble, who else.
 * @throws RangeError where a member was not measured on the images of the first, or there is no ensemble.
 */
export function ensembles(
  dataset: Dataset,
  first: Member,
  others: readonly (readonly Member[])[],
  options: { readonly seed?: number } = {},
): Ensembles {
  const { seed = 1 } = options;
  if (others.length === 0) throw new RangeError("Cannot put models together: there must be at least one ensemble");
  const { images, folds } = first.predictions;
  const classes = dataset.classes.length;
  const made = others.map((more): Ensemble => {
    const members = [first, ...more];
    const label = members.map((member) => member.label).join(" + ");
    const mean = new Float32Array(images.length * classes);
    for (const { predictions } of members) {
      inOrder(predictions, images, classes).forEach((p, j) => mean[j] += p / members.length);
    }
    const predictions = asPredictions(label, images, mean, folds, dataset);
    const comparison = compare(first.predictions, predictions, dataset, {
      names: [`${first.label} alone`, label],
      seed,
    });
    return { label, members, predictions, accuracy: comparison.b, comparison };
  });
  return new Ensembles(first, accuracyOf(first.predictions, dataset, seed), made);
}
