import { accuracyBars, type Chart } from "../../chart/mod.ts";
import type { Dataset, Fold } from "../../dataset/mod.ts";
import { ChartedResult, compare, type Comparison, finding, type Predictions } from "../../diagnose/mod.ts";
import { type Figure, type FindingRecord, formatCount, formatInterval, type Table } from "../../display/mod.ts";
import { type Backbone, bundledBackbone } from "../../model/mod.ts";
import type { HeadRecipe, Offer } from "../../pipeline/mod.ts";
import type { Interval } from "../../stats/mod.ts";
import type { Plan } from "../../train/mod.ts";
import { accuracyOf, asPredictions } from "./_scored.ts";
import { bounds, candidateText, FAMILY_NAMES, settingOf, slug } from "./_words.ts";
import { type Candidate, type Family, selectHeads, type Selection } from "./selection.ts";

/** Below as many seconds for pre-trained networks, fewer settings are tried. */
const ENOUGH_SECONDS = 45;

/** How heads are compared. */
export interface HeadsOptions {
  /** The bundled one by default. */
  readonly backbone?: Backbone;
  /** How much time there is; without it all is tried. */
  readonly plan?: Pick<Plan, "seconds">;
  /** Others on the same folds, to stand beside and to be compared with: the small CNN, the plain probe. */
  readonly beside?: readonly Predictions[];
  /** Of the bootstrap, and of an MLP's start. 1 by default. */
  readonly seed?: number;
}

/** One line of the comparison. */
export interface HeadRow {
  readonly label: string;
  readonly predictions: Predictions;
  readonly accuracy: Interval;
  /** What was chosen on all images; null for what stands beside. */
  readonly final: Candidate | null;
  readonly family: Family | "chosen" | "beside";
}

/** Heads on frozen features, each chosen on inner folds and measured on outer ones. */
export class Heads extends ChartedResult {
  /** What stands beside first, then each kind of head, then the one whose kind was chosen as well. */
  readonly rows: readonly HeadRow[];
  /** Whether less was tried for lack of time. */
  readonly brief: boolean;
  readonly backbone: Backbone;
  readonly selection: Selection;
  /** The chosen head against each of those beside. */
  readonly comparisons: readonly Comparison[];
  /** Its out-of-fold predictions. */
  readonly predictions: Predictions;
  readonly #chance: number;

  constructor(facts: {
    rows: readonly HeadRow[];
    brief: boolean;
    backbone: Backbone;
    selection: Selection;
    comparisons: readonly Comparison[];
    classes: number;
  }) {
    super();
    this.rows = facts.rows;
    this.brief = facts.brief;
    this.backbone = facts.backbone;
    this.selection = facts.selection;
    this.comparisons = facts.comparisons;
    this.predictions = this.#chosen().predictions;
    this.#chance = 1 / facts.classes;
  }

  /** Accuracy of what was chosen, taps, head and all, on inner folds. */
  get accuracy(): Interval {
    return this.#chosen().accuracy;
  }

  /** The head of a kind, or "chosen". @throws RangeError where it was not tried. */
  row(family: Family | "chosen"): HeadRow {
    const found = this.rows.find((row) => row.family === family);
    if (found === undefined) throw new RangeError(`Cannot show the head "${family}": it was not tried`);
    return found;
  }

  /** How the chosen head is fitted to all images. */
  recipe(family: Family | "chosen" = "chosen"): HeadRecipe {
    const { set, head } = this.row(family).final!;
    const { path } = this.backbone;
    return { kind: "head", backbone: path, taps: set.taps, poolings: set.poolings, mirrored: set.mirrored, head };
  }

  /** For the verdict: the chosen head. */
  offer(): Offer {
    const { images, probabilities, folds } = this.predictions;
    return {
      name: `frozen-${slug(this.backbone.name)}`,
      lever: `Pre-trained network, frozen, with a head: ${this.backbone.name}`,
      notebook: "09",
      // Features of some 25 images a second at worst, and a fit of a second.
      seconds: Math.ceil(images.length / 25) + 1,
      recipe: this.recipe(),
      images,
      probabilities,
      folds,
    };
  }

  override chart(): Chart {
    return accuracyBars(
      this.rows.map(({ label, accuracy, family }) => ({
        label,
        interval: accuracy,
        kind: family === "beside" ? "baseline" as const : "model" as const,
      })),
      {
        id: this.#id(),
        title: `Heads on the frozen features of ${this.backbone.name}: accuracy on unseen images`,
        chance: this.#chance,
        record: { figures: this.figures(), tables: [this.table()] },
      },
    );
  }

  override figures(): Figure[] {
    const id = `heads.${slug(this.backbone.name)}`;
    return this.rows.filter(({ family }) => family !== "beside").map(({ label, accuracy, family }) => ({
      id: `${id}.${family}`,
      label: `Frozen ${this.backbone.name}: ${label.toLowerCase()}`,
      ...bounds(accuracy),
      unit: "share",
      ...(family === "chosen"
        ? { rung: "model" as const, of: `Frozen ${this.backbone.name}, head chosen`, key: true }
        : {}),
    }));
  }

  override table(): Table {
    return {
      id: this.#id(),
      title: `Heads on the frozen features of ${this.backbone.name}`,
      columns: [
        { key: "head", label: "Head" },
        { key: "accuracy", label: "Accuracy", unit: "share", bounds: ["low", "high"] },
        { key: "n", label: "Images", unit: "count" },
        { key: "setting", label: "Chosen on all images" },
        { key: "seen", label: "Features" },
      ],
      rows: this.rows.map(({ label, accuracy: { estimate, low, high, n }, final }) => ({
        head: label,
        accuracy: estimate,
        low,
        high,
        n,
        setting: final === null ? "" : settingOf(final.head),
        seen: final === null ? "" : final.set.label,
      })),
    };
  }

  protected override list(): FindingRecord[] {
    const { accuracy, selection, brief, backbone } = this;
    const chart = this.#id();
    const list = [finding({
      code: "head-chosen",
      severity: "info",
      sentence:
        `Frozen ${backbone.name} with ${
          selection.nested ? "the head and taps that inner folds choose" : "a head fixed beforehand"
        } gets ${formatInterval(accuracy)} of ${formatCount(accuracy.n)} unseen images right. ` +
        (selection.nested
          ? `On all images the choice is: ${candidateText(this.#chosen().final!)}, of ${selection.tried} settings.`
          : `It is: ${candidateText(this.#chosen().final!)}. Two folds are too few to choose by.`),
      evidence: this.figures().filter(({ key }) => key),
      chart,
    })];
    for (const { names: [other], difference, a } of this.comparisons) {
      const told = difference.low > 0 || difference.high < 0;
      list.push(finding({
        code: difference.low > 0 ? "pretrained-helps" : told ? "pretrained-hurts" : "pretrained-not-told",
        severity: difference.low > 0 ? "good" : "info",
        sentence: told
          ? `The chosen head is ${difference.low > 0 ? "better" : "worse"} than ${other} (${formatInterval(a)}) by ${
            formatInterval(difference.low > 0 ? difference : negated(difference), "points")
          } on the same images.`
          : `Whether the chosen head is better than ${other} (${formatInterval(a)}) cannot be told: the difference is ${
            formatInterval(difference, "points")
          }.`,
        evidence: [{
          id: `heads.${slug(backbone.name)}.against.${slug(other)}`,
          label: `Chosen head minus ${other}`,
          ...bounds(difference),
          unit: "points",
        }],
        ...(difference.low > 0 ? { remedy: "Use the pre-trained network; notebook 10 fits it on all images." } : {}),
        chart,
      }));
    }
    if (brief) {
      list.push(finding({
        code: "budget-cut",
        severity: "info",
        sentence: selection.nested
          ? "For lack of time mirror images, logistic regression and the MLP were left out."
          : "For lack of time nothing was chosen, and mirror images and the MLP were left out.",
        remedy: "Give the report more time, as with --budget 15m.",
      }));
    }
    return list;
  }

  #chosen(): HeadRow {
    return this.row("chosen");
  }

  #id(): string {
    return `heads-${slug(this.backbone.name)}`;
  }
}

function negated(interval: Interval): Interval {
  return { ...interval, estimate: -interval.estimate, low: -interval.high, high: -interval.low };
}

/**
 * Simple classifiers on frozen features: which layers, pooling and views of the network, which head, how strong a penalty;
 * all chosen on inner folds alone. Needs an engine in use. All of it is kept on disk.
 *
 * @param folds As `dataset.folds` makes them.
 * @throws DiagnosisError when those beside were not measured on the same images.
 * @throws Interrupted when the person stopped it; finished features are kept.
 */
export async function heads(dataset: Dataset, folds: readonly Fold[], options: HeadsOptions = {}): Promise<Heads> {
  const { backbone = bundledBackbone(), plan, beside = [], seed = 1 } = options;
  const brief = plan !== undefined && plan.seconds("transfer") < ENOUGH_SECONDS;
  const selection = await selectHeads(dataset, folds, backbone, { brief, seed });
  const row = (
    label: string,
    predictions: Predictions,
    family: HeadRow["family"],
    final: Candidate | null,
  ): HeadRow => {
    return { label, predictions, accuracy: accuracyOf(predictions, dataset, seed), final, family };
  };
  const said = (name: string, probabilities: Float32Array) =>
    asPredictions(name, selection.images, probabilities, folds.length, dataset);
  const chosen = row(
    selection.nested ? "Head chosen on inner folds" : "Head fixed beforehand",
    said("the chosen head", selection.overall.probabilities),
    "chosen",
    selection.overall.final,
  );
  const rows = [
    ...beside.map((predictions) => row(predictions.name, predictions, "beside", null)),
    ...selection.families.map(({ family, chosen: { probabilities, final } }) =>
      row(FAMILY_NAMES[family], said(FAMILY_NAMES[family], probabilities), family, final)
    ),
    chosen,
  ];
  const comparisons = beside.map((other) =>
    compare(other, chosen.predictions, dataset, { names: [other.name, "the chosen head"], seed })
  );
  return new Heads({ rows, brief, backbone, selection, comparisons, classes: dataset.classes.length });
}
