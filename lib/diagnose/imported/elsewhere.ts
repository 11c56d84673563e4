import { type Chart, confusion as drawConfusion } from "../../chart/mod.ts";
import {
  escapeHtml,
  escapeTerminal,
  type Figure,
  Figures,
  FindingView,
  type ResultRecord,
  Shown,
} from "../../display/mod.ts";
import { confusionMatrix, expectedCalibrationError, type Interval } from "../../stats/mod.ts";
import { accuracyOf } from "../_measured.ts";
import { learningCurves, type Verdict } from "../learning_curves.ts";
import { predictedClasses } from "../predictions.ts";
import { aboutAllImages, aboveHistory } from "./_plausible.ts";
import { type ImportedHistory, importHistory } from "./history.ts";
import { type ImportedPredictions, importPredictions, type NamedImages } from "./predictions.ts";
import { bounds } from "../_bounds.ts";

const UNUSED = "Nothing trained elsewhere was given:";
const COMMAND = "deno task report --history FILE --predictions FILE";
const BINS = 15;

/**
 * What a person trained elsewhere. Shows what the predictions score and what the curves say; where nothing was given,
 * one line says how to.
 */
export class Elsewhere extends Shown {
  /** What the curves say; null without a history. */
  readonly verdict: Verdict | null;

  constructor(
    readonly history: ImportedHistory | null,
    readonly predictions: ImportedPredictions | null,
    readonly dataset: NamedImages,
    readonly seed: number,
  ) {
    super();
    this.verdict = history && learningCurves(history, dataset, { predictions, seed });
  }

  /** Loss and accuracy against epoch; undefined, which shows nothing, without a history. */
  curves(): Chart | undefined {
    return this.verdict?.chart();
  }

  /** Predicted against true class; undefined, which shows nothing, without predictions. */
  confusion(): Chart | undefined {
    if (this.predictions === null) return undefined;
    return drawConfusion(this.dataset.classes, this.#matrix(), {
      id: `confusion-${this.predictions.name}`,
      title: `${this.predictions.name}: predicted against true class, in images`,
    });
  }

  figures(): Figure[] {
    if (this.predictions === null) return [];
    const { name, probabilities } = this.predictions;
    const { classes } = this.dataset;
    const accuracy = this.#accuracy(this.predictions);
    return [
      {
        id: `${name}.elsewhere.accuracy`,
        label: `Accuracy on unseen images: ${name}, trained elsewhere`,
        ...bounds(accuracy),
        unit: "share",
        key: true,
        rung: "model",
      },
      {
        id: `${name}.elsewhere.calibration-error`,
        label: `Expected calibration error, ${BINS} bins`,
        value: expectedCalibrationError(probabilities, this.#labels(), classes.length, BINS),
        unit: "share",
        n: accuracy.n,
        groups: accuracy.groups,
      },
    ];
  }

  /** Counts of images [K, K], true classes in rows. */
  #matrix(): number[][] {
    const { probabilities } = this.predictions!;
    const { classes } = this.dataset;
    return confusionMatrix(this.#labels(), predictedClasses(probabilities, classes.length), classes.length);
  }

  #labels(): number[] {
    return this.predictions!.images.map((image) => this.dataset.records[image].label);
  }

  #notes(): string[] {
    return [...this.history?.notes ?? [], ...this.predictions?.notes ?? []];
  }

  #accuracy({ correct, images, folds }: ImportedPredictions): Interval {
    return accuracyOf(correct, { images, folds, dataset: this.dataset, seed: this.seed });
  }

  /** What the curves say, after what speaks against the files. */
  get findings(): FindingView {
    const { history, predictions, dataset, verdict } = this;
    const doubts = [
      predictions && aboutAllImages(predictions, dataset),
      history && predictions && aboveHistory(history, this.#accuracy(predictions)),
    ].filter((doubt) => doubt !== null);
    return new FindingView([...doubts, ...verdict?.findings ?? []]);
  }

  override html(): string {
    if (this.history === null && this.predictions === null) {
      return `<p class="plateau-note">${UNUSED} <code>${COMMAND}</code></p>`;
    }
    const notes = this.#notes().map((note) => `<p class="plateau-note">${escapeHtml(note)}</p>`).join("");
    return (this.predictions ? new Figures(this.figures()).html() : "") +
      (this.findings.findings.length > 0 ? this.findings.html() : "") + notes;
  }

  override text(): string {
    if (this.history === null && this.predictions === null) return `${UNUSED} ${COMMAND}`;
    return [
      ...(this.predictions ? [new Figures(this.figures()).text()] : []),
      ...(this.findings.findings.length > 0 ? [this.findings.text()] : []),
      ...this.#notes().map(escapeTerminal),
    ].join("\n\n");
  }

  override record(): ResultRecord | undefined {
    if (this.history === null && this.predictions === null) return undefined;
    return { figures: this.figures(), findings: this.findings.findings };
  }
}

/**
 * Reads what a person trained elsewhere: a history, predictions, or both.
 *
 * @param paths Empty where there is none.
 * @param options `seed` of the bootstrap over groups.
 * @throws DiagnosisError naming the file that cannot be used, and why.
 */
export async function trainedElsewhere(
  paths: { readonly historyPath: string; readonly predictionsPath: string },
  dataset: NamedImages,
  options: { readonly seed?: number } = {},
): Promise<Elsewhere> {
  const { historyPath, predictionsPath } = paths;
  return new Elsewhere(
    historyPath === "" ? null : await importHistory(historyPath),
    predictionsPath === "" ? null : await importPredictions(predictionsPath, dataset),
    dataset,
    options.seed ?? 1,
  );
}
