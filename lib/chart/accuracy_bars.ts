import { formatInterval, formatShare } from "../display/mod.ts";
import { accuracyAxis, dotLayers, dotValues, type ScoreInterval } from "./_dots.ts";
import { AXIS_CHARACTERS, FIT, legendHighlight, makeChart, shortened } from "./_spec.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { ChartError } from "./errors.ts";
import { COLORS } from "./theme.ts";

/** One accuracy. */
export interface AccuracyRow {
  readonly label: string;
  readonly interval: ScoreInterval;
  /** What it is the accuracy of; "model" unless given. */
  readonly kind?: "baseline" | "model" | "chance" | "human";
}

/** What else is in the picture. */
export interface AccuracyBarsOptions extends ChartOptions {
  /** Accuracy of guessing, a share: drawn as a line. */
  readonly chance?: number;
}

const KINDS = { chance: "Chance", baseline: "Baseline", model: "Model", human: "People" } as const;
const SHAPES = { chance: "diamond", baseline: "square", model: "circle", human: "triangle-up" } as const;

/** Accuracies with their intervals, below each other in the order given. */
export function accuracyBars(rows: readonly AccuracyRow[], options: AccuracyBarsOptions = {}): Chart {
  if (rows.length === 0) throw new ChartError("Cannot draw accuracies: there are none");
  const { chance } = options;
  const intervals = rows.map(({ interval }) => interval);
  const x = accuracyAxis(intervals, chance);
  const values = rows.map(({ label, interval, kind = "model" }) => ({
    label,
    kind: KINDS[kind],
    ...dotValues(interval, x),
  }));
  const kinds = (Object.keys(KINDS) as (keyof typeof KINDS)[])
    .filter((kind) => values.some((value) => value.kind === KINDS[kind]));
  const { param, opacity } = legendHighlight("kind");
  const legend = kinds.length > 1 ? {} : { legend: null };
  const domain = kinds.map((kind) => KINDS[kind]);
  const shared = {
    y: {
      field: "label",
      type: "nominal",
      sort: null,
      title: null,
      axis: { ticks: false, domain: false, ...shortened(AXIS_CHARACTERS) },
    },
    color: {
      field: "kind",
      type: "nominal",
      title: null,
      scale: { domain, range: kinds.map((kind) => COLORS[kind]) },
      ...legend,
    },
    opacity,
  };
  const shape = {
    field: "kind",
    type: "nominal",
    title: null,
    scale: { domain, range: kinds.map((kind) => SHAPES[kind]) },
    ...legend,
  };
  const layers = dotLayers(shared, x, shape, [
    { field: "label", title: "What" },
    { field: "text", title: "Accuracy" },
    { field: "n", title: "Images", format: ",d" },
  ]);
  return makeChart({
    id: "accuracies",
    title: "Accuracy on unseen images, with its interval",
    subtitle: chance === undefined ? undefined : `Dotted line: chance, ${formatShare(chance, { exact: true })}`,
    alt: `${rows.map(({ label, interval }) => `${label} ${formatInterval(interval)}`).join("; ")}.` +
      (chance === undefined ? "" : ` Chance is ${formatShare(chance, { exact: true })}.`),
    views: {
      ...FIT,
      height: 34 * rows.length,
      data: { values },
      layer: [
        ...(chance === undefined ? [] : [{
          data: { values: [{ chance }] },
          mark: { type: "rule", strokeDash: [2, 3], strokeWidth: 1.5 },
          encoding: { x: { ...x, field: "chance" } },
        }]),
        { ...layers[0], params: [param] },
        ...layers.slice(1),
      ],
    },
  }, options);
}
