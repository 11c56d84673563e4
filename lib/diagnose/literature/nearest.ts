import type { LiteratureRow, Setting } from "./types.ts";

/** Comparable are rows with half to twice the training images per class ... */
export const IMAGES_FACTOR = 2;
/** ... and an eighth to eight times the classes: chance is allowed for, and the text names the classes. */
export const CLASSES_FACTOR = 8;

/** A row whose method sees images of unknown size counts as if they were four times larger or smaller. */
const UNKNOWN_PIXELS = 2;

/**
 * How far a row is from the data at hand, in doublings. Training images per class count in full, since the error follows
 * them most closely (a power law in all published curves); the number of classes counts half, since most of what it does
 * is to lower chance, which is adjusted for; the resolution a quarter. These weights are a judgement, not a measurement.
 *
 * @returns 0 for the very setting; infinite where the row's images per class are not known.
 */
export function distance(row: LiteratureRow, setting: Setting): number {
  if (row.imagesPerClassTrain === null) return Infinity;
  return Math.hypot(
    Math.log2(row.imagesPerClassTrain / setting.imagesPerClass),
    Math.log2(row.classes / setting.classes) / 2,
    (row.pixels === null ? UNKNOWN_PIXELS : Math.log2(row.pixels / setting.pixels)) / 4,
  );
}

/** All rows whose images per class are known, the nearest first; equally near ones stay in their order. */
export function nearestFirst(rows: readonly LiteratureRow[], setting: Setting): LiteratureRow[] {
  return rows
    .map((row) => ({ row, far: distance(row, setting) }))
    .filter(({ far }) => Number.isFinite(far))
    .toSorted((a, b) => a.far - b.far)
    .map(({ row }) => row);
}

/**
 * Whether a row says what to expect here. People need no training images, so for them only the classes count. Top-5
 * accuracies are no accuracies, and the highest found ("best") is no typical result.
 */
export function isComparable(row: LiteratureRow, setting: Setting): boolean {
  if (row.metric === "top-5 accuracy" || row.methodKind === "best") return false;
  if (!within(row.classes, setting.classes, CLASSES_FACTOR)) return false;
  if (row.methodKind === "human") return true;
  return row.imagesPerClassTrain !== null && within(row.imagesPerClassTrain, setting.imagesPerClass, IMAGES_FACTOR);
}

/** What is different about a row, in words; empty where nothing known is. */
export function differences(row: LiteratureRow, setting: Setting): string[] {
  const list: string[] = [];
  const times = (value: number, here: number, what: string) => {
    const factor = value / here;
    if (factor > 1.1 || factor < 1 / 1.1) list.push(`${Number(factor.toPrecision(2))}× ${what}`);
  };
  if (row.methodKind !== "human" && row.imagesPerClassTrain !== null) {
    times(row.imagesPerClassTrain, setting.imagesPerClass, "your images per class");
  }
  times(row.classes, setting.classes, "your classes");
  if (row.pixels === null) list.push("image size varies");
  else if (row.pixels !== setting.pixels) list.push(`${row.pixels} px, not ${setting.pixels}`);
  if (row.metric !== "accuracy") list.push(row.metric);
  if (row.optimistic) list.push("settings chosen by the score itself");
  if (row.overlap) list.push("pre-training images overlap");
  if (row.note !== null) list.push(row.note);
  return list;
}

function within(value: number, here: number, factor: number): boolean {
  // A little slack, so that exactly twice is not lost to rounding.
  return Math.abs(Math.log2(value / here)) <= Math.log2(factor) + 1e-9;
}
