import { type Chart, waterfall } from "../../chart/mod.ts";
import type { Dataset, LedgerEntry } from "../../dataset/mod.ts";
import {
  ChartedResult,
  type ConfidentMistakes,
  confidentMistakes,
  type Confusion,
  confusion,
  finding,
  predictedClasses,
  type Predictions,
} from "../../diagnose/mod.ts";
import {
  type Figure,
  type FindingRecord,
  FindingView,
  formatCount,
  formatInterval,
  type Table,
} from "../../display/mod.ts";
import { fit, type Offer, trainNetworks } from "../../pipeline/mod.ts";
import { accuracyInterval, type Interval, pairedDifference, type PairedTest, pairedTest } from "../../stats/mod.ts";
import type { Plan } from "../../train/mod.ts";
import { SealedStore } from "./_sealed_store.ts";
import { bounds, counted, listed } from "./_words.ts";
import type { Levers, Step } from "./levers.ts";

/** One step of the waterfall, fitted on all development images and measured on the sealed ones. */
export interface SealedStep {
  readonly offer: Offer;
  readonly predictions: Predictions;
  readonly accuracy: Interval;
  /** Index among the measured steps of what it is held against; null for the first. */
  readonly against: number | null;
  readonly difference: Interval | null;
  readonly test: PairedTest | null;
}

/** What was measured on the sealed test set. */
export interface SealedFacts {
  readonly steps: readonly SealedStep[];
  /** Index of the best pipeline: chosen on development images. */
  readonly best: number;
  /** The best against where it began; null where they are the same. */
  readonly total: Interval | null;
  /** Offers that there was no time for. */
  readonly leftOut: readonly Offer[];
  /** Sealed images that the best called unlike anything in training; null where it has no rule for that. */
  readonly unlike: number | null;
  readonly opened: readonly number[];
}

const CHART = "sealed-waterfall";

/** The sealed test set: measured, or still sealed. */
export class SealedVerdict extends ChartedResult {
  readonly #images: Dataset;

  constructor(
    images: Dataset,
    /** Null while it is sealed. */
    readonly facts: SealedFacts | null,
    /** Every read of the test set for a verdict so far, this one included. */
    readonly reads: readonly LedgerEntry[],
    readonly seed: number,
  ) {
    super();
    this.#images = images;
  }

  override chart(): Chart | null {
    if (this.facts === null) return null;
    return waterfall(
      this.facts.steps.map(({ offer, accuracy, difference, against }) => ({
        label: offer.lever,
        accuracy,
        ...(difference === null ? {} : { gain: difference, against: against! }),
      })),
      {
        id: CHART,
        chance: 1 / this.#images.classes.length,
        on: `the sealed ${counted(this.#images.test.n, "image")}`,
        record: { figures: this.figures(), tables: [this.table()] },
      },
    );
  }

  override figures(): Figure[] {
    if (this.facts === null) return [];
    const { steps, best, total } = this.facts;
    return [
      ...steps.map(({ offer, accuracy }, i): Figure => ({
        id: `sealed.${offer.name}`,
        label: `On the sealed test set: ${offer.lever}`,
        unit: "share",
        ...bounds(accuracy),
        ...(i === best ? { key: true } : {}),
      })),
      ...(total === null ? [] : [{
        id: "sealed.total",
        label: `On the sealed test set: ${steps[best].offer.name} minus ${steps[0].offer.name}`,
        unit: "points" as const,
        ...bounds(total),
        key: true,
      }]),
      {
        id: "sealed.reads",
        label: "Times that the sealed test set was opened",
        value: this.reads.length,
        unit: "count",
      },
    ];
  }

  override table(): Table {
    const rows = this.facts?.steps ?? [];
    return {
      id: "sealed",
      title: "Fitted on all training and validation images, measured on the sealed test set",
      columns: [
        { key: "what", label: "Pipeline" },
        { key: "accuracy", label: "Accuracy", unit: "share", bounds: ["low", "high"] },
        { key: "change", label: "Change", unit: "points", bounds: ["changeLow", "changeHigh"] },
        { key: "against", label: "Against" },
        { key: "told", label: "" },
        { key: "p", label: "p" },
      ],
      rows: rows.map(({ offer, accuracy, difference, against, test }) => ({
        what: offer.lever,
        accuracy: accuracy.estimate,
        low: accuracy.low,
        high: accuracy.high,
        change: difference?.estimate ?? null,
        changeLow: difference?.low ?? null,
        changeHigh: difference?.high ?? null,
        against: against === null ? "" : rows[against].offer.name,
        told: difference === null ? "" : isTold(difference) ? "" : "cannot be told from zero",
        p: test === null ? "" : test.p < 0.001 ? "below 0.001" : String(Number(test.p.toPrecision(2))),
      })),
    };
  }

  /** What the best takes for what, on the sealed images; that they are sealed where they are. */
  confusion(): Confusion | FindingView {
    if (this.facts === null) return this.findings;
    const { steps, best } = this.facts;
    return confusion(steps[best].predictions, this.#images, { seed: this.seed });
  }

  /** The sealed images that the best is surest of and wrong about; that they are sealed where they are. */
  async errors(): Promise<ConfidentMistakes | FindingView> {
    if (this.facts === null) return this.findings;
    const { steps, best, opened } = this.facts;
    const { classes, grouped, records } = this.#images;
    return await confidentMistakes(steps[best].predictions, {
      classes,
      grouped,
      records,
      thumbnail: (index, px) => this.#images.thumbnail(index, px, { opened }),
    });
  }

  protected override list(): FindingRecord[] {
    const { test, name } = this.#images;
    const times = this.reads.length;
    const looked = times === 0
      ? "Nobody has opened it yet."
      : `It was opened ${times === 1 ? "once" : `${formatCount(times)} times`} before.`;
    if (this.facts === null) {
      return [finding({
        code: "sealed",
        severity: "info",
        sentence: `The test set of ${name}, ${counted(test.n, "image")}, is sealed. ${looked}`,
        remedy:
          "When everything is decided, open it once: `deno task report --only 10 --unseal`. Whoever looks often and " +
          "chooses by what is seen has no test set any more.",
      })];
    }
    const { steps, best, total, leftOut, unlike } = this.facts;
    const [first, chosen] = [steps[0], steps[best]];
    const unclear = steps.filter(({ difference }) => difference !== null && !isTold(difference));
    const evidence = this.figures();
    return [
      finding({
        code: "sealed-verdict",
        severity: total !== null && total.low > 0 ? "good" : "info",
        sentence: total === null
          ? `On ${counted(test.n, "sealed image")}, ${chosen.offer.name} gets ${
            formatInterval(chosen.accuracy)
          } right; ` +
            "nothing was better before."
          : `On ${counted(test.n, "sealed image")}, ${first.offer.name} gets ${
            formatInterval(first.accuracy)
          } right and ${chosen.offer.name} ${formatInterval(chosen.accuracy)}: ${formatInterval(total, "points")}${
            isTold(total) ? "" : ", which cannot be told from zero"
          }.`,
        evidence,
        chart: CHART,
      }),
      ...(unclear.length === 0 ? [] : [finding({
        code: "sealed-not-told",
        severity: "info",
        sentence: `On the sealed images these cannot be told from zero: ${
          listed(unclear.map(({ offer, difference }) => `${offer.name} (${formatInterval(difference!, "points")})`))
        }.`,
        chart: CHART,
      })]),
      ...(times < 2 ? [] : [finding({
        code: "sealed-read-often",
        severity: "info",
        sentence:
          `The sealed test set was opened ${formatCount(times)} times for a verdict. Where something was changed ` +
          "between them because of what was seen, the accuracy is too good to be true.",
        remedy: "For a clean verdict after further changes, seal new images.",
      })]),
      ...(unlike === null ? [] : [finding({
        code: "sealed-unlike",
        severity: "info",
        sentence: `Of the sealed images, ${chosen.offer.name} calls ${formatCount(unlike)} of ${
          formatCount(test.n)
        } unlike anything in training; about 5 % are to be expected of images of the same kind.`,
      })]),
      ...(leftOut.length === 0 ? [] : [finding({
        code: "budget-cut",
        severity: "info",
        sentence: `For lack of time these were not fitted anew for the sealed test set: ${
          listed(leftOut.map(({ name }) => name))
        }.`,
        remedy: "Give it more time, as with --budget 1h; --thorough has no limit.",
      })]),
    ];
  }
}

function isTold({ low, high }: Interval): boolean {
  return low > 0 || high < 0;
}

/** How the sealed test set is treated. */
export interface SealedOptions {
  /** Whether it may be opened: a person asked for it. */
  readonly unseal: boolean;
  readonly plan: Pick<Plan, "seconds">;
  /** 1 by default. */
  readonly seed?: number;
}

/**
 * Once, and on request: fits where it began and the best of the levers anew on all development images, and the steps in
 * between where there is time, and measures them on the same sealed images. Every opening is in the ledger; nothing is
 * chosen here. The same pipelines are neither fitted nor asked twice.
 *
 * Without the request nothing is opened, and the result says how to.
 *
 * @throws Interrupted when the person stopped it; what is fitted is kept.
 */
export async function sealedVerdict(images: Dataset, levers: Levers, options: SealedOptions): Promise<SealedVerdict> {
  const { unseal, plan, seed = 1 } = options;
  const reads = () => images.test.ledger().filter(({ kind }) => kind === "verdict");
  if (!unseal || images.test.n === 0) return new SealedVerdict(images, null, reads(), seed);
  const { measured, leftOut } = affordable(levers, plan.seconds("verdict"));
  await trainNetworks(images, images.development, measured.map(({ offer }) => offer.recipe));
  // Everything is fitted before anything is opened.
  const classifiers = [];
  for (const { offer } of measured) {
    classifiers.push(
      await fit(images, images.development, offer.recipe, {
        name: offer.name,
        outOfFold: offer,
        // Only for the best is it asked what is unlike training.
        folds: offer === levers.steps[levers.best].offer ? images.folds(offer.folds, { seed }) : [],
        seed,
      }),
    );
  }
  const opened = await images.test.open(
    "verdict",
    `accuracy of ${listed(measured.map(({ offer }) => offer.name))} on the sealed test set`,
  );
  const store = new SealedStore(opened.map((i) => images.records[i].hash));
  const groups = images.grouped ? opened.map((i) => images.records[i].group) : undefined;
  const labels = images.labels(opened, { opened });
  const K = images.classes.length;
  const steps: SealedStep[] = [];
  let unlike: number | null = null;
  for (const [at, step] of measured.entries()) {
    const classifier = classifiers[at];
    let answers = await store.load(classifier.content.id);
    if (answers === null) {
      const said = await classifier.predict(images, opened, { opened });
      answers = {
        probabilities: Float32Array.from(said.flatMap(({ probabilities }) => [...probabilities])),
        unlike: said.some((one) => one.unlike === null) ? null : said.filter((one) => one.unlike).length,
      };
      await store.save(classifier.content.id, answers);
    }
    classifier.dispose();
    if (step === levers.steps[levers.best]) unlike = answers.unlike;
    const classes = predictedClasses(answers.probabilities, K);
    const correct = [...classes].map((label, i) => label === labels[i]);
    const against = step.against === null
      ? null
      : measured.indexOf(nearestMeasured(levers.steps, step.against, measured));
    const before = against === null ? null : steps[against].predictions.correct;
    steps.push({
      offer: step.offer,
      predictions: { name: step.offer.name, images: opened, correct, folds: 1, probabilities: answers.probabilities },
      accuracy: accuracyInterval({ correct, groups, seed }),
      against,
      difference: before === null ? null : pairedDifference({ a: before, b: correct, groups, seed }),
      test: before === null ? null : pairedTest({ a: before, b: correct, groups }),
    });
  }
  const best = measured.indexOf(levers.steps[levers.best]);
  const total = best === 0 ? null : pairedDifference({
    a: steps[0].predictions.correct,
    b: steps[best].predictions.correct,
    groups,
    seed,
  });
  return new SealedVerdict(images, { steps, best, total, leftOut, unlike, opened }, reads(), seed);
}

/** Where it began and the best always; of the others the cheapest first, while there is time. */
function affordable({ steps, best }: Levers, seconds: number): { measured: Step[]; leftOut: Offer[] } {
  const chosen = new Set([0, best]);
  let left = seconds - steps[0].offer.seconds - (best === 0 ? 0 : steps[best].offer.seconds);
  const others = [...steps.keys()].filter((i) => !chosen.has(i))
    .sort((a, b) => steps[a].offer.seconds - steps[b].offer.seconds);
  for (const i of others) {
    left -= steps[i].offer.seconds;
    if (left >= 0) chosen.add(i);
  }
  return {
    measured: steps.filter((_, i) => chosen.has(i)),
    leftOut: steps.filter((_, i) => !chosen.has(i)).map(({ offer }) => offer),
  };
}

/** What a step is held against, or, where that was not measured, what that was held against. */
function nearestMeasured(steps: readonly Step[], index: number, measured: readonly Step[]): Step {
  let at = index;
  while (!measured.includes(steps[at])) at = steps[at].against!;
  return steps[at];
}
