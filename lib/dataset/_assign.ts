import type { Random } from "../stats/mod.ts";

/** Items that go somewhere together. */
export interface Bundle {
  readonly items: readonly number[];
  /** Items per class, only classes that occur. */
  readonly counts: ReadonlyMap<number, number>;
}

/** Gathers items that share a group; every item is a bundle of its own where `groups` is null. */
export function bundles(items: readonly number[], labels: Int32Array, groups: readonly string[] | null): Bundle[] {
  const byGroup = new Map<string | number, number[]>();
  for (const item of items) {
    const key = groups === null ? item : groups[item];
    const members = byGroup.get(key);
    if (members) members.push(item);
    else byGroup.set(key, [item]);
  }
  return [...byGroup.values()].map((members) => {
    const counts = new Map<number, number>();
    for (const item of members) counts.set(labels[item], (counts.get(labels[item]) ?? 0) + 1);
    return { items: members, counts };
  });
}

/**
 * Distributes bundles over bins so that each bin gets its share of every class.
 *
 * Greedy: the largest bundles first, each to the bin that brings the bins' class shares closest to what they should be
 * (the squared difference, summed over classes; bins equally good by that are judged by their number of items). Then
 * single bundles move as long as that helps, which matters where their sizes differ a lot. Bundles of equal size come
 * in random order, so another seed gives another split. Where each bundle is one item, a class differs by at most one
 * item between bins of equal share.
 *
 * @param shares Share of each bin; they sum to 1.
 * @returns The bin of each bundle.
 */
export function assign(list: readonly Bundle[], shares: readonly number[], random: Random): number[] {
  const bins = new Bins(list, shares);
  // Class by class among equals: a class's last items then go to the bins that earlier classes left short.
  const order = random.shuffled(list.keys())
    .sort((a, b) => list[b].items.length - list[a].items.length || firstClass(list[a]) - firstClass(list[b]));
  const preference = random.shuffled(shares.keys());
  const home = new Array<number>(list.length);
  for (const i of order) {
    home[i] = bins.best(list[i], preference);
    bins.put(list[i], home[i], 1);
  }
  const uneven = list.some(({ items }) => items.length > 1);
  for (let pass = 0, moved = uneven; moved && pass < 20; pass++) {
    moved = false;
    for (const i of order) {
      if (bins.bundles[home[i]] === 1) continue;
      bins.put(list[i], home[i], -1);
      const best = bins.best(list[i], [home[i], ...preference]);
      bins.put(list[i], best, 1);
      if (best !== home[i]) moved = true;
      home[i] = best;
    }
  }
  return home;
}

/** How much of each class lies in which bin. */
class Bins {
  /** Bundles in each bin. */
  readonly bundles: number[];
  readonly #items: number[];
  readonly #counts: Map<number, number>[];
  readonly #totals = new Map<number, number>();
  readonly #total: number;
  readonly #shares: readonly number[];

  constructor(list: readonly Bundle[], shares: readonly number[]) {
    this.#shares = shares;
    this.bundles = shares.map(() => 0);
    this.#items = shares.map(() => 0);
    this.#counts = shares.map(() => new Map());
    this.#total = list.reduce((sum, { items }) => sum + items.length, 0);
    for (const { counts } of list) {
      for (const [label, n] of counts) this.#totals.set(label, (this.#totals.get(label) ?? 0) + n);
    }
  }

  put({ items, counts }: Bundle, bin: number, sign: 1 | -1): void {
    this.bundles[bin] += sign;
    this.#items[bin] += sign * items.length;
    for (const [label, n] of counts) this.#counts[bin].set(label, (this.#counts[bin].get(label) ?? 0) + sign * n);
  }

  /** The first bin, in order of preference, that no other one beats clearly. */
  best(bundle: Bundle, preference: readonly number[]): number {
    let best = preference[0];
    let bestCost = this.#cost(bundle, best);
    for (const bin of preference.slice(1)) {
      const cost = this.#cost(bundle, bin);
      // Rounding noise must not decide.
      if (cost[0] < bestCost[0] - 1e-12 || (cost[0] < bestCost[0] + 1e-12 && cost[1] < bestCost[1] - 1e-12)) {
        best = bin;
        bestCost = cost;
      }
    }
    return best;
  }

  /** Change of the summed squared differences when the bundle goes into the bin: over classes, and over all items. */
  #cost({ items, counts }: Bundle, bin: number): [number, number] {
    let classes = 0;
    for (const [label, n] of counts) {
      const total = this.#totals.get(label)!;
      classes += change((this.#counts[bin].get(label) ?? 0) / total - this.#shares[bin], n / total);
    }
    return [classes, change(this.#items[bin] / this.#total - this.#shares[bin], items.length / this.#total)];
  }
}

/** (difference + added)² - difference² */
function change(difference: number, added: number): number {
  return added * (2 * difference + added);
}

function firstClass({ counts }: Bundle): number {
  return counts.keys().next().value ?? 0;
}
