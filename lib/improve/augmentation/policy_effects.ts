import type { AugmentationPolicy } from "../../augment/mod.ts";
import { type Chart, effects as drawEffects } from "../../chart/mod.ts";
import type { Dataset } from "../../dataset/mod.ts";
import { ChartedResult, finding } from "../../diagnose/mod.ts";
import {
  type Figure,
  type FindingRecord,
  formatCount,
  formatInterval,
  formatShare,
  type Table,
} from "../../display/mod.ts";
import { portable } from "../../model/mod.ts";
import type { Offer } from "../../pipeline/mod.ts";
import type { Interval } from "../../stats/mod.ts";
import { intervalFigure } from "../tune/_figures.ts";
import type { ArmEffect, MeasuredArm } from "../tune/ablation.ts";
import { policyArm } from "./_arms.ts";
import type { MixedUp } from "./_mixed_up.ts";
import type { Scope } from "./_scope.ts";

/** What a policy does to the accuracy, compared with unchanged images. */
export interface PolicyEffect extends ArmEffect {
  readonly policy: AugmentationPolicy;
  /** What it does to an image. */
  readonly words: string;
  /** The classes that it mixes up most. */
  readonly mixedUp: MixedUp | null;
}

/** What all together do that helped alone. */
export interface TogetherEffect extends Pick<MeasuredArm, "accuracy" | "images" | "probabilities" | "seconds"> {
  /** What all folds choose. */
  readonly policy: AugmentationPolicy;
  readonly words: string;
  /** What each fold was trained with, chosen on the others; null for unchanged images. */
  readonly byFold: readonly (AugmentationPolicy | null)[];
  readonly difference: Interval;
  readonly told: boolean;
}

/** All of it. */
export interface EffectFacts {
  readonly images: Dataset;
  /** Time for the report, as "15m". */
  readonly budget: string;
  /** What the report varies images with elsewhere. */
  readonly usual: AugmentationPolicy | null;
  /** Null where there was no time. */
  readonly scope: Scope | null;
  readonly none: MeasuredArm | null;
  readonly effects: readonly PolicyEffect[];
  readonly together: TogetherEffect | null;
}

const ID = "augmentation-effects";

/** What augmentation does to the accuracy, policy by policy. Displays itself as a chart. */
export class PolicyEffects extends ChartedResult {
  /** How it was measured; null where there was no time for any. */
  readonly scope: Scope | null;
  /** With unchanged images. */
  readonly none: MeasuredArm | null;
  /** In the order tried. */
  readonly effects: readonly PolicyEffect[];
  /** Null where fewer than two helped. */
  readonly together: TogetherEffect | null;
  readonly #facts: EffectFacts;

  constructor(facts: EffectFacts) {
    super();
    this.scope = facts.scope;
    this.none = facts.none;
    this.effects = facts.effects;
    this.together = facts.together;
    this.#facts = facts;
  }

  override chart(): Chart | null {
    if (this.scope === null) return null;
    return drawEffects([
      ...this.#bestFirst().map(({ policy, difference, told }) => ({
        label: policy.name,
        difference,
        told: told !== "no",
      })),
      ...(this.together === null
        ? []
        : [{ label: "all that helped", difference: this.together.difference, told: this.together.told }]),
    ], {
      id: ID,
      title: "What varying the training images does to the accuracy",
      than: "with unchanged images",
      record: { figures: this.figures(), tables: [this.table()] },
    });
  }

  override figures(): Figure[] {
    const { none, effects, together } = this;
    return [
      ...(none === null
        ? []
        : [intervalFigure("augmentation.unchanged.accuracy", "Unchanged images", none.accuracy, "share")]),
      ...effects.map((one) => this.#gain(one)),
      ...(together === null ? [] : [
        intervalFigure(
          "augmentation.together.gain",
          `All together that helped: ${together.policy.name}`,
          together.difference,
          "points",
        ),
      ]),
    ];
  }

  override table(): Table {
    const row = (
      name: string,
      words: string,
      { accuracy }: Pick<MeasuredArm, "accuracy">,
      difference: Interval | null,
    ) => ({
      name,
      words,
      accuracy: accuracy.estimate,
      accuracyLow: accuracy.low,
      accuracyHigh: accuracy.high,
      difference: difference?.estimate ?? null,
      low: difference?.low ?? null,
      high: difference?.high ?? null,
    });
    return {
      id: ID,
      title: "Accuracy with varied training images, and how much better it is than with unchanged ones",
      columns: [
        { key: "name", label: "Policy" },
        { key: "words", label: "Images are" },
        { key: "accuracy", label: "Accuracy", unit: "share", bounds: ["accuracyLow", "accuracyHigh"] },
        { key: "difference", label: "Difference", unit: "points", bounds: ["low", "high"] },
        { key: "p", label: "p, corrected", unit: "number" },
        { key: "told", label: "Effect" },
      ],
      rows: [
        ...(this.none === null ? [] : [{ ...row("none", "unchanged", this.none, null), p: null, told: null }]),
        ...this.#bestFirst().map((one) => ({
          ...row(one.policy.name, one.words, one, one.difference),
          p: Number(one.p.toPrecision(2)),
          told: one.told === "no" ? "cannot be told" : one.told,
        })),
        ...(this.together === null ? [] : [{
          ...row("all that helped", this.together.words, this.together, this.together.difference),
          p: null,
          told: !this.together.told ? "cannot be told" : this.together.difference.estimate > 0 ? "helps" : "harms",
        }]),
      ],
    };
  }

  /**
   * What was best, for the verdict; null where it is what the report uses anyway, where nothing was better than unchanged
   * images, or where training had to be too short to be compared with the rest.
   */
  offer(): Offer | null {
    const { scope, together, none, effects } = this;
    const { images, usual } = this.#facts;
    if (scope === null || none === null || !scope.whole) return null;
    const tried = [...effects, ...(together === null ? [] : [together])];
    const best = tried.reduce((best, one) => one.accuracy.estimate > best.accuracy.estimate ? one : best);
    const { policy, words, probabilities, seconds, accuracy } = best;
    const known = JSON.stringify(policy.operations) === JSON.stringify(usual?.operations);
    if (known || accuracy.estimate <= none.accuracy.estimate) return null;
    const { model: spec, config } = policyArm(policy, scope, images);
    const model = portable(spec, { size: scope.size, classes: images.classes.length, seed: config.seed ?? 1 });
    if (model === null) return null;
    return {
      name: "augmented-cnn",
      lever: `Varies the training images: ${words}`,
      notebook: "08",
      seconds,
      recipe: { kind: "network", model, config },
      images: best.images,
      probabilities,
      folds: scope.folds,
      tried: [none, ...tried].filter((one) => one !== best).map((one) => one.probabilities),
    };
  }

  protected override list(): FindingRecord[] {
    const cut = this.#cut();
    return [
      ...this.effects.filter(({ told }) => told === "harms").map((one) => this.#harm(one)),
      ...this.effects.filter(({ told }) => told === "helps").map((one) => this.#help(one)),
      ...this.#together(),
      ...this.#untold(),
      ...(cut === null ? [] : [cut]),
    ];
  }

  /** A drop beyond chance: what the variation does to the picture is shown, why is for the person to see. */
  #harm(one: PolicyEffect): FindingRecord {
    const { policy, words, difference, mixedUp } = one;
    const used = this.#facts.usual?.operations.some((usual) =>
      policy.operations.some((operation) => JSON.stringify(operation) === JSON.stringify(usual))
    );
    const pair = mixedUp === null
      ? ""
      : ` Most of all, "${mixedUp.classes[0]}" and "${mixedUp.classes[1]}" are taken ` +
        `for each other: ${formatCount(mixedUp.after)} of their ${formatCount(mixedUp.of)} images, ` +
        `${formatCount(mixedUp.before)} with unchanged images.`;
    return finding({
      code: "augmentation-harms",
      severity: "warning",
      sentence: `Training images ${words} (${policy.name}) lower the accuracy: ${
        formatInterval(difference, "points")
      } on the same ${formatCount(difference.n)} images.${pair}`,
      evidence: [
        this.#gain(one),
        ...(mixedUp === null ? [] : [
          count(
            `${policy.name}.mixed-up`,
            `"${mixedUp.classes[0]}" and "${mixedUp.classes[1]}" mixed up`,
            mixedUp.after,
          ),
          count(`${policy.name}.mixed-up-before`, "The same with unchanged images", mixedUp.before),
        ]),
      ],
      remedy: "Leave it out, and look at its row of pictures: a variation that turns one class into another, as a " +
        "mirror image does with text, or that hides what tells the classes, teaches the wrong label." +
        (used ? " It is part of what this report varies images with elsewhere." : "") +
        (this.scope!.whole ? "" : " Where the pictures still show their class, it may only need longer training."),
      chart: ID,
    });
  }

  #help(one: PolicyEffect): FindingRecord {
    const { policy, words, difference } = one;
    return finding({
      code: "augmentation-helps",
      severity: "info",
      sentence: `Training images ${words} (${policy.name}) raise the accuracy: ${
        formatInterval(difference, "points")
      } on the same ${formatCount(difference.n)} images.`,
      evidence: [this.#gain(one)],
      remedy: `Vary the training images so: ${JSON.stringify(policy.operations)} is the policy as data.`,
      expectedGain: this.#gain(one),
      chart: ID,
    });
  }

  #together(): FindingRecord[] {
    const { together } = this;
    if (together === null) return [];
    const { difference, policy, told } = together;
    const gain = intervalFigure(
      "augmentation.together.gain",
      `All together that helped: ${policy.name}`,
      difference,
      "points",
    );
    const effect = formatInterval(difference, "points");
    return [finding({
      code: "augmentation-together",
      severity: "info",
      sentence: told
        ? `All together that helped alone (${policy.name}) make ${effect} against unchanged images; what helped was ` +
          `decided for each fold on the others.`
        : `All together that helped alone (${policy.name}) cannot be told from unchanged images: ${effect}.`,
      evidence: [gain],
      remedy: told && difference.estimate > 0 ? "Use them together." : "",
      ...(told && difference.estimate > 0 ? { expectedGain: gain } : {}),
      chart: ID,
    })];
  }

  #untold(): FindingRecord[] {
    const untold = this.effects.filter(({ told }) => told === "no");
    if (untold.length === 0) return [];
    const n = untold[0].difference.n;
    const half = untold.map(({ difference: { low, high } }) => (high - low) / 2).toSorted((a, b) => a - b);
    const names = untold.map(({ policy }) => policy.name);
    const list = names.length < 2 ? names[0] : `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
    return [finding({
      code: "augmentation-not-told",
      severity: "info",
      sentence:
        `No effect of ${list} can be told from chance with ${formatCount(n)} images; it would have to be some ` +
        `${formatShare(half[Math.floor(half.length / 2)], { n: 1 }).replace("%", "points")} or more.`,
      evidence: untold.map((one) => this.#gain(one)),
      remedy: "Keep what makes images that could have been taken so; it seldom harms.",
      chart: ID,
    })];
  }

  /** What there was no time for; null where nothing was left out. */
  #cut(): FindingRecord | null {
    const { scope } = this;
    const { images } = this.#facts;
    const budget = inFull(this.#facts.budget);
    const remedy = "For more certainty give it more time, as with --budget 1h; --thorough has no limit.";
    if (scope === null) {
      return finding({
        code: "budget-cut",
        severity: "info",
        sentence: `There is no time within ${budget} to measure what varying the training images brings.`,
        remedy,
      });
    }
    if (scope.whole) return null;
    const { epochs } = scope.config;
    const small = scope.size < images.size ? ` on images of ${scope.size} pixels` : "";
    const left = scope.leftOut.length === 0
      ? ""
      : `, and not tried: ${scope.leftOut.map(({ name }) => name).join(", ")}`;
    return finding({
      code: "budget-cut",
      severity: "info",
      sentence:
        `To fit into ${budget}, each policy was trained for ${epochs} epochs on ${scope.folds} folds${small}${left}. ` +
        `What varies images much pays off in longer training.`,
      remedy,
    });
  }

  #bestFirst(): PolicyEffect[] {
    return this.effects.toSorted((a, b) => b.difference.estimate - a.difference.estimate);
  }

  #gain({ policy, words, difference }: PolicyEffect): Figure {
    return intervalFigure(
      `augmentation.${policy.name}.gain`,
      `Training images ${words}, against unchanged ones`,
      difference,
      "points",
    );
  }
}

/** "15m" as people write it. */
function inFull(budget: string): string {
  return budget.replace(/[smh]$/, (unit) => `\u00a0${{ s: "s", m: "min", h: "h" }[unit]}`);
}

function count(id: string, label: string, value: number): Figure {
  return { id: `augmentation.${id}`, label, value, unit: "count" };
}
