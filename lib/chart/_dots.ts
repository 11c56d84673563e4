import { formatInterval } from "../display/mod.ts";
import { INK } from "./theme.ts";

/** An estimate with bounds, a share from 0 to 1. */
export interface ScoreInterval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** Images behind it. */
  readonly n: number;
}

/** What the marks of a row are drawn from. */
export function dotValues(interval: ScoreInterval, x: AccuracyAxis): Record<string, unknown> {
  const { estimate, low, high, n } = interval;
  const end = x.scale.domain[1];
  // Where its numbers have room: they take about a quarter of the axis.
  const place = high / end < 0.7 ? "right" : low / end > 0.3 ? "left" : "above";
  return { ...roundedAll({ estimate, low, high }), n, text: formatInterval(interval), place };
}

function roundedAll(values: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value.toPrecision(6))]));
}

/** Encoding of accuracies along the chart. */
export interface AccuracyAxis extends Readonly<Record<string, unknown>> {
  readonly scale: { readonly domain: readonly [number, number]; readonly nice: false };
}

/** The axis of accuracies, from 0 to at least the highest bound. */
export function accuracyAxis(intervals: readonly ScoreInterval[], chance = 0): AccuracyAxis {
  const highest = Math.max(chance, ...intervals.map(({ high, estimate }) => Math.max(high, estimate)));
  return {
    type: "quantitative",
    title: "Accuracy",
    scale: { domain: [0, Math.min(1, Math.ceil(10 * highest + 0.5) / 10)], nice: false },
    axis: { format: ".0%", tickCount: 5 },
  };
}

/**
 * The marks of one estimate each: a line from bound to bound, a dot, and the numbers beside them.
 *
 * @param shared Encodings of all marks: rows, colours.
 * @param x The axis of `accuracyAxis`.
 */
export function dotLayers(
  shared: Readonly<Record<string, unknown>>,
  x: AccuracyAxis,
  shape: Readonly<Record<string, unknown>>,
  tooltip: readonly Readonly<Record<string, unknown>>[],
): Record<string, unknown>[] {
  return [
    {
      mark: { type: "rule", strokeWidth: 2.5 },
      encoding: { ...shared, x: { ...x, field: "low" }, x2: { field: "high" }, tooltip },
    },
    {
      mark: { type: "point", filled: true, size: 90, opacity: 1 },
      encoding: { ...shared, x: { ...x, field: "estimate" }, shape, tooltip },
    },
    ...NUMBER_PLACES.map(({ place, field, ...mark }) => ({
      transform: [{ filter: `datum.place === "${place}"` }],
      mark: { type: "text", color: INK, ...mark },
      encoding: { ...shared, color: undefined, x: { ...x, field }, text: { field: "text" } },
    })),
  ];
}

const NUMBER_PLACES = [
  { place: "right", field: "high", align: "left", baseline: "middle", dx: 8 },
  { place: "left", field: "low", align: "right", baseline: "middle", dx: -8 },
  { place: "above", field: "estimate", align: "center", baseline: "bottom", dy: -8 },
];
