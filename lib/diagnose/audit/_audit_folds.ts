import { Random } from "../../stats/mod.ts";
import type { LabelledImages } from "../images.ts";

/**
 * Folds for the audit's small models: whole groups, class by class in turn. Unlike `Dataset.folds` it takes classes of
 * any size, since a class of three images is something that an audit must live to report.
 *
 * @returns The fold of each of `images`, from 0 to k - 1.
 */
export function auditFolds(
  { records, grouped }: Pick<LabelledImages, "records" | "grouped">,
  images: readonly number[],
  k: number,
  seed: number,
): Int32Array {
  const members = new Map<string | number, number[]>();
  for (const [row, image] of images.entries()) {
    const key = grouped ? records[image].group : image;
    const rows = members.get(key);
    if (rows) rows.push(row);
    else members.set(key, [row]);
  }
  const labelOf = (rows: readonly number[]) => records[images[rows[0]]].label;
  const units = new Random(`${seed}/audit-folds`).shuffled(members.values())
    .toSorted((a, b) => labelOf(a) - labelOf(b) || b.length - a.length);
  const folds = new Int32Array(images.length);
  // Each to the fold that has fewest of its class, then fewest of all.
  const all = new Array<number>(k).fill(0);
  let own = new Array<number>(k).fill(0), label = -1;
  for (const rows of units) {
    if (labelOf(rows) !== label) {
      label = labelOf(rows);
      own = new Array<number>(k).fill(0);
    }
    let best = 0;
    for (let fold = 1; fold < k; fold++) {
      if (own[fold] < own[best] || (own[fold] === own[best] && all[fold] < all[best])) best = fold;
    }
    for (const row of rows) folds[row] = best;
    own[best] += rows.length;
    all[best] += rows.length;
  }
  return folds;
}
