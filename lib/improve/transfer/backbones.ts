import type { Dataset } from "../../dataset/mod.ts";
import { accuracyBars, type Chart } from "../../chart/mod.ts";
import { ChartedResult, compare, type Comparison, finding } from "../../diagnose/mod.ts";
import { type Figure, type FindingRecord, formatInterval, type Table } from "../../display/mod.ts";
import { bounds, FAMILY_NAMES, settingOf, slug } from "./_words.ts";
import type { Heads } from "./heads.ts";

/** Pre-trained networks on the same images, each with the head that inner folds chose. */
export class BackboneComparison extends ChartedResult {
  constructor(
    readonly all: readonly Heads[],
    /** Each but the first against the first. */
    readonly comparisons: readonly Comparison[],
  ) {
    super();
  }

  /**
   * The first, unless another is better by more than chance: choosing by the highest score would flatter it. With several
   * such, the one that leads by most.
   */
  get best(): Heads {
    const told = this.comparisons.map(({ difference }) => difference.low > 0 ? difference.estimate : 0);
    const lead = Math.max(0, ...told);
    return lead > 0 ? this.all[1 + told.indexOf(lead)] : this.all[0];
  }

  override chart(): Chart {
    return accuracyBars(this.all.map(({ backbone, accuracy }) => ({ label: backbone.name, interval: accuracy })), {
      id: "backbones",
      title: "Pre-trained networks, frozen: accuracy on unseen images",
      record: { figures: this.figures(), tables: [this.table()] },
    });
  }

  override figures(): Figure[] {
    return this.comparisons.map(({ names, difference }) => ({
      id: `backbones.${slug(names[1])}.against.${slug(names[0])}`,
      label: `${names[1]} minus ${names[0]}`,
      ...bounds(difference),
      unit: "points",
    }));
  }

  override table(): Table {
    return {
      id: "backbones",
      title: "Pre-trained networks compared",
      columns: [
        { key: "backbone", label: "Network" },
        { key: "size", label: "Looks at", unit: "count" },
        { key: "accuracy", label: "Accuracy", unit: "share", bounds: ["low", "high"] },
        {
          key: "difference",
          label: `Against ${this.all[0].backbone.name}`,
          unit: "points",
          bounds: ["differenceLow", "differenceHigh"],
        },
        { key: "head", label: "Chosen on all images" },
        { key: "seen", label: "Features" },
      ],
      rows: this.all.map(({ backbone, accuracy, row }, i) => {
        const final = row.call(this.all[i], "chosen").final!;
        const setting = settingOf(final.head);
        const difference = i === 0 ? null : this.comparisons[i - 1].difference;
        return {
          backbone: backbone.name,
          size: backbone.size,
          accuracy: accuracy.estimate,
          low: accuracy.low,
          high: accuracy.high,
          difference: difference?.estimate ?? null,
          differenceLow: difference?.low ?? null,
          differenceHigh: difference?.high ?? null,
          head: `${FAMILY_NAMES[final.head.kind]}${setting === "" ? "" : ` (${setting})`}`,
          seen: final.set.label,
        };
      }),
    };
  }

  protected override list(): FindingRecord[] {
    if (this.all.length === 1) {
      return [finding({
        code: "one-backbone",
        severity: "info",
        sentence: `Only the network ${this.all[0].backbone.name} was looked through.`,
        remedy:
          "Networks trained on more images see more: give one with --backbone FILE.onnx or --backbone DIR/model.json.",
      })];
    }
    return this.comparisons.map(({ names, difference }) => {
      const told = difference.low > 0 || difference.high < 0;
      return finding({
        code: "backbones-compared",
        severity: "info",
        sentence: told
          ? `${names[1]} is ${difference.low > 0 ? "better" : "worse"} than ${names[0]}: ${
            formatInterval(difference, "points")
          } on the same images.`
          : `${names[1]} and ${names[0]} cannot be told apart: ${formatInterval(difference, "points")}.`,
        evidence: [{
          id: `backbones.${slug(names[1])}.difference`,
          label: `${names[1]} minus ${names[0]}`,
          ...bounds(difference),
          unit: "points",
        }],
        chart: "backbones",
      });
    });
  }
}

/**
 * Compares pre-trained networks on the same folds, paired.
 *
 * @param all At least one; the others are compared with the first.
 */
export function compareBackbones(
  dataset: Dataset,
  all: readonly Heads[],
  options: { readonly seed?: number } = {},
): BackboneComparison {
  if (all.length === 0) throw new RangeError("Cannot compare networks: there must be at least one");
  const [first, ...others] = all;
  return new BackboneComparison(
    all,
    others.map((other) =>
      compare(first.predictions, other.predictions, dataset, {
        names: [first.backbone.name, other.backbone.name],
        seed: options.seed ?? 1,
      })
    ),
  );
}
