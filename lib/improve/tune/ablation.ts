import { type Chart, effects as drawEffects } from "../../chart/mod.ts";
import { ChartedResult, finding } from "../../diagnose/mod.ts";
import {
  type Figure,
  type FindingRecord,
  formatCount,
  formatInterval,
  formatShare,
  type Table,
} from "../../display/mod.ts";
import type { Interval } from "../../stats/mod.ts";
import type { AblateOptions, Arm } from "./ablate.ts";
import { intervalFigure } from "./_figures.ts";

/** One way of training, measured. */
export interface MeasuredArm {
  readonly arm: Arm;
  /** Of unseen images. */
  readonly accuracy: Interval;
  /** On the images trained on, as a share: the mean over the folds. */
  readonly training: number;
  /** Indices of the images judged, and [n, K] what was said of them. */
  readonly images: readonly number[];
  readonly probabilities: Float32Array;
  /** Of one training. */
  readonly seconds: number;
}

/** What one change does. */
export interface ArmEffect extends MeasuredArm {
  /** By how much its accuracy is above that of the base. */
  readonly difference: Interval;
  /** Chance of such a difference without an effect, corrected for the number of changes. */
  readonly p: number;
  readonly told: "helps" | "harms" | "no";
}

const TOLD = { helps: "helps", harms: "harms", no: "cannot be told" } as const;

/** What each of some changes gains against one base. Displays itself as a chart. */
export class Ablation extends ChartedResult {
  readonly base: MeasuredArm;
  /** In the order given. */
  readonly effects: readonly ArmEffect[];
  readonly #id: string;
  readonly #title: string;
  readonly #notes: readonly FindingRecord[];

  constructor(base: MeasuredArm, effects: readonly ArmEffect[], options: AblateOptions = {}) {
    super();
    this.base = base;
    this.effects = effects;
    this.#id = options.id ?? "ablation";
    this.#title = options.title ?? `What each change does to the accuracy of "${base.arm.name}"`;
    this.#notes = options.notes ?? [];
  }

  /** The effects, the largest gain first. */
  get bestFirst(): ArmEffect[] {
    return this.effects.toSorted((a, b) => b.difference.estimate - a.difference.estimate);
  }

  override chart(): Chart {
    return drawEffects(
      this.bestFirst.map(({ arm, difference, told }) => ({ label: arm.name, difference, told: told !== "no" })),
      {
        id: this.#id,
        title: this.#title,
        than: "without",
        record: { figures: this.figures(), tables: [this.table()] },
      },
    );
  }

  override figures(): Figure[] {
    return [
      intervalFigure(
        `${this.#id}.base`,
        `Accuracy on unseen images: ${this.base.arm.name}`,
        this.base.accuracy,
        "share",
      ),
      ...this.effects.map((one) => this.#gain(one)),
    ];
  }

  override table(): Table {
    const row = ({ arm, accuracy, training, seconds }: MeasuredArm) => ({
      name: arm.name,
      training,
      accuracy: accuracy.estimate,
      seconds,
    });
    return {
      id: this.#id,
      title: this.#title,
      columns: [
        { key: "name", label: "Trained" },
        { key: "training", label: "On images trained on", unit: "share" },
        { key: "accuracy", label: "On unseen images", unit: "share" },
        { key: "difference", label: "Difference", unit: "points", bounds: ["low", "high"] },
        { key: "p", label: "p, corrected", unit: "number" },
        { key: "told", label: "Effect" },
        { key: "seconds", label: "One training", unit: "seconds" },
      ],
      rows: [
        { ...row(this.base), difference: null, low: null, high: null, p: null, told: null },
        ...this.bestFirst.map((one) => ({
          ...row(one),
          difference: one.difference.estimate,
          low: one.difference.low,
          high: one.difference.high,
          p: Number(one.p.toPrecision(2)),
          told: TOLD[one.told],
        })),
      ],
    };
  }

  protected override list(): FindingRecord[] {
    const told = (what: ArmEffect["told"]) => this.bestFirst.filter((one) => one.told === what);
    return [
      ...told("helps").map((one) => this.#helps(one)),
      ...told("harms").reverse().map((one) => this.#harms(one)),
      ...this.#untold(told("no")),
      ...this.#notes,
    ];
  }

  #helps(one: ArmEffect): FindingRecord {
    return finding({
      code: "option-helps",
      severity: "info",
      sentence: `${sentenceCase(one.arm.name)} raises the accuracy: ${this.#effect(one)}.`,
      evidence: [this.#gain(one)],
      remedy: "Train with it; what several options bring together is not the sum of what each brings.",
      expectedGain: this.#gain(one),
      chart: this.#id,
    });
  }

  #harms(one: ArmEffect): FindingRecord {
    return finding({
      code: "option-harms",
      severity: "info",
      sentence: `${sentenceCase(one.arm.name)} lowers the accuracy: ${this.#effect(one)}.`,
      evidence: [this.#gain(one)],
      remedy: "Leave it out, unless training is to be much longer.",
      chart: this.#id,
    });
  }

  #untold(untold: readonly ArmEffect[]): FindingRecord[] {
    if (untold.length === 0) return [];
    const n = untold[0].difference.n;
    const halves = untold.map(({ difference: { low, high } }) => (high - low) / 2).toSorted((a, b) => a - b);
    const reach = formatShare(halves[Math.floor(halves.length / 2)], { n: 1 }).replace("%", "points");
    const names = untold.map(({ arm }) => arm.name);
    const list = names.length < 2 ? names[0] : `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
    return [finding({
      code: "option-not-told",
      severity: "info",
      sentence:
        `No effect of ${list} can be told from chance with ${formatCount(n)} images: it would have to be some ` +
        `${reach} or more.`,
      evidence: untold.map((one) => this.#gain(one)),
      remedy: "Choose among these by what training costs, not by their order here.",
      chart: this.#id,
    })];
  }

  #effect({ difference }: ArmEffect): string {
    return `${formatInterval(difference, "points")} against ${this.base.arm.name} on the same ` +
      `${formatCount(difference.n)} images`;
  }

  #gain({ arm, difference }: ArmEffect): Figure {
    const id = arm.name.toLowerCase().replace(/[^a-z0-9.]+/g, "-");
    return intervalFigure(`${this.#id}.${id}.gain`, `${sentenceCase(arm.name)}, against without`, difference, "points");
  }
}

function sentenceCase(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
