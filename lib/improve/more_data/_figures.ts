import type { Figure } from "../../display/mod.ts";
import type { Interval } from "../../stats/mod.ts";

/** What of an interval a figure shows: the estimate, its bounds and what is behind them. */
export function bounds(
  { estimate, low, high, n, groups, method }: Interval,
): Pick<Figure, "value" | "low" | "high" | "n" | "groups" | "method"> {
  return { value: estimate, low, high, n, groups, method };
}
