import type { Dataset } from "../dataset/mod.ts";
import { Random } from "../stats/mod.ts";

/** An image that people may be asked about. */
export interface Askable {
  /** Into the data set's records. */
  readonly index: number;
  readonly label: number;
  readonly group: string;
  readonly hash: string;
}

/** Images on a class's button: one says little of a class, more than these are too small to see. */
const MOST_REFERENCES = 3;

/** Development images, each content once; none whose content has two labels. */
export function askableImages({ records, development }: Pick<Dataset, "records" | "development">): Askable[] {
  const labels = new Map<string, Set<number>>();
  for (const index of development) {
    const { hash, label } = records[index];
    labels.set(hash, (labels.get(hash) ?? new Set()).add(label));
  }
  const images: Askable[] = [];
  for (const index of development) {
    const { hash, label, group } = records[index];
    if (labels.get(hash)?.size === 1) images.push({ index, label, group, hash });
    labels.delete(hash);
  }
  return images;
}

/**
 * Sets images aside for the buttons of the classes, whole groups at a time: a drawing of the same thing on a button would
 * give the answer away. Every class keeps at least half of its images to be asked about, so a class with a single image
 * or group has a button without a picture.
 */
export function drawReferences(
  images: readonly Askable[],
  classes: number,
  seed: number,
): { references: number[][]; askable: Askable[] } {
  const left = new Array<number>(classes).fill(0);
  for (const { label } of images) left[label]++;
  const least = left.map((count) => count / 2);
  const groups = Map.groupBy(images, ({ group }) => group);
  const reserved = new Set<string>();
  const reserve = (group: string): boolean => {
    if (reserved.has(group)) return true;
    const taken = new Array<number>(classes).fill(0);
    for (const { label } of groups.get(group)!) taken[label]++;
    if (taken.some((count, label) => count > 0 && left[label] - count < least[label])) return false;
    taken.forEach((count, label) => left[label] -= count);
    reserved.add(group);
    return true;
  };

  const shuffled = new Random(`${seed}/quiz-references`).shuffled(images);
  const byClass = Array.from({ length: classes }, (_, label) => shuffled.filter((image) => image.label === label));
  const references = byClass.map((): Askable[] => []);
  // Every class gets its first before one gets its second; groups that are set aside already cost nothing more.
  for (let round = 0; round < MOST_REFERENCES; round++) {
    for (const [label, candidates] of byClass.entries()) {
      const unused = candidates.filter(({ group }) => references[label].every((other) => other.group !== group));
      const next = unused.find(({ group }) => reserved.has(group)) ?? unused.find(({ group }) => reserve(group));
      if (next !== undefined) references[label].push(next);
    }
  }
  return {
    references: references.map((list) => list.map(({ index }) => index)),
    askable: images.filter(({ group }) => !reserved.has(group)),
  };
}
