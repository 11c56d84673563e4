import { accuracyBars, type Chart } from "../chart/mod.ts";
import type { Fold } from "../dataset/mod.ts";
import { type Figure, type FindingRecord, formatInterval, type Table } from "../display/mod.ts";
import { type Backbone, bundledBackbone } from "../model/mod.ts";
import type { Interval } from "../stats/mod.ts";
import { linearProbe, type ProbeableImages } from "../train/mod.ts";
import { ChartedResult } from "./_charted.ts";
import { measuredImages } from "./_folds.ts";
import { finding } from "./finding.ts";
import type { LabelledImages } from "./images.ts";
import { accuracyOf } from "./_measured.ts";
import { predictedClasses, type Predictions } from "./predictions.ts";
import { counted } from "./_words.ts";
import { bounds } from "./_bounds.ts";

/** How a probe is made. */
export interface ProbeOptions {
  /** The bundled one by default. */
  readonly backbone?: Backbone;
  /** Of the bootstrap. 1 by default. */
  readonly seed?: number;
  /** Told how many images are done, of those whose features are not there yet. By default a progress display. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * What frozen features of a pre-trained network are worth on these images. It is `Predictions` too: confusion, label
 * errors and class pairs can start from it.
 */
export class Probe extends ChartedResult implements Predictions {
  readonly name: string;
  readonly images: readonly number[];
  readonly correct: readonly boolean[];
  readonly folds: number;
  readonly probabilities: Float32Array;
  readonly accuracy: Interval;
  /** Whether whole groups were kept together. */
  readonly by: Fold["by"];
  readonly #backbone: Backbone;
  readonly #chance: number;
  readonly #label: string;

  constructor(
    predictions: Predictions,
    facts: { accuracy: Interval; by: Fold["by"]; grouped: boolean; backbone: Backbone; classes: number },
  ) {
    super();
    this.name = predictions.name;
    this.images = predictions.images;
    this.correct = predictions.correct;
    this.folds = predictions.folds;
    this.probabilities = predictions.probabilities;
    this.accuracy = facts.accuracy;
    this.by = facts.by;
    this.#backbone = facts.backbone;
    this.#chance = 1 / facts.classes;
    const features = facts.backbone.name === bundledBackbone().name ? "COCO" : facts.backbone.name;
    const flattering = facts.grouped && facts.by === "image" ? ", split by image" : "";
    this.#label = `Frozen ${features} features + logistic regression${flattering}`;
  }

  override chart(): Chart {
    return accuracyBars([{ label: "Frozen network", interval: this.accuracy }], {
      id: "frozen-probe",
      title: "A pre-trained network, frozen: accuracy on unseen images",
      chance: this.#chance,
      record: { figures: this.figures(), tables: [this.table()] },
    });
  }

  override figures(): Figure[] {
    return [{
      id: `probe.${this.#backbone.name}.by-${this.by}`,
      label: this.#label,
      ...bounds(this.accuracy),
      unit: "share",
      // A split that flatters is no rung to stand on.
      ...(this.#label.endsWith("split by image")
        ? {}
        : { rung: "model" as const, of: "Frozen COCO features", key: true }),
    }];
  }

  override table(): Table {
    const { estimate, low, high, n } = this.accuracy;
    return {
      id: "frozen-probe",
      title: "Frozen features with logistic regression",
      columns: [
        { key: "backbone", label: "Network" },
        { key: "accuracy", label: "Accuracy", unit: "share", bounds: ["low", "high"] },
        { key: "n", label: "Images", unit: "count" },
        { key: "what", label: "What it is" },
      ],
      rows: [{ backbone: this.#backbone.name, accuracy: estimate, low, high, n, what: this.#backbone.description }],
    };
  }

  protected override list(): FindingRecord[] {
    return [finding({
      code: "frozen-features",
      severity: "info",
      sentence: `Without training any network, features of one that others trained on photographs get ${
        formatInterval(this.accuracy)
      } of ${counted(this.accuracy.n, "unseen image")} right.`,
      evidence: this.figures(),
      remedy: "A network trained from nothing on these images should beat that; if it does not, start from a " +
        "pre-trained one.",
      chart: "frozen-probe",
    })];
  }
}

/**
 * Logistic regression on frozen features of a pre-trained network, out of fold: the quickest good model for few images,
 * and the eyes of the search for label errors. Needs an engine in use. Features and predictions are kept on disk.
 *
 * @param folds As `dataset.folds` makes them.
 * @throws DiagnosisError without folds, or when an image is in two validation parts.
 * @throws Interrupted when the person stopped it; finished features are kept.
 */
export async function probe(
  dataset: LabelledImages & ProbeableImages,
  folds: readonly Fold[],
  options: ProbeOptions = {},
): Promise<Probe> {
  const { backbone = bundledBackbone(), seed = 1, onProgress } = options;
  measuredImages(dataset.development, folds, "probe"); // refuses folds that measure an image twice
  const { images, probabilities } = await linearProbe(dataset, backbone, folds, onProgress ? { onProgress } : {});
  const classes = dataset.classes.length;
  const predicted = predictedClasses(probabilities, classes);
  const correct = images.map((image, i) => dataset.records[image].label === predicted[i]);
  const accuracy = accuracyOf(correct, { images, folds: folds.length, dataset, seed });
  const name = `probe-${backbone.name}`;
  return new Probe({ name, images, correct, folds: folds.length, probabilities }, {
    accuracy,
    by: folds[0].by,
    grouped: dataset.grouped,
    backbone,
    classes,
  });
}
