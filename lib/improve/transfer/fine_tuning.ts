import { accuracyBars, type Chart } from "../../chart/mod.ts";
import type { Dataset, Fold } from "../../dataset/mod.ts";
import {
  ChartedResult,
  compare,
  type Comparison,
  finding,
  predictedClasses,
  type Predictions,
} from "../../diagnose/mod.ts";
import {
  type Figure,
  type FindingRecord,
  formatCount,
  formatInterval,
  Group,
  type Table,
  TableView,
} from "../../display/mod.ts";
import { type Backbone, BackboneError, type Tail, trainableTail } from "../../model/mod.ts";
import type { Offer } from "../../pipeline/mod.ts";
import type { Interval } from "../../stats/mod.ts";
import { FINE_TUNING, fineTune, type FineTuned, linearProbe, type Plan } from "../../train/mod.ts";
import { type Affordable, affordable } from "./_affordable.ts";

/** What is compared, and why not more of it. */
interface Facts {
  readonly backbone: Backbone;
  readonly classes: number;
  /** What a plan without a limit would do. */
  readonly whole: Affordable;
  /** Null where it was not run. */
  readonly run: Run | null;
  /** Why not, as a sentence; null where it was, or where there was no time. */
  readonly reason: string | null;
}

interface Run {
  readonly tail: Pick<Tail, "from" | "cut">;
  readonly blocks: number;
  readonly scope: Affordable;
  readonly tuned: readonly FineTuned[];
  readonly predictions: Predictions;
  readonly comparison: Comparison;
}

/**
 * What training the last blocks of a pre-trained network brings over the same network frozen, on the same folds. Its
 * `predictions` are those of the fine-tuned one.
 */
export class FineTuning extends ChartedResult {
  readonly #facts: Facts;

  constructor(facts: Facts) {
    super();
    this.#facts = facts;
  }

  /** Out-of-fold, of the fine-tuned network; null where it was not run. */
  get predictions(): Predictions | null {
    return this.#facts.run?.predictions ?? null;
  }

  /** The frozen network first, the fine-tuned one second; null where it was not run. */
  get comparison(): Comparison | null {
    return this.#facts.run?.comparison ?? null;
  }

  /** Fold by fold; empty where it was not run. */
  get tuned(): readonly FineTuned[] {
    return this.#facts.run?.tuned ?? [];
  }

  override chart(): Chart | null {
    const { run, backbone, classes } = this.#facts;
    if (run === null) return null;
    const { a, b } = run.comparison;
    return accuracyBars([
      { label: "Frozen features", interval: a },
      { label: run.blocks === 1 ? "Last block trained" : `Last ${run.blocks} blocks trained`, interval: b },
    ], {
      id: "fine-tuning",
      title: `${backbone.name}: frozen or trained on, on the same ${formatCount(a.n)} images`,
      chance: 1 / classes,
      record: { figures: this.figures(), tables: [this.table()] },
    });
  }

  override figures(): Figure[] {
    const { run, backbone, whole } = this.#facts;
    if (run === null) return [];
    const { a, b, difference } = run.comparison;
    const id = `fine-tuning.${backbone.name}`;
    const complete = run.scope.folds === whole.folds;
    return [
      { id: `${id}.frozen`, label: `${backbone.name}, frozen features`, unit: "share", ...bounds(a) },
      {
        id: `${id}.tuned`,
        label: `${backbone.name}, ${lastBlocks(run.blocks)} trained`,
        unit: "share",
        ...bounds(b),
        ...(complete ? { rung: "model" as const, of: "Fine-tuned network" } : {}),
      },
      { id: `${id}.gain`, label: "Trained minus frozen", unit: "points", ...bounds(difference) },
    ];
  }

  override table(): Table {
    const rows = this.tuned.map(({ fold, keptEpoch, history, correct, seconds }) => ({
      fold: `${fold.index + 1} of ${fold.of}`,
      n: correct.length,
      accuracy: correct.filter(Boolean).length / correct.length,
      kept: keptEpoch,
      before: history[0].innerLoss,
      after: history[keptEpoch].innerLoss,
      seconds,
    }));
    return {
      id: "fine-tuning",
      title: `${this.#facts.backbone.name}, fine-tuned, fold by fold; losses on the part that decides for how long`,
      columns: [
        { key: "fold", label: "Fold" },
        { key: "n", label: "Images", unit: "count" },
        { key: "accuracy", label: "Accuracy", unit: "share" },
        { key: "kept", label: "Kept epoch", unit: "epoch" },
        { key: "before", label: "Loss, frozen" },
        { key: "after", label: "Loss, kept" },
        { key: "seconds", label: "Time", unit: "seconds" },
      ],
      rows,
    };
  }

  /** What it means, and fold by fold; nothing where it was not run, as that was said in place of the chart. */
  details(): Group {
    return this.#facts.run === null ? new Group() : new Group(this.findings, new TableView(this.table()));
  }

  /** The fine-tuned network for the verdict; empty where not all folds were measured. */
  offers(): Offer[] {
    const { run, backbone, whole } = this.#facts;
    if (run === null || run.scope.folds < whole.folds) return [];
    const { tail, tuned, predictions: { images, probabilities, folds }, blocks } = run;
    const { epochs, batchSize, learningRate, backboneRate, seed } = tuned[0].config;
    return [{
      name: `fine-tuned-${backbone.name}`,
      lever: `Trains on ${lastBlocks(blocks)} of ${backbone.name}`,
      notebook: "09",
      seconds: tuned.reduce((sum, { seconds }) => sum + seconds, 0) / tuned.length,
      recipe: {
        kind: "fine-tuned",
        backbone: backbone.path,
        from: tail.from,
        epochs,
        batchSize,
        learningRate,
        backboneRate,
        seed,
      },
      images,
      probabilities,
      folds,
    }];
  }

  protected override list(): FindingRecord[] {
    const { run, backbone, whole, reason } = this.#facts;
    if (run === null) {
      if (reason === null) {
        return [finding({
          code: "budget-cut",
          severity: "info",
          sentence: `${backbone.name} was not fine-tuned: there was no time for even one fold.`,
          remedy: "Give the report more time, as with --budget 1h; --thorough has no limit.",
        })];
      }
      return [finding({
        code: "fine-tuning-not-possible",
        severity: "info",
        sentence: `Not fine-tuned: ${/[.!?]$/.test(reason) ? reason : `${reason}.`}`,
        remedy: "Its frozen features serve all the same. To train it on, give a model.json of TensorFlow.js.",
      })];
    }
    return [effect(backbone.name, run, this.figures()), ...cut(run.scope, whole)];
  }
}

function effect(name: string, { comparison, blocks, tuned }: Run, evidence: readonly Figure[]): FindingRecord {
  const { difference, told } = comparison;
  const what = blocks === 1 ? "its last block" : `its last ${blocks} blocks`;
  const images = `the same ${formatCount(difference.n)} images`;
  const unchanged = tuned.filter(({ keptEpoch }) => keptEpoch === 0).length;
  const beginning = unchanged === 0
    ? ""
    : ` In ${unchanged} of ${tuned.length} folds the images that decide for how long were served best by not training at all.`;
  const shared = {
    evidence,
    chart: "fine-tuning",
    expectedGain: {
      id: `fine-tuning.${name}.expected`,
      label: `training ${lastBlocks(blocks)} of ${name}`,
      unit: "points" as const,
      ...bounds(difference),
    },
  };
  if (told && difference.estimate > 0) {
    return finding({
      ...shared,
      code: "fine-tuning-helps",
      severity: "good",
      sentence:
        `Training ${what} on is better than its frozen features by ${formatInterval(difference, "points")} on ` +
        `${images}.${beginning}`,
      remedy: "Fine-tune it; with more time (--thorough), also more of its blocks.",
    });
  }
  if (told) {
    return finding({
      ...shared,
      code: "fine-tuning-hurts",
      severity: "info",
      sentence: `With ${what} trained on, ${name} is worse than with frozen features: ` +
        `${formatInterval(difference, "points")} on ${images}.${beginning}`,
      remedy: "Keep the features frozen: there are too few images to change so many weights.",
    });
  }
  return finding({
    ...shared,
    code: "fine-tuning-not-told",
    severity: "info",
    sentence: `Whether ${name} is better with ${what} trained on than with frozen features cannot be told: ` +
      `${formatInterval(difference, "points")} on ${images}, and 0 is among that.${beginning}`,
    remedy: "Keep the features frozen, which is simpler and faster, or decide on more images.",
  });
}

function cut({ folds, epochs, mirror }: Affordable, whole: Affordable): FindingRecord[] {
  if (folds === whole.folds && epochs === whole.epochs && mirror === whole.mirror) return [];
  const what = [
    ...(folds < whole.folds ? [`${folds} of ${whole.folds} folds`] : []),
    ...(epochs < whole.epochs ? [`at most ${epochs} epochs instead of ${whole.epochs}`] : []),
    ...(mirror === whole.mirror ? [] : ["no mirror images"]),
  ];
  return [finding({
    code: "budget-cut",
    severity: "info",
    sentence: `To fit into the time, fine-tuning was run on ${what.join(" and with ")}` +
      (folds < whole.folds ? "; without all folds it is no candidate for the verdict." : "."),
    remedy: "For more certainty give it more time, as with --budget 1h; --thorough has no limit.",
  })];
}

function lastBlocks(blocks: number): string {
  return blocks === 1 ? "the last block" : `the last ${blocks} blocks`;
}

function bounds({ estimate, low, high, n, groups, method }: Interval) {
  return { value: estimate, low, high, n, groups, method };
}

/** How fine-tuning is compared. */
export interface FineTuningComparison {
  /** What there is time for. */
  readonly plan: Pick<Plan, "folds" | "seconds" | "trainings">;
  /** The same ones everywhere, so that all can be paired: `images.folds(plan.folds, { seed })`. */
  readonly folds: readonly Fold[];
  /** 1 by default. */
  readonly seed?: number;
  /** How many of the last blocks are trained; 1 by default. */
  readonly blocks?: number;
}

/**
 * Trains the last blocks of a pre-trained network on, fold by fold, and compares with logistic regression on its frozen
 * features on the same folds. Both are fitted to all training images; for how long is decided on a part of them. What cannot be fine-tuned, or where there is no time, is no error but a result that says so.
 *
 * Yosinski et al. (2014), How transferable are features in deep neural networks? NIPS 27. Howard and Ruder (2018),
 * Universal language model fine-tuning. ACL 2018. Kumar et al. (2022), Fine-tuning can distort pretrained features and
 * underperform out-of-distribution. ICLR 2022.
 *
 * @throws Interrupted when the person stopped it; finished folds are kept.
 * @throws FileError where something cannot be kept.
 */
export async function fineTuning(
  images: Dataset,
  backbone: Backbone,
  { plan, folds, seed = FINE_TUNING.seed, blocks = 1 }: FineTuningComparison,
): Promise<FineTuning> {
  const whole = { folds: folds.length, epochs: FINE_TUNING.epochs, mirror: FINE_TUNING.mirror };
  const facts = { backbone, classes: images.classes.length, whole, run: null, reason: null };
  const averaged = averagedOf(backbone);
  let tail: Tail;
  try {
    tail = await trainableTail(averaged, { blocks });
  } catch (error) {
    if (error instanceof BackboneError) return new FineTuning({ ...facts, reason: error.message });
    throw error;
  }
  const scope = affordable(plan, tail, { images: images.development.length, size: images.size });
  if (scope === null) return new FineTuning(facts);
  const used = folds.slice(0, scope.folds);
  const tuned = await fineTune(images, tail, used, { epochs: scope.epochs, mirror: scope.mirror, seed });
  const frozen = await linearProbe(images, averaged, used);
  const K = images.classes.length;
  const order = used.flatMap(({ validation }) => validation);
  const probabilities = new Float32Array(order.length * K);
  let at = 0;
  for (const one of tuned) {
    probabilities.set(one.probabilities, at);
    at += one.probabilities.length;
  }
  const said = predictedClasses(frozen.probabilities, K);
  const predictions: Predictions = {
    name: `fine-tuned ${backbone.name}`,
    images: order,
    correct: tuned.flatMap(({ correct }) => correct),
    folds: used.length,
    probabilities,
    foldOf: used.flatMap(({ validation }, fold) => validation.map(() => fold)),
  };
  const comparison = compare(
    {
      name: `frozen ${backbone.name}`,
      images: frozen.images,
      correct: frozen.images.map((image, i) => images.records[image].label === said[i]),
      folds: used.length,
    },
    predictions,
    images,
    { seed },
  );
  return new FineTuning({ ...facts, run: { tail, blocks, scope, tuned, predictions, comparison } });
}

/** The features that fine-tuning starts from are averages. */
function averagedOf(backbone: Backbone): Backbone {
  return backbone.poolings.join() === "average" ? backbone : backbone.choose({ poolings: ["average"] });
}
