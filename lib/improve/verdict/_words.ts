import { type Figure, formatCount } from "../../display/mod.ts";
import type { Interval } from "../../stats/mod.ts";

/** What of an interval a figure shows. */
export function bounds(
  { estimate, low, high, n, groups, method }: Interval,
): Pick<Figure, "value" | "low" | "high" | "n" | "groups" | "method"> {
  return { value: estimate, low, high, n, groups, method };
}

/** "a", "a and b", "a, b and c". */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
}

/** "1 image", "1 100 images". */
export function counted(count: number, one: string): string {
  return `${formatCount(count)} ${one}${count === 1 ? "" : "s"}`;
}
