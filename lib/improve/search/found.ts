import { accuracyBars, type Chart, importanceBars, parallelTrials } from "../../chart/mod.ts";
import type { Dataset } from "../../dataset/mod.ts";
import { ChartedResult, type Comparison, finding, type Predictions } from "../../diagnose/mod.ts";
import {
  type Figure,
  type FindingRecord,
  findings,
  formatCount,
  formatInterval,
  formatShare,
  type Shown,
  type Table,
  TableView,
} from "../../display/mod.ts";
import { type ModelSpec, portable } from "../../model/mod.ts";
import type { Offer } from "../../pipeline/mod.ts";
import type { Interval } from "../../stats/mod.ts";
import type { TrainingConfig } from "../../train/mod.ts";
import type { Design } from "./_design.ts";
import { Note } from "./_note.ts";
import type { Raced } from "./_race.ts";
import { FEWEST_TRIALS, type Importances, importances } from "./importance.ts";
import type { SearchSpace } from "./space.ts";
import type { Settings } from "./types.ts";

/** What a search found. */
export interface Found {
  readonly raced: Raced;
  /** The winner's own accuracy, which it was chosen for. */
  readonly winning: Interval;
  /** The same with the choice accounted for. */
  readonly corrected: Interval;
  /** What was chosen for each fold without its images said of them, trained in full; null where time did not allow. */
  readonly nested: Predictions | null;
  /** That, against training as it was. */
  readonly comparison: Comparison | null;
  /** Of one full training. */
  readonly seconds: number;
  /** How the winner is trained. */
  readonly fitted: { readonly model: ModelSpec; readonly config: Partial<TrainingConfig> };
  readonly seed: number;
}

const TRIALS_CHART = "trials", SCORES_CHART = "search-scores", IMPORTANCE_CHART = "hyperparameter-importance";
const HOW_TO_GET_IT =
  "Give it more time, as with --budget 1h; --thorough has no limit. What is trained already is kept.";

/**
 * A search for better settings. As a cell's last value it shows its trials; `findings` says what they mean, `scores()`
 * draws what the winner is worth, `importance()` what decides. Where there was no time for it, all of them say so.
 */
export class Search extends ChartedResult {
  readonly space: SearchSpace;
  /** null where there was no time, or too few images. */
  readonly found: Found | null;
  readonly #images: Pick<Dataset, "classes" | "size" | "records">;
  readonly #design: Design | null;
  readonly #whole: Design;
  #importances: Importances | null | undefined;

  constructor(parts: {
    readonly space: SearchSpace;
    readonly images: Pick<Dataset, "classes" | "size" | "records">;
    readonly design: Design | null;
    readonly whole: Design;
    readonly found: Found | null;
  }) {
    super();
    this.space = parts.space;
    this.found = parts.found;
    this.#images = parts.images;
    this.#design = parts.design;
    this.#whole = parts.whole;
  }

  /** Settings of the winner among all images; null where nothing was searched. */
  get winner(): Settings | null {
    return this.found && this.found.raced.tried[this.found.raced.winner].settings;
  }

  /** All trials, one line each. */
  chart(): Chart | null {
    if (this.found === null) return null;
    const { tried, winner } = this.found.raced;
    return parallelTrials(
      this.space.parameters.map((one) => ({
        key: one.name,
        label: one.label,
        ...(one.kind === "log" ? { low: one.low, high: one.high } : { values: one.values }),
      })),
      tried.map(({ settings, scores }, i) => ({
        label: trialName(i),
        settings,
        score: scores[0],
        state: i === winner ? "chosen" : i === 0 ? "as it is" : scores.length > 1 ? "went on" : "stopped",
      })),
      { id: TRIALS_CHART, record: { figures: this.figures(), tables: [this.table()] } },
    );
  }

  /** What the winner is worth: as it won, with the choice accounted for, and chosen for each fold without its images. */
  scores(): Chart | Shown {
    if (this.found === null) return this.#notRun();
    const { winning, corrected, comparison } = this.found;
    return accuracyBars([
      { label: "Winner, as it won", interval: winning },
      { label: "Choice accounted for", interval: corrected },
      ...(comparison === null ? [] : [
        { label: "Tuned, nested", interval: comparison.b },
        { label: "As it was", interval: comparison.a },
      ]),
    ], {
      id: SCORES_CHART,
      title: "What the best of the trials is worth",
      chance: 1 / this.#images.classes.length,
    });
  }

  /** Which hyperparameters decide; in words where the trials are too few to ask. */
  importance(): Chart | Shown {
    const found = this.importances;
    if (this.found === null) return this.#notRun();
    if (found === null) return findings([this.#importanceFinding()]);
    return importanceBars(
      found.rows.map(({ label, share, low, high, p }) => ({ label, share, low, high, told: p <= 0.05 })),
      {
        id: IMPORTANCE_CHART,
        record: { findings: [this.#importanceFinding()], tables: [this.#importanceTable(found)] },
      },
    );
  }

  /** Of the accuracies after the first rung, which all trials were trained for alike; null with too few of them. */
  get importances(): Importances | null {
    if (this.#importances === undefined) this.#importances = this.found && this.#fitImportances(this.found);
    return this.#importances;
  }

  /** What was chosen for each fold, against training as it was: paired, on the same images. */
  get comparison(): Shown {
    if (this.found === null) return this.#notRun();
    return this.found.comparison ?? new Note("Not compared: there was no time to train what was chosen in full.");
  }

  /** All trials, the best first. */
  trials(): Shown {
    return this.found === null ? this.#notRun() : new TableView(this.table(), {
      note: "Accuracies of different columns have different epochs behind them. Those of a column are alike.",
    });
  }

  figures(): Figure[] {
    if (this.found === null) return [];
    const { raced: { tried, trainings, seconds }, winning, corrected, comparison } = this.found;
    const share = (id: string, label: string, { estimate: value, low, high, n, groups, method }: Interval): Figure => (
      { id: `search.${id}`, label, value, low, high, n, groups, method, unit: "share" }
    );
    return [
      share("winning", "The best of the trials, as it won (too high)", winning),
      share("corrected", "The same with the choice accounted for", corrected),
      ...(comparison === null ? [] : [{
        ...share("nested", "Tuned small CNN, nested cross-validation", comparison.b),
        key: true,
        rung: "model" as const,
        of: "small-cnn, tuned",
      }]),
      { id: "search.trials", label: "Trials", value: tried.length, unit: "count" },
      { id: "search.trainings", label: "Trainings of the search", value: trainings, unit: "count" },
      { id: "search.seconds", label: "They took, one after the other", value: seconds, unit: "seconds" },
    ];
  }

  table(): Table {
    const { parameters } = this.space;
    const rungs = this.#design?.rungs ?? [];
    return {
      id: "search-trials",
      title: "What was tried",
      columns: [
        { key: "trial", label: "Trial" },
        ...rungs.map(({ epochs }, r) => ({
          key: `rung${r}`,
          label: `Accuracy after ${epochs} epochs`,
          unit: "share" as const,
        })),
        { key: "stopped", label: "What became of it" },
        ...parameters.map(({ name, label }) => ({ key: name, label })),
      ],
      rows: (this.found?.raced.tried ?? [])
        .map(({ settings, scores, stopped }, i) => ({
          trial: trialName(i),
          ...Object.fromEntries(parameters.map(({ name }) => [name, String(settings[name])])),
          ...Object.fromEntries(rungs.map((_, r) => [`rung${r}`, scores[r] ?? null])),
          stopped: stopped === null ? "won" : `stopped: ${stopped}`,
          order: scores.length + scores[scores.length - 1],
        }))
        .toSorted((a, b) => b.order - a.order)
        .map(({ order: _, ...row }) => row),
    };
  }

  /**
   * The winner for notebook 10: what was chosen for each fold without its images is what it is judged by, so its score
   * is not that of a choice. The trials are among what was tried.
   *
   * @returns null where nothing was trained in full.
   */
  offer(): Offer | null {
    const { nested, fitted, seconds, raced, seed } = this.found ?? {};
    if (!nested || !fitted || !raced || seed === undefined || seconds === undefined) return null;
    const { classes, size } = this.#images;
    const model = portable(fitted.model, { size: fitted.model.inputSize ?? size, classes: classes.length, seed });
    if (model === null) return null;
    return {
      name: "tuned-small-cnn",
      lever: "Tuned: settings found by a search",
      notebook: "07",
      seconds,
      recipe: { kind: "network", model, config: fitted.config },
      images: nested.images,
      probabilities: nested.probabilities,
      folds: nested.folds,
      tried: raced.tried.map(({ probabilities }) =>
        meanOf(probabilities, raced.measured, nested.images, classes.length)
      ),
    };
  }

  protected list(): FindingRecord[] {
    if (this.found === null && this.#design !== null) {
      return [finding({
        code: "too-few-images-to-search",
        severity: "info",
        sentence:
          "The search for hyperparameters was not run: there are too few images to choose settings on some and " +
          "measure them on others.",
        remedy: "Collect more images of the smallest classes.",
      })];
    }
    if (this.found === null) {
      return [finding({
        code: "budget-cut",
        severity: "info",
        sentence:
          "The search for hyperparameters was not run: there is not even time for a few short trials. Without a " +
          `limit it would try ${this.#whole.rungs[0].trials}.`,
        remedy: HOW_TO_GET_IT,
      })];
    }
    return [this.#winner(this.found), ...this.#nested(this.found), ...this.#cut()];
  }

  /** Short, since the finding has said it above. */
  #notRun(): Note {
    return new Note(
      this.#design === null
        ? "The search was not run, for lack of time; --thorough has no limit."
        : "The search was not run, for lack of images.",
    );
  }

  #winner({ raced: { tried, winner }, winning, corrected }: Found): FindingRecord {
    const many = `Of ${formatCount(tried.length)} trials, `;
    const what = winner === 0
      ? "none was better than training as it is"
      : `the best is ${trialName(winner)} (${this.#said(tried[winner].settings)})`;
    return finding({
      code: "best-of-many",
      severity: "info",
      sentence:
        `${many}${what}. Its own score, ${formatInterval(winning)}, is that of the best of many and too high; ` +
        `with the choice accounted for it is ${
          formatInterval(corrected)
        }. Both are of short trainings on part of the ` +
        "images, to choose by and not to quote.",
      evidence: this.figures().filter(({ id }) => /winning|corrected|trials$/.test(id)),
      chart: TRIALS_CHART,
    });
  }

  #nested({ raced: { winners }, comparison }: Found): FindingRecord[] {
    if (comparison === null) return [];
    const { b, difference } = comparison;
    const different = new Set(winners).size;
    const agree = different === 1
      ? "The same settings won whichever fold was left out."
      : `The ${winners.length} choices made ${different} different winners: with so few images and trials, which ` +
        "settings are best is partly luck.";
    const { estimate: value, low, high, n, groups, method } = difference;
    return [finding({
      code: "tuning-gain",
      severity: "info",
      sentence: `Settings chosen without the images of a fold, and then trained for ${
        this.#design!.epochs
      } epochs, get ${formatInterval(b)} of those images right, ${
        formatInterval(difference, "points")
      } against training as it was. ${agree}`,
      evidence: this.figures().filter(({ id }) => id === "search.nested"),
      expectedGain: {
        id: "gain.tuning",
        label: "Settings found by the search against those so far, the same images and folds",
        value,
        low,
        high,
        n,
        groups,
        method,
        unit: "points",
      },
      chart: SCORES_CHART,
    })];
  }

  #cut(): FindingRecord[] {
    const design = this.#design!, whole = this.#whole;
    const cuts = [
      ...(design.rungs[0].trials < whole.rungs[0].trials
        ? [`${design.rungs[0].trials} trials instead of ${whole.rungs[0].trials}`]
        : []),
      ...(design.epochs === 0
        ? ["no full training of what was chosen"]
        : design.epochs < whole.epochs
        ? [`${design.epochs} epochs instead of ${whole.epochs} for what was chosen`]
        : []),
    ];
    if (cuts.length === 0) return [];
    return [finding({
      code: "budget-cut",
      severity: "info",
      sentence: `To fit into the time, the search was cut: ${cuts.join(", ")}.` +
        (design.epochs > 0 && design.epochs < whole.epochs
          ? " What it is compared with was allowed its usual epochs, so the comparison errs to the search's disadvantage."
          : ""),
      remedy: HOW_TO_GET_IT,
    })];
  }

  #importanceFinding(): FindingRecord {
    const found = this.importances;
    const trials = this.found!.raced.tried.length;
    if (found === null) {
      return finding({
        code: "importance-not-told",
        severity: "info",
        sentence:
          `What decides cannot be told from ${formatCount(trials)} trials: it takes at least ${FEWEST_TRIALS} ` +
          "that differ in accuracy, and some dozens to be of use.",
        remedy: HOW_TO_GET_IT,
      });
    }
    const told = found.rows.filter(({ p }) => p <= 0.05);
    const evidence = found.rows.map(({ name, label, share, low, high, p }): Figure => ({
      id: `search.importance.${name}`,
      label,
      value: share,
      low,
      high,
      unit: "share",
      method: `forest on ${found.trials} trials, middle 80 % of its trees; p ${p}`,
    }));
    if (told.length === 0) {
      return finding({
        code: "importance-not-told",
        severity: "info",
        sentence:
          `What decides cannot be told from ${formatCount(found.trials)} trials: scores that are shuffled among ` +
          "the trials make hyperparameters look as important.",
        evidence,
        remedy: HOW_TO_GET_IT,
        chart: IMPORTANCE_CHART,
      });
    }
    return finding({
      code: "importance",
      severity: "info",
      sentence: `Of what was varied in ${formatCount(found.trials)} trials, more than chance explains is decided by ` +
        told.map(({ label, share, low, high, effects }) =>
          `${label.toLowerCase()} (${formatInterval({ estimate: share, low, high })} of the variance; best at ${
            effects[effects.length - 1].value
          }, worst at ${effects[0].value})`
        ).join(" and ") + ". That holds for short trainings; what needs time to pay off shows less.",
      evidence,
      chart: IMPORTANCE_CHART,
    });
  }

  #importanceTable({ rows }: Importances): Table {
    return {
      id: "hyperparameter-importance",
      title: "What decides about the accuracy of a trial",
      columns: [
        { key: "what", label: "Hyperparameter" },
        { key: "share", label: "Variance explained", unit: "share" },
        { key: "p", label: "p", unit: "number" },
        { key: "best", label: "Best at" },
        { key: "worst", label: "Worst at" },
      ],
      rows: rows.map(({ label, share, p, effects }) => ({
        what: label,
        share,
        p,
        best: `${effects[effects.length - 1].value} (${formatShare(effects[effects.length - 1].score)})`,
        worst: `${effects[0].value} (${formatShare(effects[0].score)})`,
      })),
    };
  }

  #fitImportances({ raced: { tried }, seed }: Found): Importances | null {
    const { parameters } = this.space;
    // Training as it is may lie outside of the space: the forest is asked about the space.
    const inside = tried.filter(({ settings }) =>
      parameters.every((one) => one.kind === "log" || one.values.includes(settings[one.name]))
    );
    return importances(parameters, inside.map(({ settings }) => settings), inside.map(({ scores }) => scores[0]), seed);
  }

  #said(settings: Settings): string {
    return this.space.parameters.map(({ name, label }) => `${label.toLowerCase()} ${settings[name]}`).join(", ");
  }
}

function trialName(index: number): string {
  return index === 0 ? "as it is" : `trial ${index + 1}`;
}

/** [images, K]: the mean of what was said of each image; `measured` has one several times. */
function meanOf(
  probabilities: Float32Array,
  measured: readonly number[],
  images: readonly number[],
  classes: number,
): Float32Array {
  const place = new Map(images.map((image, i) => [image, i]));
  const sums = new Float32Array(images.length * classes);
  const times = new Float32Array(images.length);
  measured.forEach((image, m) => {
    const i = place.get(image)!;
    times[i]++;
    for (let k = 0; k < classes; k++) sums[i * classes + k] += probabilities[m * classes + k];
  });
  return sums.map((sum, at) => sum / Math.max(1, times[Math.floor(at / classes)]));
}
