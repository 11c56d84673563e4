import type { RememberedImage, ReportState } from "./report_state.ts";

/** How the images of one class have changed. */
export interface ClassChange {
  readonly class: string;
  readonly before: number;
  readonly added: number;
  readonly removed: number;
  /** Images that had another label before, and those that have another label now. */
  readonly labelledIn: number;
  readonly labelledOut: number;
  readonly now: number;
}

/** Images that both have, by content; of copies, as many as there are in both. */
export function matched(
  before: readonly RememberedImage[],
  now: readonly RememberedImage[],
): (readonly [RememberedImage, RememberedImage])[] {
  const left = Map.groupBy(before, ({ hash }) => hash);
  return now.flatMap((image) => {
    const candidates = left.get(image.hash) ?? [];
    if (candidates.length === 0) return [];
    // A copy of the same label first: else two copies in two classes would seem to have changed places.
    const same = candidates.findIndex((one) => one.class === image.class);
    const [old] = candidates.splice(Math.max(0, same), 1);
    return [[old, image] as const];
  });
}

/** The classes of either report, in order. */
export function classChanges(
  before: readonly RememberedImage[],
  now: readonly RememberedImage[],
  pairs: readonly (readonly [RememberedImage, RememberedImage])[],
): ClassChange[] {
  const names = [...new Set([...before, ...now].map((image) => image.class))].sort();
  const count = (images: readonly RememberedImage[]) => Map.groupBy(images, (image) => image.class);
  const [old, current] = [count(before), count(now)];
  const kept = count(pairs.map(([, image]) => image)), keptBefore = count(pairs.map(([image]) => image));
  const moved = pairs.filter(([from, to]) => from.class !== to.class);
  return names.map((name) => ({
    class: name,
    before: old.get(name)?.length ?? 0,
    added: (current.get(name)?.length ?? 0) - (kept.get(name)?.length ?? 0),
    removed: (old.get(name)?.length ?? 0) - (keptBefore.get(name)?.length ?? 0),
    labelledIn: moved.filter(([, to]) => to.class === name).length,
    labelledOut: moved.filter(([from]) => from.class === name).length,
    now: current.get(name)?.length ?? 0,
  }));
}

/** "budget: 15m before, 1h now", for each that differs. */
export function settingChanges(before: ReportState["settings"], now: ReportState["settings"]): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(now)])]
    .filter((name) => before[name] !== now[name])
    .map((name) => `${name}: ${before[name] ?? "unknown"} before, ${now[name] ?? "unknown"} now`);
}
