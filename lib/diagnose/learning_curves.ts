import { type Chart, learningCurves as drawCurves } from "../chart/mod.ts";
import { type FindingRecord, FindingView } from "../display/mod.ts";
import { curveOf, type TrainedRun } from "./_curve.ts";
import {
  type CurveRule,
  dataLimited,
  diverging,
  goodFit,
  learntNothing,
  notConverged,
  overfitting,
  tooShort,
  unclear,
  underfitting,
} from "./_curve_rules.ts";
import type { LabelledImages } from "./images.ts";
import type { ImportedHistory } from "./imported/history.ts";
import { importedRun } from "./imported/run.ts";
import type { Predictions } from "./predictions.ts";

export type { TrainedRun } from "./_curve.ts";

/** What learning curves can show. */
export type VerdictName =
  | "diverging"
  | "too-short"
  | "underfitting"
  | "not-converged"
  | "overfitting"
  | "data-limited"
  | "unclear"
  | "good-fit";

/** The first rule that applies is the verdict: what stands before makes what follows meaningless. */
const RULES: readonly CurveRule[] = [
  diverging,
  tooShort,
  learntNothing,
  notConverged,
  overfitting,
  dataLimited,
  unclear,
  underfitting,
  goodFit,
];

/** What the learning curves of one model show, as findings that display themselves; `chart()` draws the curves. */
export class Verdict extends FindingView {
  /** What they show, above all. */
  readonly verdict: VerdictName;
  /** The same in one or two sentences. */
  readonly sentence: string;
  readonly #runs: readonly TrainedRun[];
  readonly #chance: number;

  /** @param list At least one finding; the first is the verdict. */
  constructor(list: readonly FindingRecord[], runs: readonly TrainedRun[], chance: number) {
    super(list);
    this.verdict = list[0].code as VerdictName;
    this.sentence = list[0].sentence;
    this.#runs = runs;
    this.#chance = chance;
  }

  /** Loss and accuracy against epoch, one pair of lines per run. */
  chart(): Chart {
    const { model } = this.#runs[0];
    return drawCurves(
      this.#runs.map(({ history, keptEpoch, fold: { index, of } }) => ({
        label: of > 1 ? `fold ${index + 1}` : model,
        history,
        keptEpoch,
      })),
      {
        id: chartId(this.#runs),
        title: `${model}: loss and accuracy against epoch, in training and validation`,
        chance: this.#chance,
      },
    );
  }
}

/**
 * Judges the learning curves of one model: underfitting, overfitting, not converged, diverging, limited by data, or a
 * good fit, with the epochs and gaps that the verdict rests on. The rules and their thresholds are in
 * `_curve_rules.ts`, one function each.
 *
 * Several runs (folds) are judged together: the mean of their curves, and one accuracy over all images that some run
 * left out of training. The accuracies are those of the weights that were kept, the curves tell how they came about.
 *
 * What was trained elsewhere is judged by the same rules. Its accuracy on unseen images is that of the predictions given
 * beside it. Without any, it is the last one of the history: nobody knows then on how many images it was measured, so it
 * has no interval, and gaps are judged by their size alone.
 *
 * @param runs One run, or one per fold; all of one model, each image measured by one run at most. Or the history of a
 *   training elsewhere.
 * @param dataset What the runs were trained on.
 * @param options `seed` of the bootstrap over groups; `predictions` that belong to the history from elsewhere.
 * @throws DiagnosisError without runs, with runs of different models, or when an image is measured twice.
 */
export function learningCurves(
  runs: TrainedRun | readonly TrainedRun[] | ImportedHistory,
  dataset: LabelledImages & { readonly development?: readonly number[] },
  options: { readonly seed?: number; readonly predictions?: Predictions | null } = {},
): Verdict {
  const list = "notes" in runs
    ? [importedRun(runs, dataset, options.predictions ?? null)]
    : [runs].flat() as TrainedRun[];
  const curve = curveOf(list, dataset, options.seed ?? 1);
  const found = RULES.map((rule) => rule(curve)).find((one) => one !== null)!;
  const further = found.code === "overfitting" ? dataLimited(curve) : null;
  const shown = (further ? [found, further] : [found]).map((one) => ({ ...one, chart: chartId(list) }));
  return new Verdict(shown, list, 1 / dataset.classes.length);
}

/** Name of the chart of these runs, which their findings point to. */
function chartId([{ model, fold }]: readonly TrainedRun[]): string {
  return `learning-curves-${model}-by-${fold.by}`;
}
