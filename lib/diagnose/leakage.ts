import { type Chart, splitComparison } from "../chart/mod.ts";
import type { Fold } from "../dataset/mod.ts";
import { type Figure, type FindingRecord, formatInterval, progress, type Table } from "../display/mod.ts";
import type { Interval } from "../stats/mod.ts";
import { scoreOf } from "./_baseline.ts";
import { ChartedResult } from "./_charted.ts";
import { features } from "./_features.ts";
import { finding } from "./finding.ts";
import { groupsUnknown } from "./_groups_unknown.ts";
import type { LabelledImages, ReadableImages } from "./images.ts";
import { accuracyOf, differenceOf } from "./_measured.ts";
import { aligned, type Scored, scored, type ScoredRun } from "./scored.ts";
import { colourHistogram, nearestNeighbour } from "./_simple_models.ts";
import { counted } from "./_words.ts";
import { bounds } from "./_bounds.ts";

/** Name of the chart, which the findings point to. */
const CHART = "split-leakage";

/** One model, scored with whole groups kept together and image by image. */
export interface LeakageRow {
  readonly name: string;
  readonly label: string;
  /** Whether it is a trained network, not one of the simple models. */
  readonly trained: boolean;
  readonly byGroup: Interval;
  readonly byImage: Interval;
  /** By image minus by group, on the same images: what the leak adds, in points. */
  readonly difference: Interval;
  /** Of the difference, two-sided. */
  readonly p: number;
}

/** How the two splits are compared. */
export interface LeakageOptions {
  /** 5 by default. */
  readonly folds?: number;
  /** Of the folds and the bootstrap. 1 by default. */
  readonly seed?: number;
  /** Runs of a trained model on both splits, to show beside the simple ones. */
  readonly runs?: { readonly byGroup: readonly ScoredRun[]; readonly byImage: readonly ScoredRun[] };
  /** Told how far it is, from 0 to 1. By default a progress display. */
  readonly onProgress?: (share: number) => void;
}

/** Images that can be split both ways; `Dataset` of `lib/dataset` is one. */
export interface SplittableImages extends ReadableImages {
  folds(k: number, options: { readonly by: Fold["by"]; readonly seed: number }): Fold[];
}

/** What splitting by image instead of by group does to the score. Displays itself as a chart; `findings` says it in words. */
export class SplitLeakage extends ChartedResult {
  /** Empty where no groups are known. */
  readonly rows: readonly LeakageRow[];

  constructor(rows: readonly LeakageRow[]) {
    super();
    this.rows = rows;
  }

  /** Rows whose score a split by image raises by more than chance would; p is corrected for their number (Bonferroni). */
  get leaking(): readonly LeakageRow[] {
    return this.rows.filter(({ difference, p }) => difference.low > 0 && p < 0.05 / this.rows.length);
  }

  override chart(): Chart | null {
    if (this.rows.length === 0) return null;
    return splitComparison(
      this.rows.flatMap(({ label, byGroup, byImage }) => [
        { model: label, by: "group" as const, interval: byGroup },
        { model: label, by: "image" as const, interval: byImage },
      ]),
      { id: CHART, record: { figures: this.figures(), tables: [this.table()] } },
    );
  }

  override figures(): Figure[] {
    return this.rows.flatMap(evidence);
  }

  override table(): Table {
    return {
      id: "split-leakage",
      title: "What splitting by image does to the score",
      columns: [
        { key: "model", label: "Model" },
        { key: "group", label: "By group", unit: "share", bounds: ["groupLow", "groupHigh"] },
        { key: "image", label: "By image", unit: "share", bounds: ["imageLow", "imageHigh"] },
        { key: "difference", label: "Difference", unit: "points", bounds: ["low", "high"] },
      ],
      rows: this.rows.map(({ label, byGroup, byImage, difference }) => ({
        model: label,
        group: byGroup.estimate,
        groupLow: byGroup.low,
        groupHigh: byGroup.high,
        image: byImage.estimate,
        imageLow: byImage.low,
        imageHigh: byImage.high,
        difference: difference.estimate,
        low: difference.low,
        high: difference.high,
      })),
    };
  }

  protected override list(): FindingRecord[] {
    if (this.rows.length === 0) return [groupsUnknown()];
    const leaking = this.leaking;
    return [leaking.length > 0 ? leak(mostTelling(leaking)) : noLeakSeen(mostTelling(this.rows))];
  }
}

/**
 * Measures what a split by image adds to the score: the nearest neighbour and the colour histogram are cross-validated
 * on the same images once with whole groups kept together, once image by image, and compared in pairs. Where an image's
 * group mates help to classify it, part of the by-image score is recognition, not learning.
 *
 * Without groups nothing can be measured; the finding says so, and how to name them.
 *
 * @throws DiagnosisError when `options.runs` were not measured on the same images.
 */
export async function splitLeakage(dataset: SplittableImages, options: LeakageOptions = {}): Promise<SplitLeakage> {
  if (!dataset.grouped) return new SplitLeakage([]);
  const { folds: k = 5, seed = 1, runs } = options;
  const byGroup = dataset.folds(k, { by: "group", seed });
  const byImage = dataset.folds(k, { by: "image", seed });
  const bar = options.onProgress ? null : progress({ label: "Split by group and by image", total: 5 });
  const tell = (done: number) => {
    bar?.update(done);
    options.onProgress?.(done / 5);
  };
  try {
    const seen = await features(dataset, dataset.development);
    tell(1);
    const rows: LeakageRow[] = [];
    for (const model of [nearestNeighbour, colourHistogram]) {
      const together = await scoreOf(model, dataset, seen, byGroup, dataset.development, seed);
      tell(2 * rows.length + 2);
      const apart = await scoreOf(model, dataset, seen, byImage, dataset.development, seed);
      tell(2 * rows.length + 3);
      rows.push(leakageRow(dataset, together, apart, seed, model.label));
    }
    if (runs) {
      const together = scored(runs.byGroup);
      rows.push(leakageRow(dataset, together, scored(runs.byImage), seed));
    }
    return new SplitLeakage(rows);
  } finally {
    bar?.finish();
  }
}

/** @param label Of a simple model; a trained network goes by its own name. */
function leakageRow(
  dataset: LabelledImages,
  byGroup: Scored,
  byImage: Scored,
  seed: number,
  label?: string,
): LeakageRow {
  const { images, a, b, folds } = aligned(byGroup, byImage);
  const measured = { images, folds, dataset, seed };
  const { difference, test } = differenceOf(a, b, measured);
  return {
    name: byGroup.name,
    label: label ?? byGroup.name,
    trained: label === undefined,
    byGroup: accuracyOf(a, measured),
    byImage: accuracyOf(b, measured),
    difference,
    p: test.p,
  };
}

/** The network where there is one: it is what the score is about. Else the row with the largest difference. */
function mostTelling(rows: readonly LeakageRow[]): LeakageRow {
  return rows.find(({ trained }) => trained) ??
    rows.reduce((a, b) => b.difference.estimate > a.difference.estimate ? b : a);
}

function inSentence({ label, trained }: LeakageRow): string {
  return trained ? label : `the ${label.toLowerCase()}`;
}

function leak(row: LeakageRow): FindingRecord {
  const { byGroup, byImage, difference } = row;
  return finding({
    code: "group-leakage",
    severity: "warning",
    sentence: `Splitting by image flatters: ${inSentence(row)} seems to get ${formatInterval(byImage)}, but only ${
      formatInterval(byGroup)
    } when no image of the same group was trained on. The leak adds ${formatInterval(difference, "points")}.`,
    evidence: evidence(row),
    chart: CHART,
    remedy:
      "Keep whole groups together in every split, and quote only the by-group score: new images come from new groups.",
  });
}

function noLeakSeen(row: LeakageRow): FindingRecord {
  const { difference } = row;
  return finding({
    code: "no-group-leakage-seen",
    severity: "good",
    sentence: `No leak can be seen: splitting by image instead of by group changes the score of ${inSentence(row)} by ${
      formatInterval(difference, "points")
    } on ${counted(difference.n, "image")}, which may be chance.`,
    evidence: evidence(row),
    chart: CHART,
  });
}

function evidence({ name, label, byGroup, byImage, difference }: LeakageRow): Figure[] {
  const id = `leakage.${name}`;
  return [
    { id: `${id}.by-group`, label: `${label}, split by group`, ...bounds(byGroup), unit: "share" },
    { id: `${id}.by-image`, label: `${label}, split by image`, ...bounds(byImage), unit: "share" },
    { id: `${id}.difference`, label: `What the leak adds to ${label}`, ...bounds(difference), unit: "points" },
  ];
}
