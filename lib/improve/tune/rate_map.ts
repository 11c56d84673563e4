import { type Chart, rateBatchMap } from "../../chart/mod.ts";
import type { Dataset } from "../../dataset/mod.ts";
import { ChartedResult, compare, type Comparison, finding } from "../../diagnose/mod.ts";
import { type Figure, type FindingRecord, formatCount, formatInterval, type Table } from "../../display/mod.ts";
import { holm } from "../../stats/mod.ts";
import type { Run } from "../../train/mod.ts";
import { intervalFigure } from "./_figures.ts";

/** A batch size and a learning rate. */
export interface Setting {
  readonly batchSize: number;
  readonly learningRate: number;
}

/** One setting against the one of the question. */
export interface RateContrast {
  readonly setting: Setting;
  /** Whether the rate has grown with the batch, or stayed. */
  readonly rule: "linear" | "same";
  readonly comparison: Comparison;
  /** Chance of such a difference between equals, corrected for the number of comparisons (Holm 1979). */
  readonly p: number;
}

const ID = "batch-rate-map";

/** Accuracy by batch size and learning rate. Displays itself as a map. */
export class RateMap extends ChartedResult {
  readonly runs: readonly Run[];
  /** What was to be compared before anything was seen: other batch sizes at the same rate, and at a scaled one. */
  readonly contrasts: readonly RateContrast[];
  readonly #images: Dataset;
  readonly #asked: Setting;
  readonly #epochs: number;
  readonly #notes: readonly FindingRecord[];

  /** @param options `asked` is the setting of the question, which must be among the runs. */
  constructor(
    runs: readonly Run[],
    images: Dataset,
    options: {
      readonly asked: Setting;
      readonly epochs: number;
      readonly seed?: number;
      readonly notes?: readonly FindingRecord[];
    },
  ) {
    super();
    this.runs = runs;
    this.#images = images;
    this.#asked = options.asked;
    this.#epochs = options.epochs;
    this.#notes = options.notes ?? [];
    this.contrasts = this.#compared(options.seed ?? 1);
  }

  /** The run of a setting; null where there is none. */
  at({ batchSize, learningRate }: Setting): Run | null {
    return this.runs.find(({ config }) =>
      config.batchSize === batchSize && Math.abs(config.learningRate / learningRate - 1) < 1e-6
    ) ?? null;
  }

  /** The run that gets most images right; of several, the one with the lower rate. Of many it looks better than it is. */
  get best(): Run {
    return this.runs.toSorted((a, b) =>
      b.validationAccuracy.estimate - a.validationAccuracy.estimate || a.config.learningRate - b.config.learningRate
    )[0];
  }

  override chart(): Chart {
    const asked = this.#asked;
    return rateBatchMap(
      this.runs.map((run) => ({
        batchSize: run.config.batchSize,
        learningRate: run.config.learningRate,
        interval: run.validationAccuracy,
        scaled: Math.abs(
          run.config.learningRate / asked.learningRate / (run.config.batchSize / asked.batchSize) - 1,
        ) < 1e-6,
      })),
      { id: ID, chance: this.#chance(), record: { figures: this.figures(), tables: [this.table()] } },
    );
  }

  override figures(): Figure[] {
    const accuracy = (run: Run, id: string, label: string) =>
      intervalFigure(`${ID}.${id}`, label, run.validationAccuracy, "share");
    return [
      accuracy(this.at(this.#asked)!, "asked", `Unseen images right, ${inWords(this.#asked)}`),
      accuracy(this.best, "best", `The highest of ${this.runs.length}, ${inWords(this.best.config)}`),
      ...this.contrasts.map((one) => this.#difference(one)),
    ];
  }

  override table(): Table {
    return {
      id: ID,
      title: `Accuracy after ${this.#epochs} epochs, by batch size and learning rate`,
      columns: [
        { key: "batch", label: "Batch size", unit: "count" },
        { key: "rate", label: "Learning rate", unit: "number" },
        { key: "training", label: "On images trained on", unit: "share" },
        { key: "accuracy", label: "On unseen images", unit: "share", bounds: ["low", "high"] },
        { key: "loss", label: "Last training loss", unit: "number" },
        { key: "seconds", label: "Took", unit: "seconds" },
      ],
      rows: this.runs.map((run) => ({
        batch: run.config.batchSize,
        rate: run.config.learningRate,
        training: run.trainingAccuracy,
        accuracy: run.validationAccuracy.estimate,
        low: run.validationAccuracy.low,
        high: run.validationAccuracy.high,
        loss: lastLoss(run),
        seconds: run.seconds,
      })),
    };
  }

  protected override list(): FindingRecord[] {
    return [this.#askedFinding(), ...this.#scaling(), ...this.#dead(), ...this.#notes];
  }

  #compared(seed: number): RateContrast[] {
    const asked = this.#asked, base = this.at(asked);
    if (base === null) {
      throw new RangeError(`Cannot draw a map of rates: ${inWords(asked)} must be among the runs`);
    }
    const sizes = [...new Set(this.runs.map(({ config }) => config.batchSize))].filter((size) =>
      size !== asked.batchSize
    );
    const settings = sizes.flatMap((batchSize) => [
      { rule: "same", setting: { batchSize, learningRate: asked.learningRate } } as const,
      {
        rule: "linear",
        setting: { batchSize, learningRate: asked.learningRate * batchSize / asked.batchSize },
      } as const,
    ]);
    const found = settings.flatMap((one) => {
      const run = this.at(one.setting);
      if (run === null) return [];
      const names = [inWords(asked), inWords(one.setting)] as const;
      return [{ ...one, comparison: compare(base, run, this.#images, { names, seed }) }];
    });
    const ps = holm(found.map(({ comparison }) => comparison.test.p));
    return found.map((one, i) => ({ ...one, p: ps[i] }));
  }

  /** What the setting of the question does here. */
  #askedFinding(): FindingRecord {
    const asked = this.#asked, run = this.at(asked)!;
    const said = this.contrasts.filter(({ rule }) => rule === "same");
    const list = said.map(({ setting, comparison, p }) =>
      `batches of ${setting.batchSize} ${formatInterval(comparison.difference, "points")}` +
      (p < 0.05 ? "" : ", not told apart")
    );
    const better = this.#learnsMore(run);
    return finding({
      code: "batch-size-asked",
      severity: "info",
      sentence:
        `After ${this.#epochs} epochs, ${inWords(asked)} get ${formatInterval(run.validationAccuracy)} of ${
          formatCount(run.validationAccuracy.n)
        } unseen images right and ${Math.round(100 * run.trainingAccuracy)} % of those trained on.` +
        (better === null
          ? ""
          : ` The same batches at ${better.config.learningRate} get ${
            Math.round(100 * better.trainingAccuracy)
          } % of those trained on right: ${asked.learningRate} is too much for them here.`) +
        (list.length === 0 ? "" : ` At the same rate: ${list.join("; ")}.`),
      evidence: [
        intervalFigure(`${ID}.asked`, `Unseen images right, ${inWords(asked)}`, run.validationAccuracy, "share"),
        this.#training(asked),
        ...(better === null ? [] : [this.#training(better.config)]),
        ...said.map((one) => this.#difference(one)),
      ],
      remedy: better !== null
        ? "Take a lower rate for batches that small, or larger batches."
        : said.some(({ p, comparison }) => p < 0.05 && comparison.difference.estimate > 0)
        ? "Take larger batches: at this rate they are better here."
        : "",
      chart: ID,
    });
  }

  /** The same batches at a lower rate, where they get at least a tenth more of the images trained on right. */
  #learnsMore({ config: { batchSize, learningRate }, trainingAccuracy }: Run): Run | null {
    const lower = this.runs.filter(({ config }) => config.batchSize === batchSize && config.learningRate < learningRate)
      .toSorted((a, b) => b.trainingAccuracy - a.trainingAccuracy);
    return lower.length > 0 && lower[0].trainingAccuracy > trainingAccuracy + 0.1 ? lower[0] : null;
  }

  /** Whether a rate that grows with the batch keeps the accuracy, or at least still learns. */
  #scaling(): FindingRecord[] {
    const list = this.contrasts.filter(({ rule }) => rule === "linear");
    if (list.length === 0) return [];
    const asked = inWords(this.#asked);
    const lost = this.#learnsNothing(this.at(this.#asked)!)
      ? []
      : list.filter(({ setting }) => this.#learnsNothing(this.at(setting)!));
    const told = list.filter(({ p }) => p < 0.05);
    const worse = told.filter(({ comparison }) => comparison.difference.estimate < 0);
    const breaking = list.filter((one) => lost.includes(one) || worse.includes(one));
    const one = (contrast: RateContrast) => {
      const { setting, comparison, p } = contrast;
      const run = this.at(setting)!;
      return `${inWords(setting)} ${formatInterval(comparison.difference, "points")}` +
        (lost.includes(contrast)
          ? ` (which learn nothing: ${Math.round(100 * run.trainingAccuracy)} % of the images trained on are right)`
          : p < 0.05
          ? ""
          : " (not told apart)");
    };
    return [finding({
      code: breaking.length > 0 ? "linear-scaling-breaks" : "linear-scaling",
      severity: "info",
      sentence: (breaking.length > 0
        ? `Letting the rate grow with the batch breaks down at ${inWords(breaking[0].setting)}`
        : told.length > 0
        ? "Letting the rate grow with the batch does not lower the accuracy"
        : "Letting the rate grow with the batch makes no difference that could be told") +
        `. Against ${asked}: ${list.map(one).join("; ")}.`,
      evidence: list.flatMap((contrast) => [this.#difference(contrast), this.#training(contrast.setting)]),
      remedy: breaking.length > 0
        ? "Linear scaling was found for plain gradient descent; with Adam let the rate grow slower than the batch, or " +
          "look for it anew."
        : "",
      chart: ID,
    })];
  }

  /** Settings at which nothing is learnt: not even the images trained on are told apart better than by guessing. */
  #dead(): FindingRecord[] {
    const dead = this.runs.filter((run) => this.#learnsNothing(run));
    if (dead.length === 0) return [];
    return [finding({
      code: "rate-too-large-or-small",
      severity: "info",
      sentence: `Nothing is learnt with ${byBatch(dead)}: not even the images trained on are told apart much better ` +
        `than by guessing.`,
      evidence: dead.map((run) =>
        intervalFigure(
          `${ID}.dead.${run.config.batchSize}-at-${run.config.learningRate}`,
          `Unseen images right, ${inWords(run.config)}`,
          run.validationAccuracy,
          "share",
        )
      ),
      remedy: "Too large a rate throws the weights too far to come back; too small a one has not begun.",
      chart: ID,
    })];
  }

  #difference({ setting, comparison }: RateContrast): Figure {
    return intervalFigure(
      `${ID}.${setting.batchSize}-at-${Number(setting.learningRate.toPrecision(6))}.difference`,
      `${inWords(setting)}, against ${inWords(this.#asked)}`,
      comparison.difference,
      "points",
    );
  }

  #training(setting: Setting): Figure {
    const { trainingAccuracy: value, fold } = this.at(setting)!;
    const id = `${ID}.${setting.batchSize}-at-${Number(setting.learningRate.toPrecision(6))}.training`;
    return { id, label: `Images trained on right, ${inWords(setting)}`, value, unit: "share", n: fold.train.length };
  }

  /** Not even the images trained on are told apart much better than by guessing. */
  #learnsNothing(run: Run): boolean {
    const chance = this.#chance();
    return !Number.isFinite(lastLoss(run)) ||
      (run.trainingAccuracy < chance + (1 - chance) / 10 && run.validationAccuracy.low <= chance);
  }

  #chance(): number {
    return 1 / this.#images.classes.length;
  }
}

function inWords({ batchSize, learningRate }: Setting): string {
  return `batches of ${batchSize} at ${Number(learningRate.toPrecision(6))}`;
}

/** "batches of 4 at 0.008 and 0.032; batches of 32 at 0.032". */
function byBatch(runs: readonly Run[]): string {
  return [...Map.groupBy(runs, ({ config }) => config.batchSize)].map(([batchSize, list]) => {
    const rates = list.map(({ config }) => String(Number(config.learningRate.toPrecision(6))));
    const last = rates.pop()!;
    return `batches of ${batchSize} at ${rates.length === 0 ? last : `${rates.join(", ")} and ${last}`}`;
  }).join("; ");
}

function lastLoss({ history }: Run): number {
  return history[history.length - 1].loss;
}
