import { type Chart, predictionCheck } from "../../chart/mod.ts";
import { ChartedResult, finding } from "../../diagnose/mod.ts";
import {
  type Figure,
  type FindingRecord,
  formatCount,
  formatInterval,
  formatValue,
  Group,
  type Shown,
  type Table,
  TableView,
} from "../../display/mod.ts";
import type { Interval } from "../../stats/mod.ts";
import { bounds } from "./_figures.ts";

/** What can be added. */
export type Way = "styles" | "emoji" | "styles-alike" | "both";

/** Something that was added to the training images, and what it brought. */
export interface Arm {
  readonly name: Way;
  readonly label: string;
  /** Images trained on before and after, on average over folds. */
  readonly before: number;
  readonly after: number;
  /** By how much the accuracy was predicted to rise; null where that was refused. */
  readonly predicted: Interval | null;
  /** By how much it rose on the same validation images. */
  readonly measured: Interval;
  /** Accuracy after. */
  readonly accuracy: Interval;
  /** [n] Whether each image was classified right after it. */
  readonly correct: readonly boolean[];
}

/** What was checked. */
export interface ReserveFacts {
  /** Of the learner. */
  readonly name: string;
  readonly label: string;
  /** Images outside the sealed test set, before. */
  readonly images: number;
  readonly arms: readonly Arm[];
  /** New emoji instead of as many more styles of known ones, class by class; null where that was not tried. */
  readonly emojiInsteadOfStyles: Interval | null;
  /** Classes of which there are new emoji. */
  readonly classesWithEmoji: number;
  readonly classes: number;
  /** Why nothing was predicted, as `SizeCurve.refused` says it. */
  readonly refused: string | null;
}

/** The prediction of a power law against the truth after images were really added. */
export class ReserveCheck extends ChartedResult {
  constructor(readonly facts: ReserveFacts) {
    super();
  }

  /** By how much a prediction was too high, in shares; null where nothing was predicted. */
  error({ predicted, measured }: Arm): number | null {
    return predicted === null ? null : predicted.estimate - measured.estimate;
  }

  override chart(): Chart {
    return predictionCheck(this.facts.arms.map(({ label, predicted, measured }) => ({ label, predicted, measured })), {
      id: this.#chartId,
      title: `Predicted from ${formatCount(this.facts.images)} images, then really added: ${lower(this.facts.label)}`,
      record: { figures: this.figures(), tables: [this.table()] },
    });
  }

  override figures(): Figure[] {
    return this.facts.arms.flatMap((arm) => {
      const { name, label, predicted, measured } = arm;
      const error = this.error(arm);
      const id = `more-data.reserve.${this.facts.name}.${name}`;
      return [
        ...(predicted === null
          ? []
          : [{ id: `${id}.predicted`, label: `Predicted: ${label}`, ...bounds(predicted), unit: "points" as const }]),
        { id: `${id}.measured`, label: `Measured: ${label}`, ...bounds(measured), unit: "points" as const },
        ...(error === null ? [] : [{
          id: `${id}.error`,
          label: `Predicted minus measured: ${label}`,
          value: error,
          unit: "points" as const,
        }]),
      ];
    });
  }

  override table(): Table {
    return {
      id: this.#chartId,
      title: `Predicted gain of more images, and what adding them brought: ${this.facts.label}`,
      columns: [
        { key: "what", label: "Added to the training images" },
        { key: "before", label: "Trained on before", unit: "count" },
        { key: "after", label: "and after", unit: "count" },
        { key: "predicted", label: "Predicted" },
        { key: "measured", label: "Measured" },
        { key: "error", label: "Predicted minus measured", unit: "points" },
        { key: "accuracy", label: "Accuracy after" },
      ],
      rows: this.facts.arms.map((arm) => ({
        what: arm.label,
        before: Math.round(arm.before),
        after: Math.round(arm.after),
        predicted: arm.predicted === null ? "refused" : formatInterval(arm.predicted, "points"),
        measured: formatInterval(arm.measured, "points"),
        error: this.error(arm),
        accuracy: formatInterval(arm.accuracy),
      })),
    };
  }

  protected override list(): FindingRecord[] {
    const { arms, emojiInsteadOfStyles: instead, refused, label } = this.facts;
    const find = (name: Way) => arms.find((arm) => arm.name === name)!;
    const said = ({ label, before, after, predicted, measured }: Arm) =>
      `${label.toLowerCase()} (${formatCount(after)} instead of ${formatCount(before)} training images) brought ` +
      formatInterval(measured, "points") +
      (predicted === null
        ? ""
        : `, predicted was ${formatInterval(predicted, "points")}, ${tooMuch(predicted, measured)}`);
    const both = `${said(find("styles"))}; ${said(find("emoji"))}`;
    return [
      finding({
        code: "more-data-checked",
        severity: "info",
        sentence: refused === null
          ? `The prediction for ${lower(label)}, put to the test: ${both}.`
          : `Nothing was predicted for ${lower(label)}, but images were added: ${both}.`,
        evidence: this.figures(),
        chart: this.#chartId,
      }),
      ...(instead === null ? [] : [this.#whichFinding(instead)]),
    ];
  }

  /** In words and numbers, for a cell of its own. */
  details(): Shown {
    return new Group(this.findings, new TableView(this.table()));
  }

  #whichFinding(instead: Interval): FindingRecord {
    const { name, arms, classes, classesWithEmoji } = this.facts;
    const told = instead.low > 0 || instead.high < 0;
    const alike = arms.find((arm) => arm.name === "styles-alike");
    return finding({
      code: "styles-or-emoji",
      severity: "info",
      sentence: (told
        ? `${instead.estimate > 0 ? "New emoji" : "More styles of known emoji"} bring more than ` +
          `${instead.estimate > 0 ? "more styles of known ones" : "new ones"}`
        : "Whether new emoji or more styles of known ones bring more cannot be told") +
        `: new emoji instead of as many styles, class by class, bring ${
          formatInterval(instead, "points")
        }. There are ` +
        `new emoji of ${classesWithEmoji} of ${classes} classes.`,
      evidence: [
        {
          id: `more-data.reserve.${name}.emoji-instead-of-styles`,
          label: "New emoji instead of as many styles of known ones",
          ...bounds(instead),
          unit: "points",
        },
        ...(alike === undefined ? [] : [{
          id: `more-data.reserve.${name}.styles-alike.measured`,
          label: `Measured: ${alike.label}`,
          ...bounds(alike.measured),
          unit: "points" as const,
        }]),
      ],
      chart: this.#chartId,
    });
  }

  get #chartId(): string {
    return `reserve-check-${this.facts.name}`;
  }
}

/** "2.3 points too high" */
function tooMuch(predicted: Interval, measured: Interval): string {
  const error = predicted.estimate - measured.estimate;
  const size = formatValue(Math.abs(error), "points").replace("+", "");
  return `${size} too ${error < 0 ? "low" : "high"}`;
}

/** "Frozen features + …" within a sentence. */
function lower(label: string): string {
  return label[0].toLowerCase() + label.slice(1);
}
