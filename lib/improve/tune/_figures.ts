import type { Figure } from "../../display/mod.ts";
import type { Interval } from "../../stats/mod.ts";

/** An interval as a figure. */
export function intervalFigure(id: string, label: string, interval: Interval, unit: Figure["unit"]): Figure {
  const { estimate, low, high, n, groups, method } = interval;
  return { id, label, value: estimate, low, high, unit, n, groups, method };
}
