import { type Chart, rateRange } from "../../chart/mod.ts";
import { ChartedResult, finding } from "../../diagnose/mod.ts";
import { type Figure, type FindingRecord, formatCount, type Table } from "../../display/mod.ts";
import { localFit } from "./_local_fit.ts";

/** A training in which the learning rate rises: rates and losses of its steps. */
export interface RateSteps {
  readonly rates: readonly number[];
  readonly losses: readonly number[];
}

/** What one start says. */
export interface RateReading {
  readonly rates: readonly number[];
  /** The loss without its noise, by a line through the steps near by. */
  readonly smooth: readonly number[];
  /** Where the loss falls fastest, before it is lowest: what Smith's test suggests. Null where it never fell. */
  readonly steepest: number | null;
  /** Where it is lowest. */
  readonly lowest: number;
}

const ID = "learning-rate-range";
/** Steps to either side that smooth the loss: with a hundred over five powers of ten, two fifths of one. */
const REACH = 8;
/** The loss has really fallen where it did by this much, in nats. */
const FALL = 0.1;

/** Which learning rates work. Displays itself as a chart of the loss against the rate. */
export class RangeTest extends ChartedResult {
  /** One per start. */
  readonly readings: readonly RateReading[];
  /** Geometric mean over the starts, two digits; null where the loss never fell. */
  readonly suggested: number | null;
  /** The lowest and highest of the starts. */
  readonly range: readonly [number, number] | null;
  readonly #batchSize: number;
  readonly #used: number;

  /** @param settings Images in a batch, and the learning rate that the report uses elsewhere. */
  constructor(starts: readonly RateSteps[], settings: { readonly batchSize: number; readonly used: number }) {
    super();
    this.readings = starts.map(reading);
    const steepest = this.readings.map(({ steepest }) => steepest).filter((rate) => rate !== null);
    this.suggested = steepest.length === 0 ? null : twoDigits(geometricMean(steepest));
    this.range = steepest.length === 0 ? null : [twoDigits(Math.min(...steepest)), twoDigits(Math.max(...steepest))];
    this.#batchSize = settings.batchSize;
    this.#used = settings.used;
  }

  /** Where the loss is lowest, as {@link suggested}: larger rates undo what was learnt. */
  get lowest(): number {
    return twoDigits(geometricMean(this.readings.map(({ lowest }) => lowest)));
  }

  override chart(): Chart {
    return rateRange(this.readings, {
      id: ID,
      marks: [
        { rate: this.#used, label: `used: ${this.#used}` },
        ...(this.suggested === null ? [] : [{ rate: this.suggested, label: `suggested: ${this.suggested}` }]),
      ],
      record: { figures: this.figures(), tables: [this.table()] },
    });
  }

  override figures(): Figure[] {
    const { suggested, range, readings } = this;
    const n = readings.length;
    return [
      ...(suggested === null || range === null ? [] : [
        {
          id: `${ID}.suggested`,
          label: "Suggested learning rate: where the loss falls fastest",
          value: suggested,
          ...(n < 2 ? {} : { low: range[0], high: range[1], method: `range over ${n} starts` }),
          unit: "number",
        } as const,
      ]),
      { id: `${ID}.lowest`, label: "Learning rate at the lowest loss", value: this.lowest, unit: "number" },
      { id: `${ID}.used`, label: "Learning rate used elsewhere", value: this.#used, unit: "number" },
    ];
  }

  override table(): Table {
    return {
      id: ID,
      title: "Which learning rates work, by start",
      columns: [
        { key: "start", label: "Start" },
        { key: "steps", label: "Steps", unit: "count" },
        { key: "steepest", label: "Loss falls fastest at", unit: "number" },
        { key: "lowest", label: "Loss is lowest at", unit: "number" },
        { key: "loss", label: "Lowest loss", unit: "number" },
      ],
      rows: this.readings.map(({ rates, steepest, lowest, smooth }, i) => ({
        start: i + 1,
        steps: rates.length,
        steepest: steepest === null ? null : twoDigits(steepest),
        lowest: twoDigits(lowest),
        loss: Number(Math.min(...smooth).toFixed(2)),
      })),
    };
  }

  protected override list(): FindingRecord[] {
    const { suggested, range, lowest, readings } = this;
    const used = this.#used, evidence = this.figures();
    if (suggested === null || range === null) {
      return [finding({
        code: "no-rate-works",
        severity: "warning",
        sentence:
          `At no learning rate up to ${Math.max(...readings[0].rates).toPrecision(1)} did the loss fall by more ` +
          `than ${FALL} within a hundred steps.`,
        evidence,
        remedy: "Look at what the network is fed, or train longer before judging rates.",
        chart: ID,
      })];
    }
    const starts = readings.length;
    const spread = starts < 2 ? "" : ` (${range[0]} to ${range[1]} over ${starts} starts)`;
    const says = `With batches of ${formatCount(this.#batchSize)} the loss falls fastest at a learning rate of ` +
      `${suggested}${spread}, and is lowest at ${lowest}.`;
    // Rates are right to within a factor: between a tenth of the steepest and the lowest, training works.
    if (used >= range[0] / 10 && used <= lowest) {
      return [finding({
        code: "learning-rate-works",
        severity: "good",
        sentence: `${says} ${used}, used elsewhere, is ${
          used < range[0] ? "slower but safe" : used > range[1] ? "at the upper end of what works" : "right there"
        }.`,
        evidence,
        chart: ID,
      })];
    }
    return [finding({
      code: "learning-rate-off",
      severity: "warning",
      sentence: `${says} ${used}, used elsewhere, is ${
        used > lowest ? "beyond that: steps jump out of the valley" : "less than a tenth of that: training takes long"
      }.`,
      evidence,
      remedy: `Train with a learning rate of about ${suggested}.`,
      chart: ID,
    })];
  }
}

function reading({ rates, losses }: RateSteps): RateReading {
  const x = rates.map(Math.log10);
  const { values: smooth, slopes } = localFit(x, losses, REACH);
  const at = smooth.indexOf(Math.min(...smooth));
  const before = slopes.slice(0, at + 1);
  // Nothing is told by a fall that is less than the noise.
  const fell = smooth[0] - smooth[at] > FALL;
  const steepest = fell ? rates[before.indexOf(Math.min(...before))] : null;
  return { rates, smooth, steepest, lowest: rates[at] };
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

function twoDigits(value: number): number {
  return Number(value.toPrecision(2));
}
