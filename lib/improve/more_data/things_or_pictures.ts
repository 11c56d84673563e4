import { accuracyBars, type Chart } from "../../chart/mod.ts";
import type { Dataset, Fold } from "../../dataset/mod.ts";
import { ChartedResult, finding } from "../../diagnose/mod.ts";
import {
  type Figure,
  type FindingRecord,
  formatCount,
  formatInterval,
  formatNumber,
  Group,
  type Shown,
  type Table,
  TableView,
} from "../../display/mod.ts";
import { crossValidatedAccuracy, crossValidatedDifference, type Interval } from "../../stats/mod.ts";
import { drawPart, type Fewer } from "./_draws.ts";
import { bounds } from "./_figures.ts";
import { frozenFeatures, rightOnes } from "./learner.ts";
import { limitedFolds, type MoreDataOptions } from "./more_data.ts";

/** Half of the training images, taken in one of two ways. */
export interface Half {
  /** Images and groups trained on, on average over draws and folds. */
  readonly images: number;
  readonly groups: number;
  readonly accuracy: Interval;
}

/** Whether these images can tell, and what they tell. */
export type Halves =
  | { readonly fewThings: Half; readonly manyThings: Half; readonly difference: Interval; readonly p: number }
  | { readonly reason: string };

/** Images of one thing are alike: fewer of them than this per thing cannot be halved. */
const FEWEST_PER_GROUP = 1.5;

/** Images of new things, or more images of the same things: which taught more, with equally many images? */
export class ThingsOrPictures extends ChartedResult {
  constructor(readonly label: string, readonly halves: Halves) {
    super();
  }

  override chart(): Chart | null {
    if ("reason" in this.halves) return null;
    const { fewThings, manyThings } = this.halves;
    return accuracyBars([
      { label: `${formatCount(fewThings.groups)} groups, all images`, interval: fewThings.accuracy },
      { label: `${formatCount(manyThings.groups)} groups, fewer each`, interval: manyThings.accuracy },
    ], {
      id: "things-or-pictures",
      title: `Some ${formatCount(manyThings.images)} training images: of few groups, or of many`,
      record: { figures: this.figures(), tables: [this.table()] },
    });
  }

  override figures(): Figure[] {
    if ("reason" in this.halves) return [];
    const { fewThings, manyThings, difference } = this.halves;
    return [
      {
        id: "more-data.few-things",
        label: `Half the groups, with all their images: ${this.label}`,
        ...bounds(fewThings.accuracy),
        unit: "share",
      },
      {
        id: "more-data.many-things",
        label: "As many images of all groups, fewer of each",
        ...bounds(manyThings.accuracy),
        unit: "share",
      },
      {
        id: "more-data.things-instead-of-pictures",
        label: "New things instead of more images of the same",
        ...bounds(difference),
        unit: "points",
      },
    ];
  }

  override table(): Table {
    const rows = "reason" in this.halves ? [] : ([
      ["Half the groups, all their images", this.halves.fewThings],
      ["All groups, fewer images of each", this.halves.manyThings],
    ] as const).map(([what, { images, groups, accuracy: { estimate, low, high } }]) => ({
      what,
      images,
      groups,
      accuracy: estimate,
      low,
      high,
    }));
    return {
      id: "things-or-pictures",
      title: "Equally many training images, of few groups or of many",
      columns: [
        { key: "what", label: "Trained on" },
        { key: "images", label: "Images", unit: "count" },
        { key: "groups", label: "Groups", unit: "count" },
        { key: "accuracy", label: "Accuracy", unit: "share", bounds: ["low", "high"] },
      ],
      rows,
    };
  }

  /** In words and numbers, for a cell of its own; nothing where the reason was said in place of the chart. */
  details(): Shown {
    return "reason" in this.halves ? new Group() : new Group(this.findings, new TableView(this.table()));
  }

  protected override list(): FindingRecord[] {
    if ("reason" in this.halves) {
      return [finding({
        code: "things-or-pictures-unknown",
        severity: "info",
        sentence: `Whether new things or more images of the same ones help more cannot be told: ${this.halves.reason}.`,
      })];
    }
    const { fewThings, manyThings, difference } = this.halves;
    const told = difference.low > 0 || difference.high < 0;
    const each = (half: Half) => formatNumber(half.images / half.groups, 1);
    const how = `${formatCount(manyThings.images)} training images of ${formatCount(manyThings.groups)} groups ` +
      `(${each(manyThings)} of each) instead of ${formatCount(fewThings.images)} of ${formatCount(fewThings.groups)} ` +
      `(${each(fewThings)} of each)`;
    return [finding({
      code: "things-or-pictures",
      severity: "info",
      sentence: told
        ? `Images of new things teach ${
          difference.estimate > 0 ? "more" : "less"
        } than more images of the same: ${how} ` +
          `bring ${formatInterval(difference, "points")}.`
        : `Whether new things or more images of the same ones teach more cannot be told: ${how} bring ` +
          `${formatInterval(difference, "points")}, and 0 is among that.`,
      evidence: this.figures(),
      remedy: told && difference.estimate > 0
        ? "When you collect, take a few images of many things rather than many of a few."
        : told
        ? "When you collect, take several images of each thing."
        : "When you collect, take what is easier to get.",
      chart: "things-or-pictures",
    })];
  }
}

/**
 * Takes half of each fold's training images in two ways: half of the groups with all their images, or all groups with
 * half of their images; and measures both on the same validation images. Where the second is better, variety is what
 * lacks; where they are alike, an image is an image.
 *
 * @param folds That keep groups together.
 * @throws Interrupted when the person stopped it; what is finished is kept.
 */
export async function thingsOrPictures(
  images: Dataset,
  folds: readonly Fold[],
  { learner = frozenFeatures(), seed = 1, draws = 4 }: Omit<MoreDataOptions, "shares"> = {},
): Promise<ThingsOrPictures> {
  const limited = limitedFolds(images, folds, seed);
  const reason = unfit(images, limited);
  if (reason !== null) return new ThingsOrPictures(learner.label, { reason });
  const groupOf = (image: number) => images.records[image].group;
  const parts = (fewer: Fewer) =>
    Array.from({ length: draws }, (_, draw) =>
      limited.map((fold): Fold => ({
        ...fold,
        train: drawPart(images, fold.train, 0.5, `${seed}/more-data/${draw}/${fold.index}`, fewer),
      }))).flat();
  const [few, many] = [parts("groups"), parts("images")];
  const all = [...few, ...many];
  const right = (await learner.learn(images, all)).map((said, i) => rightOnes(images, all[i], said));
  const k = limited.length;
  const measured = limited.flatMap(({ validation }) => validation);
  const shares = (from: number) =>
    measured.map((_, i) => {
      let sum = 0;
      for (let draw = 0; draw < draws; draw++) {
        sum += Number(right.slice(from + draw * k, from + draw * k + k).flat()[i]);
      }
      return sum / draws;
    });
  const common = {
    labels: measured.map((i) => images.records[i].label),
    groups: measured.map(groupOf),
    folds: k,
  };
  const half = (list: readonly Fold[], correct: readonly number[]): Half => ({
    images: mean(list.map(({ train }) => train.length)),
    groups: mean(list.map(({ train }) => new Set(train.map(groupOf)).size)),
    accuracy: crossValidatedAccuracy({ ...common, correct }),
  });
  const [a, b] = [shares(0), shares(few.length)];
  const { difference, p } = crossValidatedDifference({ ...common, a, b });
  return new ThingsOrPictures(learner.label, { fewThings: half(few, a), manyThings: half(many, b), difference, p });
}

/** Why these images cannot tell, or null. */
function unfit({ grouped, records }: Pick<Dataset, "grouped" | "records">, folds: readonly Fold[]): string | null {
  if (!grouped) return "which images show the same thing is not known (a groups.csv says it)";
  if (folds.length < 2 || folds[0].by !== "group") return "that takes folds that keep groups together";
  const trained = folds[0].train;
  const each = trained.length / new Set(trained.map((i) => records[i].group)).size;
  if (each >= FEWEST_PER_GROUP) return null;
  return `there are ${formatNumber(each, 1)} images of each group, which cannot be halved`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
