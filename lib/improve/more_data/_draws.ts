import type { Dataset } from "../../dataset/mod.ts";
import { Random } from "../../stats/mod.ts";

/** Images that parts are drawn of. */
export type Drawable = Pick<Dataset, "grouped" | "records">;

/**
 * What a smaller part lacks: `groups`, so that it has fewer things, each with all its images; or `images`, so that it has
 * as many things, each with fewer images.
 */
export type Fewer = "groups" | "images";

/**
 * A part of `items`: of each class the same share, as near as whole groups allow, and never nothing. Parts of one seed
 * lie within each other: a larger share has all images of a smaller one and more, as when somebody goes on collecting.
 *
 * @param share Above 0, to 1.
 * @returns Ascending.
 */
export function drawPart(
  { grouped, records }: Drawable,
  items: readonly number[],
  share: number,
  seed: number | string,
  fewer: Fewer = "groups",
): number[] {
  if (share === 1) return [...items];
  const part: number[] = [];
  for (const [label, members] of Map.groupBy(items, (i) => records[i].label)) {
    const random = new Random(`${seed}/part/${label}`);
    const byGroup = Map.groupBy(members, (i) => grouped ? records[i].group : i);
    const groups = random.shuffled(byGroup.values()).map((group) => random.shuffled(group));
    const wanted = Math.max(1, Math.round(share * members.length));
    part.push(...fewer === "groups" ? wholeGroups(groups, wanted) : roundRobin(groups).slice(0, wanted));
  }
  return part.sort((a, b) => a - b);
}

/** The first groups, as many as come nearest to `wanted` images, at least one. */
function wholeGroups(groups: readonly (readonly number[])[], wanted: number): number[] {
  const taken = [...groups[0]];
  for (const group of groups.slice(1)) {
    if (Math.abs(taken.length + group.length - wanted) >= Math.abs(taken.length - wanted)) break;
    taken.push(...group);
  }
  return taken;
}

/** The first image of every group, then the second of all that have one, and so on. */
function roundRobin(groups: readonly (readonly number[])[]): number[] {
  const longest = Math.max(...groups.map(({ length }) => length));
  return Array.from({ length: longest }, (_, place) => groups.flatMap((group) => group.slice(place, place + 1))).flat();
}
