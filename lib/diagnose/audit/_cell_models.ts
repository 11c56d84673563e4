import { CELLS, type Dataset } from "../../dataset/mod.ts";
import { shrink } from "../_features.ts";
import { pause } from "../_pause.ts";
import { auditFolds } from "./_audit_folds.ts";
import { outOfFoldClasses } from "./_discriminant.ts";
import { VIEW_LENGTH, viewInto } from "./_views.ts";

/** Side at which cells are looked at: 8 x 8 cells of 8 x 8 pixels. */
const SIDE = 64;
const CELL = SIDE / CELLS;
/** Parts of a picture. */
export const COUNT = CELLS * CELLS;
/** What a cell's model sees: its pixels' brightness, and its colour in quarters. */
const CELL_NUMBERS = CELL * CELL + 4 * 3;
export const FOLDS = 5;
/** More cells than that are no small part of a picture. */
const LARGEST = COUNT / 4;

/** What is known of the pictures once each cell's model has spoken. */
export interface Look {
  readonly dataset: Dataset;
  readonly cells: Float32Array;
  readonly images: readonly number[];
  readonly labels: Int32Array;
  readonly folds: Int32Array;
  /** [64][n] The class that each cell's model says. */
  readonly said: Int32Array[];
}

/** Lets a small model learn the class from each cell alone, and say it of images of other folds. */
export async function lookAtCells(dataset: Dataset, cells: Float32Array, images: readonly number[]): Promise<Look> {
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
  return look;
}

/** The class that a model says which sees everything but the hidden cells. */
export function saidFromRest(look: Look, hidden: Uint8Array): Int32Array {
  return saidOf(look, restOf(look, hidden));
}

function saidOf({ dataset, labels, folds }: Look, values: Float32Array): Int32Array {
  return outOfFoldClasses({ values, labels, classes: dataset.classes.length, folds, of: FOLDS });
}

export function bestCell({ said, labels }: Look): { readonly best: number; readonly hits: readonly number[] } {
  const hits = said.map((classes) => rightOnes(classes, labels).filter(Boolean).length);
  return { best: hits.indexOf(Math.max(...hits)), hits };
}

export function rightOnes(said: Int32Array, labels: Int32Array): boolean[] {
  return Array.from(labels, (label, row) => label === said[row]);
}

/** How well class `k` is found among `n` images of it. */
export function foundOf(said: Int32Array, labels: Int32Array, k: number) {
  let n = 0, named = 0, both = 0;
  for (let row = 0; row < labels.length; row++) {
    n += Number(labels[row] === k);
    named += Number(said[row] === k);
    both += Number(labels[row] === k && said[row] === k);
  }
  return { n, recall: n && both / n, precision: named && both / named, f1: n + named && 2 * both / (n + named) };
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
export function regionAround(best: number, hits: readonly number[]): Uint8Array {
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
  if (size <= LARGEST) return region;
  region.fill(0);
  region[best] = 1;
  return region;
}

/** The best cell that neither belongs to the region nor is beside it, or null where there is none. */
export function bestElsewhere(hits: readonly number[], region: Uint8Array): number | null {
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

export function isEdge(cell: number): boolean {
  const x = cell % CELLS, y = Math.floor(cell / CELLS);
  return x === 0 || y === 0 || x === CELLS - 1 || y === CELLS - 1;
}

/** Where a cell is, as people say it: "at the top left". */
export function nameOf(cell: number): string {
  const third = (place: number) => place < 2 ? 0 : place >= CELLS - 2 ? 2 : 1;
  const down = ["top", "", "bottom"][third(Math.floor(cell / CELLS))];
  const along = ["left", "", "right"][third(cell % CELLS)];
  return down === "" && along === "" ? "in the middle" : `at the ${[down, along].filter(Boolean).join(" ")}`;
}
