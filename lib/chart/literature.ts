import { formatCount, formatInterval, formatNumber, formatShare } from "../display/mod.ts";
import { dotValues, type ScoreInterval } from "./_dots.ts";
import { FIT, makeChart } from "./_spec.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { ChartError } from "./errors.ts";
import { COLORS, INK, PALETTE } from "./theme.ts";

/** One published accuracy. */
export interface LiteraturePoint {
  readonly dataset: string;
  /** K. */
  readonly classes: number;
  readonly method: string;
  readonly kind: "from-scratch" | "linear-probe" | "fine-tuned" | "classic" | "human";
  /** Training images per class; null for people, who need none. */
  readonly imagesPerClass: number | null;
  /** A share from 0 to 1. */
  readonly accuracy: number;
  /** The same adjusted for chance: 0 is guessing. */
  readonly adjusted: number;
  /** As "Brigato et al. 2022". */
  readonly citation: string;
  /** Whether it is near enough to say what to expect; the others are drawn faintly. */
  readonly comparable: boolean;
}

/** An accuracy of one's own. */
export interface OwnAccuracy {
  readonly label: string;
  readonly imagesPerClass: number;
  readonly accuracy: ScoreInterval;
  readonly adjusted: ScoreInterval;
}

/** What else is in the picture. */
export interface LiteratureOptions extends ChartOptions {
  /** Draw accuracies adjusted for chance. */
  readonly adjusted?: boolean;
  /** Accuracy of guessing on one's own data, a share: drawn as a line. */
  readonly chance: number;
  /** Images per class that count as comparable: drawn as a band. */
  readonly band: readonly [number, number];
}

const KINDS = {
  "from-scratch": { label: "From scratch", color: PALETTE[4], shape: "circle" },
  "linear-probe": { label: "Frozen features", color: PALETTE[2], shape: "square" },
  "fine-tuned": { label: "Fine-tuned", color: PALETTE[3], shape: "triangle-up" },
  classic: { label: "No deep network", color: COLORS.chance, shape: "cross" },
  human: { label: "People", color: PALETTE[1], shape: "diamond" },
  own: { label: "Yours", color: COLORS.model, shape: "circle" },
} as const;

/** Own points stand beside each other, though all have about the same number of images. */
const OWN_STEP = 11;

/**
 * Published accuracies against training images per class, with one's own among them. People, who are trained on no
 * images, stand on the right edge.
 */
export function literature(
  points: readonly LiteraturePoint[],
  own: readonly OwnAccuracy[],
  options: LiteratureOptions,
): Chart {
  if (points.length === 0 && own.length === 0) throw new ChartError("Cannot draw published accuracies: there are none");
  const { adjusted = false, chance, band } = options;
  const measure = adjusted ? "adjusted" : "accuracy";
  const title = adjusted ? "Chance-adjusted accuracy" : "Accuracy";
  const placed = points.filter((point) => point.imagesPerClass !== null);
  const people = points.filter((point) => point.imagesPerClass === null);
  const axisX = axis(placed, own, band);
  const x = { field: "imagesPerClass", type: "quantitative", ...axisX };
  const lowest = Math.min(0, ...points.map((point) => point[measure]), ...own.map((one) => one[measure].low));
  const y = {
    field: "accuracy",
    type: "quantitative",
    title,
    scale: { domain: [Math.floor(lowest * 10) / 10, 1], nice: false },
    axis: { format: ".0%", tickCount: 5 },
  };
  const kinds = (Object.keys(KINDS) as (keyof typeof KINDS)[])
    .filter((kind) => kind === "own" ? own.length > 0 : points.some((point) => point.kind === kind));
  const domain = kinds.map((kind) => KINDS[kind].label);
  const color = {
    field: "kind",
    type: "nominal",
    title: null,
    scale: { domain, range: kinds.map((kind) => KINDS[kind].color) },
    legend: { columns: 3, symbolOpacity: 1 },
  };
  const shape = { ...color, scale: { domain, range: kinds.map((kind) => KINDS[kind].shape) } };
  const published = {
    color,
    shape,
    y,
    opacity: {
      condition: [
        { test: { and: [{ param: "highlight" }, "datum.comparable"] }, value: 0.9 },
        { param: "highlight", value: 0.3 },
      ],
      value: 0.05,
    },
    size: { condition: { test: "datum.comparable", value: 60 }, value: 26 },
    tooltip: [
      { field: "dataset", title: "Data set" },
      { field: "classes", title: "Classes" },
      { field: "method", title: "Method" },
      { field: "images", title: "Images per class" },
      { field: "text", title: "Accuracy" },
      { field: "adjustedText", title: "Adjusted" },
      { field: "citation", title: "Source" },
    ],
  };
  return makeChart({
    id: adjusted ? "literature-adjusted" : "literature",
    title: adjusted ? "The same, adjusted for chance: 0 is guessing" : "Published accuracies, and yours among them",
    subtitle: subtitle(own, people.length > 0, adjusted ? null : chance),
    alt: alternative(points, own, measure, band),
    views: {
      ...FIT,
      height: 330,
      layer: [
        {
          data: { values: [{ from: band[0], to: band[1] }] },
          mark: { type: "rect", color: INK, opacity: 0.07, tooltip: null },
          encoding: { x: { ...x, field: "from" }, x2: { field: "to" } },
        },
        {
          data: { values: [{ accuracy: adjusted ? 0 : chance }] },
          mark: { type: "rule", strokeDash: [2, 3], strokeWidth: 1.5, tooltip: null },
          encoding: { y },
        },
        {
          params: [{ name: "highlight", select: { type: "point", fields: ["kind"] }, bind: "legend" }],
          // The comparable ones on top.
          data: { values: placed.toSorted((a, b) => Number(a.comparable) - Number(b.comparable)).map(value) },
          mark: { type: "point", filled: true },
          encoding: { ...published, x },
        },
        ...(people.length === 0 ? [] : [{
          data: { values: people.map(value) },
          mark: { type: "point", filled: true, clip: false },
          encoding: { ...published, x: { value: "width" } },
        }]),
        ...own.flatMap((one, index) => ownLayers(one, index - (own.length - 1) / 2, measure, { x, y, color, shape })),
      ],
    },
  }, options);

  function value(point: LiteraturePoint): Record<string, unknown> {
    const { dataset, classes, method, kind, imagesPerClass, accuracy, adjusted, citation, comparable } = point;
    return {
      dataset,
      classes,
      method,
      kind: KINDS[kind].label,
      imagesPerClass,
      images: imagesPerClass === null ? "not trained" : formatNumber(Math.round(imagesPerClass)),
      accuracy: Number(point[measure].toPrecision(6)),
      text: formatShare(accuracy),
      adjustedText: formatShare(adjusted),
      citation,
      comparable,
    };
  }
}

/** A line from bound to bound and a ringed dot, moved sideways by `place` steps. */
function ownLayers(
  one: OwnAccuracy,
  place: number,
  measure: "accuracy" | "adjusted",
  { x, y, color, shape }: Record<"x" | "y" | "color" | "shape", Record<string, unknown>>,
): Record<string, unknown>[] {
  const { estimate, low, high, text, n } = dotValues(one[measure], WHOLE_AXIS);
  const values = [{
    kind: KINDS.own.label,
    label: one.label,
    imagesPerClass: one.imagesPerClass,
    images: formatNumber(Math.round(one.imagesPerClass)),
    accuracy: estimate,
    low,
    high,
    n,
    text,
  }];
  const tooltip = [
    { field: "label", title: "Yours" },
    { field: "images", title: "Images per class" },
    { field: "text", title: measure === "adjusted" ? "Adjusted" : "Accuracy" },
    { field: "n", title: "Measured on images", format: ",d" },
  ];
  const xOffset = place * OWN_STEP;
  return [
    {
      data: { values },
      mark: { type: "rule", strokeWidth: 3, xOffset },
      encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color, tooltip },
    },
    {
      data: { values },
      mark: { type: "point", filled: true, opacity: 1, size: 130, stroke: INK, strokeWidth: 1.5, xOffset },
      encoding: { x, y, color, shape, tooltip },
    },
  ];
}

const WHOLE_AXIS = { type: "quantitative", scale: { domain: [0, 1], nice: false } } as const;

/** From the fewest to the most images per class, in decades. */
function axis(points: readonly LiteraturePoint[], own: readonly OwnAccuracy[], band: readonly [number, number]) {
  const all = [...points.map((point) => point.imagesPerClass!), ...own.map((one) => one.imagesPerClass), ...band];
  const least = Math.max(0.1, Math.min(...all)), most = Math.max(...all);
  const decades = Array.from({ length: 8 }, (_, power) => 10 ** (power - 1));
  return {
    title: "Training images per class (logarithmic)",
    scale: { type: "log", domain: [least / 1.15, most * 1.15], nice: false },
    axis: { values: decades.filter((it) => it >= least / 1.15 && it <= most * 1.15), format: ",~r", grid: true },
  };
}

function subtitle(own: readonly OwnAccuracy[], people: boolean, chance: number | null): string {
  return [
    own.length === 0
      ? ""
      : `Yours, at ${formatNumber(Math.round(own[0].imagesPerClass))} images per class${
        own.length > 1 ? ", from left to right" : ""
      }: ${own.map(({ label }) => label).join(", ")}.`,
    "In the grey band: comparable numbers of images; faint: not comparable.",
    people ? "People stand on the right edge." : "",
    chance === null ? "" : `Dotted line: chance on your data, ${formatShare(chance, { exact: true })}.`,
  ].filter((part) => part !== "").join(" ");
}

function alternative(
  points: readonly LiteraturePoint[],
  own: readonly OwnAccuracy[],
  measure: "accuracy" | "adjusted",
  [from, to]: readonly [number, number],
): string {
  const near = points.filter(({ comparable }) => comparable);
  const ranges = (Object.keys(KINDS) as (keyof typeof KINDS)[]).flatMap((kind) => {
    const some = near.filter((point) => point.kind === kind).map((point) => point[measure]);
    if (some.length === 0) return [];
    const [low, high] = [Math.min(...some), Math.max(...some)].map((share) => formatShare(share));
    return [`${KINDS[kind].label.toLowerCase()} ${low} to ${high} (${formatCount(some.length)})`];
  });
  const datasets = new Set(near.map(({ dataset }) => dataset)).size;
  const band = `${formatNumber(Math.round(from))} to ${formatNumber(Math.round(to))} training images per class`;
  return `${formatCount(points.length)} published accuracies. ` +
    (near.length === 0
      ? `None is comparable, at ${band}.`
      : `Comparable, at ${band} on ${datasets} data sets: ${ranges.join("; ")}.`) +
    (own.length === 0
      ? ""
      : ` Yours: ${own.map((one) => `${one.label} ${formatInterval(one[measure])}`).join("; ")}, at ${
        formatNumber(Math.round(own[0].imagesPerClass))
      } images per class.`);
}
