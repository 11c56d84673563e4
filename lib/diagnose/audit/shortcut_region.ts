import { CELLS, type Dataset } from "../../dataset/mod.ts";
import { type Figure, type FindingRecord, formatInterval } from "../../display/mod.ts";
import type { Interval } from "../../stats/mod.ts";
import { shrink } from "../_features.ts";
import { finding } from "../finding.ts";
import { accuracyOf, differenceOf } from "../_measured.ts";
import { pause } from "../_pause.ts";
import { percent } from "../_words.ts";
import { auditFolds } from "./_audit_folds.ts";
import { type LookingRule, thinned } from "./_context.ts";
import { outOfFoldClasses } from "./_discriminant.ts";
import { VIEW_LENGTH, viewInto } from "./_views.ts";

/** Side at which cells are looked at: 8 x 8 cells of 8 x 8 pixels. */
const SIDE = 64;
const CELL = SIDE / CELLS;
const COUNT = CELLS * CELLS;
/** What a cell's model sees: its pixels' brightness, and its colour in quarters. */
const CELL_NUMBERS = CELL * CELL + 4 * 3;
const FOLDS = 5;
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
  /** More cells than that are no small part of a picture. */
  largest: COUNT / 4,
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
 * it; or when it finds the images of one class, and hardly others, clearly better than the rest does. On clean drawings and photographs the best cell is right on 15 to 30 % of the images, the rest on 33 to 87 %.
 */
export const shortcutRegion: LookingRule = async ({ dataset, cells }) => {
  const images = thinned(dataset.development, MOST);
  if (images.length < 2 * FOLDS) return [];
  const look: Look = {
    dataset,
    cells,
    images,
    labels: dataset.labels(images),
    folds: auditFolds(dataset, images, FOLDS, 1),
    said: [],
  };
  for (const values of await pixelsOfCells(dataset, images)) {
    look.said.push(saidOf(look, values));
    if (look.said.length % 8 === 0) await pause();
  }
  return [forAllClasses(look) ?? forOneClass(look) ?? nothing(look)];
};

/** What is known of the pictures once each cell's model has spoken. */
interface Look {
  readonly dataset: Dataset;
  readonly cells: Float32Array;
  readonly images: readonly number[];
  readonly labels: Int32Array;
  readonly folds: Int32Array;
  /** [64][n] The class that each cell's model says. */
  readonly said: Int32Array[];
}

function saidOf({ dataset, labels, folds }: Omit<Look, "said">, values: Float32Array): Int32Array {
  return outOfFoldClasses({ values, labels, classes: dataset.classes.length, folds, of: FOLDS });
}

function forAllClasses(look: Look): FindingRecord | null {
  const { dataset, images, labels, said } = look;
  const correct = said.map((classes) => rightOnes(classes, labels));
  const { best, hits } = bestCell(look);
  const region = regionAround(best, hits);
  const rest = rightOnes(saidOf(look, restOf(look, region)), labels);
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
    const rest = saidOf(look, restOf(look, region));
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
  const others = accuracyOf(rightOnes(saidOf(look, restOf(look, regionAround(best, hits))), labels), measured);
  return finding({
    code: "no-shortcut-region",
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

function bestCell({ said, labels }: Look): { readonly best: number; readonly hits: readonly number[] } {
  const hits = said.map((classes) => rightOnes(classes, labels).filter(Boolean).length);
  return { best: hits.indexOf(Math.max(...hits)), hits };
}

function rightOnes(said: Int32Array, labels: Int32Array): boolean[] {
  return Array.from(labels, (label, row) => label === said[row]);
}

/** How well class `k` is found among `n` images of it. */
function foundOf(said: Int32Array, labels: Int32Array, k: number) {
  let n = 0, named = 0, both = 0;
  for (let row = 0; row < labels.length; row++) {
    n += Number(labels[row] === k);
    named += Number(said[row] === k);
    both += Number(labels[row] === k && said[row] === k);
  }
  return { n, recall: n && both / n, precision: named && both / named, f1: n + named && 2 * both / (n + named) };
}

function areaOf(region: Uint8Array): string {
  return `about ${Math.round(100 * region.reduce((sum, cell) => sum + cell, 0) / COUNT)} % of the area,`;
}

/** Per cell the rows of all images [n, 76]. */
async function pixelsOfCells(
  dataset: Dataset,
  images: readonly number[],
): Promise<Float32Array[]> {
  const perCell = Array.from({ length: COUNT }, () => new Float32Array(images.length * CELL_NUMBERS));
  const stride = dataset.size ** 2 * 3;
  const chunk = Math.max(1, Math.floor(8_000_000 / stride));
  const small = new Uint8Array(SIDE * SIDE * 3);
  for (let start = 0; start < images.length; start += chunk) {
    const rows = images.slice(start, start + chunk);
    const pixels = await dataset.pixels(rows);
    for (let i = 0; i < rows.length; i++) {
      let picture = pixels.subarray(i * stride, (i + 1) * stride);
      if (dataset.size !== SIDE) {
        shrink(picture, dataset.size, SIDE, small);
        picture = small;
      }
      for (let cell = 0; cell < COUNT; cell++) {
        const row = start + i;
        cellInto(picture, cell, perCell[cell].subarray(row * CELL_NUMBERS, (row + 1) * CELL_NUMBERS));
      }
    }
    await pause();
  }
  return perCell;
}

function cellInto(picture: Uint8Array, cell: number, out: Float32Array): void {
  const top = Math.floor(cell / CELLS) * CELL, left = cell % CELLS * CELL;
  const quarter = (CELL / 2) ** 2 * 255;
  for (let y = 0; y < CELL; y++) {
    for (let x = 0; x < CELL; x++) {
      const at = ((top + y) * SIDE + left + x) * 3;
      const [red, green, blue] = [picture[at], picture[at + 1], picture[at + 2]];
      out[y * CELL + x] = (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
      const colour = CELL * CELL + (Math.floor(2 * y / CELL) * 2 + Math.floor(2 * x / CELL)) * 3;
      out[colour] += red / quarter;
      out[colour + 1] += green / quarter;
      out[colour + 2] += blue / quarter;
    }
  }
}

/** Everything but the region [n, VIEW_LENGTH]. */
function restOf({ cells, images }: Look, hidden: Uint8Array): Float32Array {
  const values = new Float32Array(images.length * VIEW_LENGTH);
  images.forEach((image, row) =>
    viewInto(cells, image, values.subarray(row * VIEW_LENGTH, (row + 1) * VIEW_LENGTH), { hidden })
  );
  return values;
}

/** The best cell with those connected to it that are more like it than like the middle one; it alone if they are many. */
function regionAround(best: number, hits: readonly number[]): Uint8Array {
  const middle = hits.toSorted((a, b) => a - b)[COUNT >> 1];
  const enough = (hits[best] + middle) / 2;
  const region = new Uint8Array(COUNT);
  const open = [best];
  let size = 0;
  while (open.length > 0) {
    const cell = open.pop()!;
    if (region[cell]) continue;
    region[cell] = 1;
    size++;
    for (let other = 0; other < COUNT; other++) {
      if (!region[other] && beside(cell, other) && hits[other] >= enough) open.push(other);
    }
  }
  if (size <= T.largest) return region;
  region.fill(0);
  region[best] = 1;
  return region;
}

/** The best cell that neither belongs to the region nor is beside it, or null where there is none. */
function bestElsewhere(hits: readonly number[], region: Uint8Array): number | null {
  let best: number | null = null;
  for (let cell = 0; cell < COUNT; cell++) {
    if (region[cell] || region.some((inside, other) => inside === 1 && beside(cell, other))) continue;
    if (best === null || hits[cell] > hits[best]) best = cell;
  }
  return best;
}

function beside(a: number, b: number): boolean {
  return Math.abs(a % CELLS - b % CELLS) <= 1 && Math.abs(Math.floor(a / CELLS) - Math.floor(b / CELLS)) <= 1;
}

function isEdge(cell: number): boolean {
  const x = cell % CELLS, y = Math.floor(cell / CELLS);
  return x === 0 || y === 0 || x === CELLS - 1 || y === CELLS - 1;
}

/** Where a cell is, as people say it: "at the top left". */
function nameOf(cell: number): string {
  const third = (place: number) => place < 2 ? 0 : place >= CELLS - 2 ? 2 : 1;
  const down = ["top", "", "bottom"][third(Math.floor(cell / CELLS))];
  const along = ["left", "", "right"][third(cell % CELLS)];
  return down === "" && along === "" ? "in the middle" : `at the ${[down, along].filter(Boolean).join(" ")}`;
}

function bounded(id: string, label: string, { estimate, low, high, n, groups, method }: Interval): Figure {
  return { id, label, value: estimate, low, high, n, groups, method, unit: "share" };
}
