import type { Dataset, Fold } from "../../dataset/mod.ts";
import { type Figure, type FindingRecord, FindingView, progress } from "../../display/mod.ts";
import type { ModelSpec } from "../../model/mod.ts";
import type { Interval } from "../../stats/mod.ts";
import { fitAll, type TrainingConfig, trainingConfig } from "../../train/mod.ts";
import { DiagnosisError } from "../errors.ts";
import { accuracyOf, differenceOf } from "../_measured.ts";
import { balancedDifference } from "./_balanced_difference.ts";
import { counted } from "../_words.ts";
import { aligned, type Scored, scored } from "../scored.ts";
import { type Arm, MENDING, REMEDIES, type Subject, type Trial } from "./_remedies.ts";
import { bounds } from "../_bounds.ts";

/** What findings are about, and how their remedies are tried. */
export interface ProofOptions {
  /** The model that the findings are about. */
  readonly model: ModelSpec;
  readonly images: Dataset;
  /** What both sides are trained and measured on. Two or three are enough: their left-out parts cover every image. */
  readonly folds: readonly Fold[];
  /** The configuration that the findings are about. Early stopping is left out, so that both sides get the same. */
  readonly config: Partial<TrainingConfig>;
  /** Epochs of each training; by default the configuration's, 10 at most. */
  readonly epochs?: number;
  /** Of the bootstrap, where there is a single fold. 1 by default. */
  readonly seed?: number;
}

const MOST_EPOCHS = 10;

/**
 * Tries what findings recommend: trains with and without each remedy, on the same folds, with the same short budget, and
 * gives the finding the measured difference as its `expectedGain`, with its interval. Where the interval contains 0, it
 * is shown as "No effect can be told".
 *
 * A model that cannot be trained at all (no pooling before the dense layer, wrong number of outputs) is mended first:
 * that finding's gain is what the mended model gets above chance, and the others are tried on the mended model. Findings
 * whose remedy is no experiment of this kind stay as they are.
 *
 * Runs go through the experiment store: a second call trains nothing.
 *
 * @returns The findings, in the same order.
 * @throws DiagnosisError without folds.
 * @throws Interrupted when the person stopped it; finished runs are kept.
 */
export async function prove(
  findings: FindingView | readonly FindingRecord[],
  options: ProofOptions,
): Promise<FindingView> {
  const list = findings instanceof FindingView ? findings.findings : findings;
  const { images, folds } = options;
  if (folds.length === 0) throw new DiagnosisError("Cannot prove findings: there must be at least one fold, got none");
  const wanted = trainingConfig(options.config);
  const config = {
    ...wanted,
    epochs: options.epochs ?? Math.min(MOST_EPOCHS, wanted.epochs),
    earlyStopping: null,
  };
  const { subject, trials, mending } = await plannedTrials(list, { model: options.model, config, images });
  if (trials.size === 0) return new FindingView(list);

  const paired = [...trials.keys()].some(({ code }) => code !== mending);
  const arms = [...(paired ? [subject] : []), ...[...trials.values()].map(({ arm }) => arm)];
  const scores = await trainedArms(arms, options);
  const seed = options.seed ?? 1;
  return new FindingView(list.map((found) => {
    const trial = trials.get(found);
    if (!trial) return found;
    const b = scores.get(trial.arm)!;
    const interval = found.code === mending
      ? aboveChance(b, images, folds, seed)
      : differenceBetween(scores.get(subject)!, b, trial, images, seed);
    const how = `${counted(config.epochs, "epoch")} on ${counted(folds.length, "fold")}`;
    return proven(found, trial, interval, found.code === mending ? how : `${how}, with and without`);
  }));
}

interface Planned {
  /** What the paired trials compare with. */
  readonly subject: Subject;
  readonly trials: Map<FindingRecord, Trial>;
  /** Code of the finding without whose remedy nothing can be trained; null where all is well. */
  readonly mending: string | null;
}

async function plannedTrials(list: readonly FindingRecord[], given: Subject): Promise<Planned> {
  const trials = new Map<FindingRecord, Trial>();
  let subject = given, mending: string | null = null;
  const broken = list.find(({ code }) => Object.hasOwn(MENDING, code));
  if (broken) {
    const trial = await MENDING[broken.code](given);
    // What cannot be mended here cannot be trained, so nothing can be tried.
    if (trial === null) return { subject, trials, mending };
    trials.set(broken, trial);
    subject = { ...given, ...trial.arm };
    mending = broken.code;
  }
  for (const found of list) {
    if (!Object.hasOwn(REMEDIES, found.code) || found.severity === "good") continue;
    const trial = await REMEDIES[found.code](subject);
    if (trial) trials.set(found, trial);
  }
  return { subject, trials, mending };
}

/** Trains every arm on every fold, with one progress display over all of it. */
async function trainedArms(arms: readonly Arm[], { images, folds }: ProofOptions): Promise<Map<Arm, Scored>> {
  const bar = progress({ label: "Trying remedies", total: arms.length * folds.length * arms[0].config.epochs });
  try {
    const list = arms.flatMap(({ model, config, without }, i) =>
      folds.map((fold, f) => ({
        model,
        config,
        fold: without ? thinned(fold, without) : fold,
        label: `training ${i + 1} of ${arms.length}, fold ${f + 1} of ${folds.length}`,
      }))
    );
    const runs = await fitAll(images, list, { onProgress: (epochs, text) => bar.update(epochs, text) });
    return new Map(arms.map((arm, i) => [arm, scored(runs.slice(i * folds.length, (i + 1) * folds.length))]));
  } finally {
    await bar.finish();
  }
}

function thinned(fold: Fold, without: ReadonlySet<number>): Fold {
  return { ...fold, train: fold.train.filter((image) => !without.has(image)) };
}

function differenceBetween(without: Scored, withIt: Scored, trial: Trial, images: Dataset, seed: number): Interval {
  const pairs = aligned(without, withIt);
  const rows = [...pairs.images.keys()].filter((i) => !trial.unmeasured?.has(pairs.images[i]));
  const pick = <T>(values: readonly T[]) => rows.map((i) => values[i]);
  const measured = { images: pick(pairs.images), folds: pairs.folds, dataset: images, seed };
  if (trial.perClass) return balancedDifference(pick(pairs.a), pick(pairs.b), measured);
  return differenceOf(pick(pairs.a), pick(pairs.b), measured).difference;
}

/** Accuracy above that of always saying the class with most training images. */
function aboveChance(of: Scored, dataset: Dataset, folds: readonly Fold[], seed: number): Interval {
  const accuracy = accuracyOf(of.correct, { images: of.images, folds: of.folds, dataset, seed });
  const chance = folds.reduce((right, { train, validation }) => {
    const counts = new Array<number>(dataset.classes.length).fill(0);
    for (const label of dataset.labels(train)) counts[label]++;
    const most = counts.indexOf(Math.max(...counts));
    return right + dataset.labels(validation).filter((label) => label === most).length;
  }, 0) / of.images.length;
  return {
    ...accuracy,
    estimate: accuracy.estimate - chance,
    low: accuracy.low - chance,
    high: accuracy.high - chance,
  };
}

function proven(found: FindingRecord, trial: Trial, interval: Interval, how: string): FindingRecord {
  const expectedGain: Figure = {
    id: `gain.${found.code}`,
    label: trial.label,
    ...bounds(interval),
    unit: "points",
    method: `${interval.method}; ${how}`,
  };
  return { ...found, expectedGain };
}
