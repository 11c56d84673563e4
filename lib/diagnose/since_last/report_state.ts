import type { Judged } from "../../display/mod.ts";

/** An image as a later report remembers it. */
export interface RememberedImage {
  /** SHA-256 of its file, hexadecimal. */
  readonly hash: string;
  readonly class: string;
  /** Which images belong together, by number; null where no groups are known. */
  readonly group: number | null;
  /** Whether it was in the sealed test set. */
  readonly sealed: boolean;
}

/** What of a report the next one is compared with. */
export interface ReportState {
  /** When it was written: ISO 8601, UTC. */
  readonly at: string;
  /** Name and value of what decides about results: seed, time, engine. */
  readonly settings: Readonly<Record<string, string>>;
  readonly images: readonly RememberedImage[];
  readonly judged: readonly Judged[];
}

/** What is kept beside a report: itself, and the one that it was compared with. */
export interface KeptStates {
  readonly version: 1;
  /** Of the data set; another one's reports are not compared. */
  readonly dataset: string;
  readonly now: ReportState;
  readonly before: ReportState | null;
}

/**
 * What to keep after a report, and with that what it is compared with: the last report on other images or with other
 * settings. A report that is only made again keeps the comparison it had.
 *
 * @param kept What was kept last time, as it was read; anything else than a state counts as nothing.
 */
export function nextStates(kept: unknown, dataset: string, now: ReportState): KeptStates {
  const last = isKept(kept) && kept.dataset === dataset ? kept : null;
  if (last === null) return { version: 1, dataset, now, before: null };
  if (ground(last.now) === ground(now)) return { version: 1, dataset, now, before: last.before };
  // One that was stopped before any model was measured is nothing to compare accuracies with.
  const before = last.now.judged.length === 0 && last.before !== null ? last.before : last.now;
  return { version: 1, dataset, now, before };
}

/** What a report was made from, as text: equal where it is only made again. */
function ground({ images, settings }: ReportState): string {
  return JSON.stringify([images.map((image) => Object.values(image)), Object.entries(settings).sort()]);
}

function isKept(value: unknown): value is KeptStates {
  const kept = value as Partial<KeptStates> | null;
  return typeof kept === "object" && kept !== null && kept.version === 1 && Array.isArray(kept.now?.images) &&
    Array.isArray(kept.now?.judged) && typeof kept.now?.settings === "object";
}
