import { type Chart, regionMap } from "../../chart/mod.ts";
import { type Audit, type AuditSource, CELLS } from "../../dataset/mod.ts";
import { type Figure, type FindingRecord, formatInterval, type Table } from "../../display/mod.ts";
import type { Interval } from "../../stats/mod.ts";
import { ChartedResult } from "../_charted.ts";
import { finding } from "../finding.ts";
import { accuracyOf, differenceOf } from "../_measured.ts";
import { percent } from "../_words.ts";
import {
  bestCell,
  bestElsewhere,
  COUNT,
  FOLDS,
  foundOf,
  isEdge,
  type Look,
  lookAtCells,
  nameOf,
  regionAround,
  rightOnes,
  saidFromRest,
} from "./_cell_models.ts";
import { thinned } from "./_context.ts";
import { bounds } from "../_bounds.ts";

const CHART = "region-map";
/** Development images that are looked at. */
const MOST = 2000;

const T = {
  /** Points by which a part of the picture must be better than all the rest. */
  margin: 0.05,
  /** Of the paired test, after correction for the number of cells. */
  level: 0.01,
  /** Recall and precision from which on a cell gives one class away, and images it must have. */
  found: 0.8,
  fewest: 10,
} as const;

const REMEDY =
  "Look at that part of some images of each class: where it holds a watermark, a date, a border or a scale, " +
  "cut it off or cover it, or a network will learn that instead of the thing.";

/**
 * Whether a small part of the picture gives the class away: a watermark, a date, a coloured border, a scale bar. For each
 * of 64 cells a small model learns the class from that cell alone and is asked about images of other folds (and groups).
 *
 * It is a shortcut when such a model, or one of the cells beside it that are as telling, beats one that sees everything
 * else; or when a cell at the edge of the picture, where the thing itself seldom is, beats every cell that is not beside
 * it; or when it finds the images of one class, and hardly others, clearly better than the rest does. On clean drawings
 * and photographs the best cell is right on 15 to 30 % of the images, the rest on 32 to 75 %.
 *
 * Takes about two seconds for 1,000 images; of more than 2,000, so many are looked at. Tests are corrected for the number
 * of cells, since the best of them is chosen on the same images.
 */
export function shortcutRegion({ source }: Pick<Audit, "source">): Promise<ShortcutRegion> {
  const known = looked.get(source);
  if (known) return known;
  const result = lookFor(source);
  looked.set(source, result);
  return result;
}

/** The audit says it in words and a chart shows it: one look is enough for both. */
const looked = new WeakMap<AuditSource, Promise<ShortcutRegion>>();

async function lookFor({ dataset, cells }: AuditSource): Promise<ShortcutRegion> {
  const images = thinned(dataset.development, MOST);
  if (images.length < 2 * FOLDS) return new ShortcutRegion([], 1 / dataset.classes.length, null);
  const look = await lookAtCells(dataset, cells, images);
  const shares = bestCell(look).hits.map((hits) => hits / images.length);
  const found = forAllClasses(look) ?? forOneClass(look) ?? nothing(look);
  return new ShortcutRegion(shares, 1 / dataset.classes.length, found);
}

/** What each part of the pictures tells. Displays itself as a map; `findings` says it in words. */
export class ShortcutRegion extends ChartedResult {
  /** Share of the images whose class each of the 64 parts tells, row by row; empty with too few images. */
  readonly shares: readonly number[];
  readonly chance: number;
  readonly #finding: FindingRecord | null;

  constructor(shares: readonly number[], chance: number, found: FindingRecord | null) {
    super();
    this.shares = shares;
    this.chance = chance;
    this.#finding = found;
  }

  override chart(): Chart | null {
    if (this.shares.length === 0) return null;
    const rows = Array.from({ length: CELLS }, (_, y) => this.shares.slice(y * CELLS, (y + 1) * CELLS));
    return regionMap(rows, { id: CHART, chance: this.chance, record: { tables: [this.table()] } });
  }

  override figures(): Figure[] {
    return [...this.#finding?.evidence ?? []];
  }

  override table(): Table {
    return {
      id: "region-map",
      title: "What each part of the pictures tells on its own",
      columns: [
        { key: "row", label: "Row", unit: "count" },
        { key: "column", label: "Column", unit: "count" },
        { key: "share", label: "Class told", unit: "share" },
      ],
      rows: this.shares.map((share, cell) => ({
        row: Math.floor(cell / CELLS) + 1,
        column: cell % CELLS + 1,
        share: Number(share.toPrecision(4)),
      })),
    };
  }

  protected override list(): FindingRecord[] {
    return this.#finding ? [this.#finding] : [];
  }
}

function forAllClasses(look: Look): FindingRecord | null {
  const { dataset, images, labels, said } = look;
  const correct = said.map((classes) => rightOnes(classes, labels));
  const { best, hits } = bestCell(look);
  const region = regionAround(best, hits);
  const rest = rightOnes(saidFromRest(look, region), labels);
  const measured = { images, folds: FOLDS, dataset, seed: 1 };
  const rival = bestElsewhere(hits, region);
  const better = (than: readonly boolean[]) => {
    const { difference, test } = differenceOf(than, correct[best], measured);
    // The best of 64 was chosen on these images.
    return test.p * COUNT < T.level && difference.estimate > T.margin;
  };
  if (!better(rest) && !(isEdge(best) && rival !== null && better(correct[rival]))) return null;
  const own = accuracyOf(correct[best], measured), others = accuracyOf(rest, measured);
  return finding({
    code: "shortcut-region",
    chart: CHART,
    severity: "warning",
    sentence:
      `A small part of the pictures gives the class away: from ${areaOf(region)} ${nameOf(best)}, a small model ` +
      `tells the class of ${formatInterval(own)} of the images, and of ${formatInterval(others)} from all the rest.`,
    evidence: [
      bounded("audit.region.best", `Class told from that part alone (${nameOf(best)})`, own),
      bounded("audit.region.rest", "Class told from the rest of the picture, by a small model", others),
      ...(rival === null
        ? []
        : [bounded("audit.region.rival", "Class told from the next best part", accuracyOf(correct[rival], measured))]),
    ],
    remedy: REMEDY,
  });
}

/** A mark that only some classes have: what it says of the others hides it in the accuracy over all. */
function forOneClass(look: Look): FindingRecord | null {
  const { dataset, images, labels, said } = look;
  const measured = { images, folds: FOLDS, dataset, seed: 1 };
  for (const [k, name] of dataset.classes.entries()) {
    const scores = said.map((classes) => foundOf(classes, labels, k));
    const best = scores.reduce((top, score, cell) => score.f1 > scores[top].f1 ? cell : top, 0);
    const { recall, precision, n } = scores[best];
    if (n < T.fewest || recall < T.found || precision < T.found) continue;
    const region = regionAround(best, scores.map(({ f1 }) => f1));
    const rest = saidFromRest(look, region);
    const asked = (classes: Int32Array) => Array.from(classes, (one, row) => (one === k) === (labels[row] === k));
    const { difference, test } = differenceOf(asked(rest), asked(said[best]), measured);
    if (difference.estimate <= 0 || test.p * COUNT * dataset.classes.length >= T.level) continue;
    const ofClass = images.flatMap((image, row) => labels[row] === k ? [{ image, row }] : []);
    const share = (classes: Int32Array) =>
      accuracyOf(ofClass.map(({ row }) => classes[row] === k), {
        ...measured,
        folds: 1,
        images: ofClass.map(({ image }) => image),
      });
    const own = share(said[best]), others = share(rest);
    return finding({
      code: "shortcut-region",
      chart: CHART,
      severity: "warning",
      sentence:
        `A small part of the pictures gives the class ${name} away: from ${areaOf(region)} ${nameOf(best)}, a ` +
        `small model finds ${formatInterval(own)} of its images and is right in ${
          percent(precision)
        } of the times it ` +
        `says so; from all the rest it finds ${formatInterval(others)}.`,
      evidence: [
        bounded("audit.region.best", `Images of ${name} found from that part alone (${nameOf(best)})`, own),
        bounded("audit.region.rest", `Images of ${name} found from the rest of the picture`, others),
      ],
      remedy: REMEDY,
    });
  }
  return null;
}

function nothing(look: Look): FindingRecord {
  const { dataset, images, labels, said } = look;
  const { best, hits } = bestCell(look);
  const measured = { images, folds: FOLDS, dataset, seed: 1 };
  const own = accuracyOf(rightOnes(said[best], labels), measured);
  const others = accuracyOf(rightOnes(saidFromRest(look, regionAround(best, hits)), labels), measured);
  return finding({
    code: "no-shortcut-region",
    chart: CHART,
    severity: "good",
    sentence: `No small part of the pictures gives the class away: the most telling of ${COUNT} parts gets ${
      formatInterval(own)
    } right, the rest ${formatInterval(others)}.`,
    evidence: [
      bounded("audit.region.best", `Class told from that part alone (${nameOf(best)})`, own),
      bounded("audit.region.rest", "Class told from the rest of the picture, by a small model", others),
    ],
  });
}

function areaOf(region: Uint8Array): string {
  return `about ${Math.round(100 * region.reduce((sum, cell) => sum + cell, 0) / COUNT)} % of the area,`;
}

function bounded(id: string, label: string, interval: Interval): Figure {
  return { id, label, ...bounds(interval), unit: "share" };
}
