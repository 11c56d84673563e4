import { formatCount, formatInterval } from "../display/mod.ts";
import type { ScoreInterval } from "./_dots.ts";
import { AXIS_CHARACTERS, FIT, makeChart, shortened } from "./_spec.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { ChartError } from "./errors.ts";
import { INK, PALETTE } from "./theme.ts";

/** What one change does to the accuracy. */
export interface EffectRow {
  readonly label: string;
  /** By how much it is better with the change than without, from −1 to 1. */
  readonly difference: ScoreInterval;
  /** Whether it can be told from no effect; by default whether the interval leaves out 0. */
  readonly told?: boolean;
}

const KINDS = ["helps", "cannot be told", "harms"] as const;
const LOOKS = {
  "helps": { colour: PALETTE[2], shape: "triangle-up" },
  "cannot be told": { colour: "#808080", shape: "circle" },
  "harms": { colour: PALETTE[4], shape: "triangle-down" },
} as const;

/** Differences in accuracy with their intervals around a line at 0, below each other in the order given. */
export function effects(rows: readonly EffectRow[], options: ChartOptions & { readonly than?: string } = {}): Chart {
  if (rows.length === 0) throw new ChartError("Cannot draw effects: there are none");
  const { than = "without" } = options;
  const short = (value: number) => Number(value.toPrecision(6));
  const reach = Math.max(...rows.flatMap(({ difference: { low, high } }) => [-low, high]), 0.02) * 1.05;
  const values = rows.map(({ label, difference, told = difference.low > 0 || difference.high < 0 }) => ({
    label,
    estimate: short(100 * difference.estimate),
    low: short(100 * difference.low),
    high: short(100 * difference.high),
    n: difference.n,
    text: formatInterval(difference, "points"),
    effect: !told ? "cannot be told" : difference.estimate > 0 ? "helps" : "harms",
  }));
  const there = KINDS.filter((kind) => values.some(({ effect }) => effect === kind));
  const x = {
    type: "quantitative",
    title: `Points of accuracy better than ${than}`,
    scale: { domain: [-100 * reach, 100 * reach], nice: false },
    axis: { format: "+.1~f", tickCount: 5 },
  };
  const look = (range: readonly string[]) => ({
    field: "effect",
    type: "nominal",
    title: null,
    scale: { domain: there, range },
  });
  const shared = {
    y: {
      field: "label",
      type: "nominal",
      sort: null,
      title: null,
      axis: { ticks: false, domain: false, ...shortened(AXIS_CHARACTERS) },
    },
    color: look(there.map((kind) => LOOKS[kind].colour)),
    tooltip: [
      { field: "label", title: "What" },
      { field: "text", title: "Difference" },
      { field: "n", title: "Images", format: ",d" },
    ],
  };
  return makeChart({
    id: "effects",
    title: "What each change does to the accuracy, with its interval",
    subtitle: `Dotted line: no effect. Paired, on the same ${formatCount(rows[0].difference.n)} images`,
    alt: `Points of accuracy better than ${than}: ` +
      values.map(({ label, text, effect }) => `${label} ${text}, ${effect}`).join("; ") + ".",
    views: {
      ...FIT,
      height: 30 * rows.length,
      data: { values },
      layer: [
        {
          data: { values: [{ none: 0 }] },
          mark: { type: "rule", strokeDash: [2, 3], strokeWidth: 1.5, color: INK },
          encoding: { x: { ...x, field: "none" } },
        },
        {
          mark: { type: "rule", strokeWidth: 2.5 },
          encoding: { ...shared, x: { ...x, field: "low" }, x2: { field: "high" } },
        },
        {
          mark: { type: "point", filled: true, size: 120, opacity: 1 },
          encoding: { ...shared, x: { ...x, field: "estimate" }, shape: look(there.map((kind) => LOOKS[kind].shape)) },
        },
      ],
    },
  }, options);
}
