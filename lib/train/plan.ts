import { policies } from "../augment/mod.ts";
import type { Dataset } from "../dataset/mod.ts";
import {
  escapeHtml,
  escapeTerminal,
  type FindingRecord,
  formatCount,
  formatSeconds,
  type ResultRecord,
  Shown,
  type Table,
  tableHtml,
  tableText,
} from "../display/mod.ts";
import { budgetSeconds } from "./_budget.ts";
import { calibration } from "./_calibration.ts";
import { chooseScope, MARGIN, wholeScope } from "./_scope.ts";
import { type Stage, STAGES, type Wanted } from "./_stages.ts";
import { EPOCHS, epochsOf, type Ground, oneTraining, otherSeconds, type Scope } from "./_workload.ts";
import { workersInUse } from "./experiments/use_workers.ts";
import type { TrainingConfig } from "./types.ts";

/** How much training a time allows. Displays itself as a table of what was cut, which goes into the report. */
export class Plan extends Shown {
  /** As "15m"; "none" for no limit. */
  readonly budget: string;
  /** Folds of a cross-validation. */
  readonly folds: number;
  /** Times that a cross-validation is repeated with other folds. */
  readonly repeats: number;
  /** Whether there is time for experiments that only prove a finding. */
  readonly proofs: boolean;
  /** Images that one experiment trains on at most; null for no limit. */
  readonly mostImages: number | null;
  /** What all training of the report is estimated to take from nothing. */
  readonly trainingSeconds: number;
  /** The same of everything else: audits, pages. */
  readonly otherSeconds: number;
  /** By how many seconds even the least that means something exceeds the budget; 0 where it fits. */
  readonly over: number;
  readonly #scope: Scope;
  readonly #whole: { readonly scope: Scope; readonly seconds: number };
  readonly #ground: Ground;

  /** @param ground What the work is done on, and how fast. */
  constructor(ground: Ground, budget: string) {
    super();
    const { scope, seconds, over } = chooseScope(ground, budgetSeconds(budget));
    this.budget = budget;
    this.folds = scope.folds;
    this.repeats = scope.repeats;
    this.proofs = scope.proofs;
    this.mostImages = scope.mostImages;
    this.trainingSeconds = seconds;
    this.otherSeconds = otherSeconds(ground);
    this.over = over;
    this.#scope = scope;
    this.#whole = wholeScope(ground);
    this.#ground = ground;
  }

  /** The epochs there is time for, where `wanted` would be trained without a limit. At least 4. */
  epochs(wanted: number): number {
    return epochsOf(this.#scope, wanted);
  }

  /** As the question trains, with batches of 32. Notebooks share it, so that what one has trained is there in the next. */
  plain(seed: number): Partial<TrainingConfig> {
    return { epochs: this.epochs(EPOCHS.plain), batchSize: 32, learningRate: 0.001, seed, ...this.#limit() };
  }

  /** What suits small data: mirrored and shifted images, and early stopping. Shared like {@link plain}. */
  careful(seed: number): Partial<TrainingConfig> {
    return {
      epochs: this.epochs(EPOCHS.careful),
      augmentation: policies.flipShift,
      earlyStopping: { patience: 15 },
      seed,
      ...this.#limit(),
    };
  }

  /** Seconds that improving may take, notebooks 07 to 10; Infinity without a limit. */
  get improvingSeconds(): number {
    return Math.max(0, MARGIN * (budgetSeconds(this.budget) - this.otherSeconds) - this.trainingSeconds);
  }

  /** Seconds that a part of improving may take, of all processors together; Infinity without a limit. */
  seconds(stage: Stage): number {
    return STAGES[stage] * this.improvingSeconds;
  }

  /**
   * How many of the trainings that a part of improving would like there is time for; 0 where not even one. What is left
   * out is for the asking notebook to say.
   */
  trainings(stage: Stage, { model, epochs, trained, measured, count }: Wanted): number {
    const { calibration, atOnce = 1 } = this.#ground;
    const cost = oneTraining(calibration[model], {
      batch: 32,
      trained,
      watched: measured,
      images: trained + measured,
      epochs,
    });
    return Math.min(count, Math.floor(this.seconds(stage) * atOnce / cost));
  }

  /** What the time costs, in words; empty where nothing was cut. */
  get cuts(): string[] {
    const { scope: whole } = this.#whole, scope = this.#scope;
    const epochs = ({ plain, careful }: typeof EPOCHS) => `${this.epochs(plain)} and ${this.epochs(careful)}`;
    return [
      ...(scope.folds < whole.folds ? [`${scope.folds} folds instead of ${whole.folds}`] : []),
      ...(scope.repeats < whole.repeats ? ["cross-validations run once instead of twice"] : []),
      ...(scope.share < 1 ? [`${epochs(EPOCHS)} epochs instead of ${EPOCHS.plain} and ${EPOCHS.careful}`] : []),
      ...(scope.proofs ? [] : ["no experiments that prove what a remedy brings"]),
      ...(scope.mostImages === null
        ? []
        : [`training on at most ${formatCount(scope.mostImages)} of the images at a time`]),
    ];
  }

  /** What was cut, as a finding; null where nothing was. */
  get finding(): FindingRecord | null {
    const { cuts, over } = this;
    if (cuts.length === 0 && over === 0) return null;
    const seconds = (id: string, label: string, value: number) =>
      ({ id: `plan.${id}`, label, value: roughly(value), unit: "seconds" }) as const;
    const what = cuts.length === 0 ? "as little as possible is trained" : listed(cuts);
    return {
      code: "budget-cut",
      severity: "info",
      sentence: `To fit into ${this.#time()}: ${what}.` +
        (over === 0 ? "" : ` Even that is estimated to take ${about(over)} longer: less training would tell nothing.`),
      evidence: [
        seconds("training", "Estimated training, from nothing", this.trainingSeconds),
        seconds("training-whole", "The same without a limit", this.#whole.seconds),
        seconds("rest", "Estimated for everything else", this.otherSeconds),
      ],
      remedy: "For more certainty give it more time, as with --budget 1h; --thorough has no limit. What is trained " +
        "already is kept.",
    };
  }

  /** The same in one line. */
  get sentence(): string {
    const { scope: whole } = this.#whole;
    const held = `${this.folds} folds, ${this.repeats === 1 ? "once" : "twice"}, ${this.epochs(EPOCHS.plain)} and ${
      this.epochs(EPOCHS.careful)
    } epochs`;
    return this.finding?.sentence ??
      (this.#isLimited()
        ? `Nothing had to be cut for ${this.#time()}: ${held}.`
        : `No time limit: ${held}` + (whole.folds < 5 ? " (the smallest class allows no more)." : "."));
  }

  override html(): string {
    return tableHtml(this.table()) + `<p class="plateau-note">${escapeHtml(this.sentence)}</p>`;
  }

  override text(): string {
    return `${tableText(this.table())}\n${escapeTerminal(this.sentence)}`;
  }

  override record(): ResultRecord {
    const found = this.finding;
    return {
      tables: [this.table()],
      ...(found === null ? {} : { findings: [found] }),
      footer: { "Time": this.sentence },
    };
  }

  /** What is trained, without a limit and within the budget. */
  table(): Table {
    const { scope: whole, seconds } = this.#whole, scope = this.#scope;
    const row = (what: string, of: (scope: Scope) => string | number) => ({
      what,
      whole: String(of(whole)),
      ...(this.#isLimited() ? { within: String(of(scope)) } : {}),
    });
    return {
      id: "plan",
      title: "What is trained within the time",
      columns: [
        { key: "what", label: "" },
        { key: "whole", label: "Without a limit" },
        ...(this.#isLimited() ? [{ key: "within", label: `In ${this.#time()}` }] : []),
      ],
      rows: [
        row("Folds of a cross-validation", ({ folds }) => folds),
        row("Times that it runs, with other folds", ({ repeats }) => repeats),
        row("Epochs of the thread's CNN", (one) => epochsOf(one, EPOCHS.plain)),
        row("Epochs of the small CNN, at most", (one) => epochsOf(one, EPOCHS.careful)),
        row("Experiments that prove a finding", ({ proofs }) => proofs ? "yes" : "no"),
        row(
          "Images trained on at a time",
          ({ mostImages }) => mostImages === null ? "all but those of the fold" : `at most ${formatCount(mostImages)}`,
        ),
        row("Training takes about", (one) => about(one === whole ? seconds : this.trainingSeconds)),
      ],
    };
  }

  #limit(): Pick<TrainingConfig, "mostImages"> {
    return this.mostImages === null ? {} : { mostImages: this.mostImages };
  }

  #isLimited(): boolean {
    return this.budget !== "none";
  }

  #time(): string {
    return formatSeconds(budgetSeconds(this.budget));
  }
}

/**
 * What `budget` allows on this data set with the engine in use. The first call measures how fast this machine trains,
 * which takes some seconds; later ones give the same plan.
 *
 * @param budget Time for the whole report, as "15m", "90s" or "1h"; "none" for no limit.
 * @throws RangeError for a budget that is none of these.
 * @throws FileError when the measurement cannot be kept.
 * @throws EngineError when no engine is in use yet.
 */
export async function plan(dataset: Dataset, budget: string): Promise<Plan> {
  const seconds = budgetSeconds(budget); // first: a typing error need not wait for the measurement
  return new Plan({
    images: dataset.development.length,
    classes: dataset.classes.length,
    grouped: dataset.grouped,
    size: dataset.size,
    mostFolds: mostFolds(dataset),
    atOnce: Math.max(1, workersInUse()),
    calibration: await calibration(dataset, seconds),
  }, budget);
}

/** As many as the smallest class allows, 5 at most. Where not even 2 can be made, making them says why. */
function mostFolds(dataset: Dataset): number {
  return [5, 4, 3].find((k) => {
    try {
      return dataset.folds(k).length === k;
    } catch {
      return false;
    }
  }) ?? 2;
}

/** An estimate is no more exact than that. */
function roughly(seconds: number): number {
  const unit = seconds < 60 ? 5 : seconds < 120 ? 10 : seconds < 3600 ? 60 : 600;
  return Math.ceil(seconds / unit) * unit;
}

function about(seconds: number): string {
  return formatSeconds(roughly(seconds));
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1]}`;
}
