import { formatShare } from "../display/mod.ts";
import { AXIS_CHARACTERS, legendColumns, makeChart, shortened } from "./_spec.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { ChartError } from "./errors.ts";
import { CHART_WIDTH, INK, PALETTE } from "./theme.ts";

/** One hyperparameter, as an axis: numbers from low to high on a logarithmic scale, or values side by side. */
export type TrialAxis =
  & { readonly key: string; readonly label: string }
  & ({ readonly low: number; readonly high: number } | { readonly values: readonly (string | number)[] });

/** One trial, as a line across all axes. */
export interface TrialLine {
  readonly label: string;
  readonly settings: Readonly<Record<string, string | number>>;
  /** Accuracy, a share. All are measured alike. */
  readonly score: number;
  readonly state: "as it is" | "chosen" | "went on" | "stopped";
}

const STATES = {
  "stopped": { name: "went no further", color: "#808080", width: 1, dash: [1, 0] },
  "went on": { name: "trained for longer", color: PALETTE[5], width: 2, dash: [1, 0] },
  "as it is": { name: "as it was", color: PALETTE[0], width: 2.5, dash: [5, 3] },
  "chosen": { name: "chosen", color: PALETTE[4], width: 3, dash: [1, 0] },
} as const;

const ROW = 52;
/** Trials with the same value lie that far apart at most, as a share of the axis, or they would hide each other. */
const SPREAD = 0.055;

/** Parallel coordinates of trials: axes below each other, accuracy last, one line per trial. */
export function parallelTrials(
  axes: readonly TrialAxis[],
  trials: readonly TrialLine[],
  options: ChartOptions = {},
): Chart {
  if (trials.length === 0) throw new ChartError("Cannot draw trials: there are none");
  const scores = trials.map(({ score }) => score);
  const lowest = Math.floor(20 * Math.min(...scores)) / 20;
  const highest = Math.max(lowest + 0.05, Math.ceil(20 * Math.max(...scores)) / 20);
  const rows = [...axes.map(({ label }) => label), "Accuracy"];
  const order = Object.keys(STATES);
  const drawn = trials.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
  const spread = new Map(trials.map(({ label }, i) => [label, trials.length < 2 ? 0 : i / (trials.length - 1) - 0.5]));
  const points = drawn.flatMap(({ label, settings, score, state }, line) => {
    const point = (row: number, place: number | null, value: string) =>
      place === null ? [] : [{
        line,
        row,
        axis: rows[row],
        place: Number(place.toFixed(4)),
        trial: label,
        state: STATES[state].name,
        width: STATES[state].width,
        value,
        score: formatShare(score),
      }];
    return [
      ...axes.flatMap((axis, row) =>
        point(row, placeOf(axis, settings[axis.key], spread.get(label)!), String(settings[axis.key]))
      ),
      ...point(axes.length, (score - lowest) / (highest - lowest), formatShare(score)),
    ];
  });
  const ticks = [
    ...axes.flatMap(ticksOf),
    { axis: "Accuracy", place: 0, text: formatShare(lowest, { n: 1 }) },
    { axis: "Accuracy", place: 1, text: formatShare(highest, { n: 1 }) },
  ];
  const y = {
    field: "axis",
    type: "nominal",
    sort: rows,
    title: null,
    axis: { ticks: false, domain: false, ...shortened(AXIS_CHARACTERS) },
  };
  const x = { field: "place", type: "quantitative", axis: null, scale: { domain: [-0.04, 1.04], nice: false } };
  const present = (Object.keys(STATES) as (keyof typeof STATES)[])
    .filter((state) => trials.some((trial) => trial.state === state)).map((state) => STATES[state]);
  const domain = present.map(({ name }) => name);
  const by = (of: (state: typeof present[number]) => unknown) => ({
    field: "state",
    type: "nominal",
    title: null,
    scale: { domain, range: present.map(of) },
    legend: { columns: legendColumns(domain) },
  });
  const best = trials.reduce((a, b) => b.score > a.score ? b : a);
  const chosen = trials.find(({ state }) => state === "chosen");
  const said = ({ settings }: TrialLine) =>
    axes.map((axis) => {
      const value = settings[axis.key];
      return `${axis.label} ${"low" in axis ? short(Number(value)) : value}`;
    }).join(", ");
  return makeChart({
    id: "trials",
    title: `${trials.length} trials: what each was trained with, and what it got`,
    subtitle: "One line per trial. Accuracy is that after the first, short training",
    alt: `${trials.length} trials, accuracy from ${formatShare(Math.min(...scores))} to ` +
      `${formatShare(Math.max(...scores))}. ${best.label} got most: ${said(best)}.` +
      (chosen === undefined || chosen === best ? "" : ` ${chosen.label} was chosen in the end: ${said(chosen)}.`),
    views: {
      width: CHART_WIDTH,
      autosize: { type: "fit-x", contains: "padding" },
      height: ROW * rows.length,
      layer: [
        {
          data: { values: rows.map((axis) => ({ axis, from: 0, to: 1 })) },
          mark: { type: "rule", opacity: 0.35, color: INK },
          encoding: { y, x: { ...x, field: "from" }, x2: { field: "to" } },
        },
        {
          data: { values: points },
          params: [{ name: "highlight", select: { type: "point", fields: ["state"] }, bind: "legend" }],
          mark: { type: "line", interpolate: "linear" },
          encoding: {
            y,
            x,
            detail: { field: "line", type: "ordinal" },
            order: { field: "row", type: "quantitative" },
            color: by(({ color }) => color),
            strokeDash: by(({ dash }) => dash),
            strokeWidth: { field: "width", type: "quantitative", scale: null, legend: null },
            opacity: { condition: { param: "highlight", value: 0.8 }, value: 0.06 },
            tooltip: [
              { field: "trial", title: "Trial" },
              { field: "axis", title: "Hyperparameter" },
              { field: "value", title: "Value" },
              { field: "score", title: "Accuracy" },
            ],
          },
        },
        // Those at the ends would reach beyond them.
        ...[["left", "datum.place === 0"], ["center", "datum.place > 0 && datum.place < 1"], [
          "right",
          "datum.place === 1",
        ]]
          .map(([align, filter]) => ({
            data: { values: ticks },
            transform: [{ filter }],
            mark: { type: "text", align, dy: 15, fontSize: 12, color: INK },
            encoding: { y, x, text: { field: "text" } },
          })),
      ],
    },
  }, options);
}

function placeOf(axis: TrialAxis, value: string | number, spread: number): number | null {
  if ("values" in axis) {
    const index = axis.values.indexOf(value);
    return index < 0 ? null : positionOf(index, axis.values.length) + SPREAD * spread;
  }
  const place = Math.log(Number(value) / axis.low) / Math.log(axis.high / axis.low);
  return place < 0 || place > 1 ? null : place;
}

function positionOf(index: number, count: number): number {
  return count === 1 ? 0.5 : index / (count - 1);
}

function ticksOf(axis: TrialAxis) {
  if ("values" in axis) {
    return axis.values.map((value, i) => ({
      axis: axis.label,
      place: positionOf(i, axis.values.length),
      text: String(value),
    }));
  }
  return [
    { axis: axis.label, place: 0, text: short(axis.low) },
    { axis: axis.label, place: 0.5, text: short(Number(Math.sqrt(axis.low * axis.high).toPrecision(1))) },
    { axis: axis.label, place: 1, text: short(axis.high) },
  ];
}

/** "2.5e−3": small numbers at a length that fits. */
function short(value: number): string {
  return value < 0.01 ? value.toExponential().replace("-", "\u2212") : String(value);
}
