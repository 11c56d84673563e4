import { accuracyBars, type Chart } from "../chart/mod.ts";
import type { Fold } from "../dataset/mod.ts";
import { type Figure, type FindingRecord, formatInterval, formatShare, progress, type Table } from "../display/mod.ts";
import { type Baseline, scoreOf } from "./_baseline.ts";
import { ChartedResult } from "./_charted.ts";
import { features } from "./_features.ts";
import { isUneven, measuredImages, touchedImages } from "./_folds.ts";
import { finding } from "./finding.ts";
import type { ReadableImages } from "./images.ts";
import { SIMPLE_MODELS } from "./_simple_models.ts";
import { counted } from "./_words.ts";
import { bounds } from "./_bounds.ts";

export type { Baseline } from "./_baseline.ts";

/** Name of their chart, which their findings point to. */
const CHART = "baselines";

/** How the baselines are made. */
export interface BaselineOptions {
  /** Of the guesses, and of the bootstrap over groups. 1 by default. */
  readonly seed?: number;
  /** Told how far it is, from 0 to 1. By default a progress display. */
  readonly onProgress?: (share: number) => void;
}

/** The accuracies that a network has to beat. Displays itself as a chart; `findings` says it in words. */
export class Baselines extends ChartedResult {
  /** Those without eyes first, the colour histogram last. */
  readonly rows: readonly Baseline[];
  /** Accuracy of guessing any class: 1 / K. */
  readonly chance: number;
  /** Whether the classes are so uneven that balanced accuracy should be looked at. */
  readonly uneven: boolean;
  readonly #by: Fold["by"];

  constructor(
    rows: readonly Baseline[],
    facts: { readonly classes: number; readonly uneven: boolean; readonly by: Fold["by"] },
  ) {
    super();
    this.rows = rows;
    this.chance = 1 / facts.classes;
    this.uneven = facts.uneven;
    this.#by = facts.by;
  }

  /** The best of those that look at the pictures. */
  get best(): Baseline {
    return this.rows.filter((row) => row.sees).reduce((a, b) => b.accuracy.estimate > a.accuracy.estimate ? b : a);
  }

  /** @throws RangeError for a name that no baseline has. */
  get(name: string): Baseline {
    const row = this.rows.find((one) => one.name === name);
    if (row) return row;
    throw new RangeError(
      `Cannot find the baseline "${name}": there are ${this.rows.map((one) => one.name).join(", ")}`,
    );
  }

  override chart(): Chart {
    return accuracyBars(
      this.rows.map(({ label, accuracy, sees }) => ({ label, interval: accuracy, kind: sees ? "baseline" : "chance" })),
      {
        id: CHART,
        title: "What can be had without a network: accuracy on unseen images",
        chance: this.chance,
        record: { figures: this.figures(), tables: [this.table()] },
      },
    );
  }

  override figures(): Figure[] {
    return [
      {
        id: "chance",
        label: "Chance level",
        value: this.chance,
        unit: "share",
        key: true,
        rung: "chance",
        of: "Chance",
      },
      ...this.rows.map(({ name, label, accuracy, sees }) => ({
        id: `baseline.${name}`,
        label,
        ...bounds(accuracy),
        unit: "share" as const,
        ...(name === this.best.name ? { key: true } : {}),
        // The other guesses differ from chance by chance alone.
        ...(sees || name === "most-frequent" ? { rung: "baseline" as const, of: label } : {}),
      })),
    ];
  }

  override table(): Table {
    return {
      id: "baselines",
      title: `Baselines on unseen images, split by ${this.#by}`,
      columns: [
        { key: "baseline", label: "Baseline" },
        { key: "accuracy", label: "Accuracy", unit: "share", bounds: ["low", "high"] },
        { key: "balanced", label: "Balanced accuracy", unit: "share" },
        { key: "loss", label: "Loss", unit: "number" },
        { key: "what", label: "What it does" },
      ],
      rows: this.rows.map(({ label, accuracy, balancedAccuracy: balanced, logLoss, description }) => ({
        baseline: label,
        accuracy: accuracy.estimate,
        low: accuracy.low,
        high: accuracy.high,
        balanced,
        loss: logLoss,
        what: description,
      })),
    };
  }

  protected override list(): FindingRecord[] {
    const list = [this.best.accuracy.low > this.#floor().accuracy.high ? this.#toBeat() : this.#nothingSeen()];
    if (this.uneven) list.push(this.#unevenClasses());
    return list;
  }

  /** The better of guessing and saying the most frequent class. */
  #floor(): Baseline {
    return this.rows.filter((row) => !row.sees).reduce((a, b) => b.accuracy.estimate > a.accuracy.estimate ? b : a);
  }

  #toBeat(): FindingRecord {
    const { label, accuracy, name } = this.best;
    return finding({
      code: "baseline-to-beat",
      severity: "info",
      sentence: `The ${label.toLowerCase()}, without any network, gets ${formatInterval(accuracy)} of ${
        counted(accuracy.n, "unseen image")
      } right; chance is ${formatShare(this.chance, { exact: true })}.`,
      evidence: [{ id: `baseline.${name}`, label, ...bounds(accuracy), unit: "share" }],
      chart: CHART,
      remedy: "A network is worth its training only if it is clearly above this.",
    });
  }

  #nothingSeen(): FindingRecord {
    const { label, accuracy, name } = this.best;
    return finding({
      code: "simple-features-say-nothing",
      severity: "info",
      sentence: `Neither colours nor coarse pixels tell the classes apart: the best, the ${label.toLowerCase()}, gets ${
        formatInterval(accuracy)
      } of ${counted(accuracy.n, "unseen image")} right, which blind guessing may reach as well.`,
      evidence: [{ id: `baseline.${name}`, label, ...bounds(accuracy), unit: "share" }],
      chart: CHART,
      remedy:
        "Whatever a network gets above that, it gets from shapes. If it stays there too, look at the labels first.",
    });
  }

  #unevenClasses(): FindingRecord {
    const { accuracy, balancedAccuracy: balanced } = this.get("most-frequent");
    return finding({
      code: "accuracy-misleads",
      severity: "warning",
      sentence: `The classes are uneven: always saying the most frequent one gets ${
        formatInterval(accuracy)
      } right, but ${formatShare(balanced, { exact: true })} of an average class.`,
      evidence: [
        { id: "baseline.most-frequent", label: "Always the most frequent class", ...bounds(accuracy), unit: "share" },
      ],
      remedy: "Look at balanced accuracy beside accuracy, and collect more images of the small classes.",
      chart: CHART,
    });
  }
}

/**
 * What can be had without a network: scikit-learn's dummy classifiers (uniform, stratified, most frequent, prior), the
 * nearest neighbour among 16x16 pixels (three neighbours, fixed), and logistic regression on a histogram of 64 colours
 * (L2 penalty fixed at scikit-learn's default). Nothing is tuned, so the validation images are as unseen as images can
 * be. Each image of `fold.validation` is judged by models fitted on `fold.train` of the same fold.
 *
 * Takes some seconds for 1,000 images. Above 4,000 training images, the two that look at pictures take 4,000 of them.
 *
 * @param folds As `dataset.folds` or `dataset.holdOut` makes them; each image in one validation part at most.
 * @throws DiagnosisError without folds, or when an image is in two validation parts.
 */
export async function baselines(
  dataset: ReadableImages,
  folds: readonly Fold[],
  options: BaselineOptions = {},
): Promise<Baselines> {
  const { seed = 1 } = options;
  const measured = measuredImages(dataset.development, folds);
  const bar = options.onProgress ? null : progress({ label: "Baselines", total: SIMPLE_MODELS.length + 1 });
  const tell = (done: number) => {
    bar?.update(done);
    options.onProgress?.(done / (SIMPLE_MODELS.length + 1));
  };
  try {
    const seen = await features(dataset, touchedImages(dataset.development, folds));
    tell(1);
    const rows: Baseline[] = [];
    for (const model of SIMPLE_MODELS) {
      rows.push(await scoreOf(model, dataset, seen, folds, measured, seed));
      tell(rows.length + 1);
    }
    const labels = measured.map((i) => dataset.records[i].label);
    return new Baselines(rows, {
      classes: dataset.classes.length,
      uneven: isUneven(labels, dataset.classes.length),
      by: folds[0].by,
    });
  } finally {
    bar?.finish();
  }
}
