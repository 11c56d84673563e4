import { formatCount, formatInterval, formatShare } from "../display/mod.ts";
import type { ScoreInterval } from "./_dots.ts";
import { FIT, LEGEND_CHARACTERS, legendHighlight, makeChart, shortened } from "./_spec.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { ChartError } from "./errors.ts";
import { PALETTE } from "./theme.ts";

/** What one learner makes of more and more images. */
export interface SizeSeries {
  readonly label: string;
  /** Measured. */
  readonly points: readonly { readonly images: number; readonly accuracy: ScoreInterval }[];
  /** Single draws of training images, behind the points. */
  readonly draws?: readonly { readonly images: number; readonly accuracy: number }[];
  /** What a law says, from the fewest images to the most; empty or left out where none is to be trusted. */
  readonly law?: readonly {
    readonly images: number;
    readonly accuracy: number;
    readonly low: number;
    readonly high: number;
  }[];
}

/** What else is in the picture. */
export interface SizeCurveOptions extends ChartOptions {
  /** Accuracy of guessing, a share: drawn as a line. */
  readonly chance?: number;
}

/**
 * Accuracy on unseen images against the number of images trained on, which doubles from tick to tick: measured points
 * with their intervals, single draws as small dots, and a law's line, dashed where nothing was measured.
 */
export function sizeCurve(series: readonly SizeSeries[], options: SizeCurveOptions = {}): Chart {
  if (series.length === 0) throw new ChartError("Cannot draw accuracy against images: there are no series");
  const empty = series.find(({ points }) => points.length === 0);
  if (empty) throw new ChartError(`Cannot draw accuracy against images: "${empty.label}" has no points`);
  const { chance } = options;
  const points = series.flatMap(({ label, points }) =>
    points.map(({ images, accuracy }) => ({
      label,
      images: Math.round(images),
      ...rounded({ accuracy: accuracy.estimate, low: accuracy.low, high: accuracy.high }),
      text: formatInterval(accuracy),
      n: accuracy.n,
    }))
  );
  const draws = series.flatMap(({ label, draws = [] }) =>
    draws.map(({ images, accuracy }) => ({ label, images: Math.round(images), ...rounded({ accuracy }) }))
  );
  const law = series.flatMap(({ label, law = [], points }) => {
    const last = Math.max(...points.map(({ images }) => images));
    const row = ({ images, accuracy, low, high }: typeof law[number], part: string) => ({
      label,
      part,
      images: Math.round(images),
      ...rounded({ accuracy, low, high }),
    });
    return [
      ...law.filter(({ images }) => images <= last).map((at) => row(at, "within")),
      // The last measured size belongs to both, so that the line has no gap.
      ...law.filter(({ images }) => images >= last).map((at) => row(at, "beyond")),
    ];
  });
  const all = [...points, ...law].map(({ images }) => images);
  const domain = [Math.min(...all) / 1.08, Math.max(...all) * 1.08];
  const highest = Math.max(chance ?? 0, ...points.map(({ high }) => high), ...law.map(({ high }) => high));
  const ticks = doublings(domain[0], domain[1], Math.max(...series[0].points.map(({ images }) => images)));
  const x = {
    field: "images",
    type: "quantitative",
    title: "Images trained on",
    scale: { type: "log", base: 2, domain, nice: false },
    axis: { values: ticks, format: ",d", grid: false },
  };
  const y = {
    type: "quantitative",
    title: "Accuracy on unseen images",
    scale: { domain: [0, Math.min(1, Math.ceil(10 * highest + 0.2) / 10)], nice: false },
    axis: { format: ".0%", tickCount: 5 },
  };
  const labels = series.map(({ label }) => label);
  const { param, opacity } = legendHighlight("label");
  const shared = {
    x,
    color: {
      field: "label",
      type: "nominal",
      title: null,
      scale: { domain: labels, range: labels.map((_, i) => PALETTE[i % PALETTE.length]) },
      ...(labels.length > 1 ? { legend: shortened(LEGEND_CHARACTERS) } : { legend: null }),
    },
    opacity,
  };
  const tooltip = [
    { field: "label", title: "What" },
    { field: "images", title: "Images trained on", format: ",d" },
    { field: "text", title: "Accuracy" },
    { field: "n", title: "Images measured", format: ",d" },
  ];
  return makeChart({
    id: "size-curve",
    title: "Accuracy against number of training images",
    subtitle: [
      "Small dots: single draws",
      ...(law.length > 0 ? ["line: fitted power law, dashed beyond what was measured, with its band"] : []),
      ...(chance === undefined ? [] : [`dotted line: chance, ${formatShare(chance, { exact: true })}`]),
    ].join("; "),
    alt: series.map(({ label, points, law = [] }) => {
      const beyond = law[law.length - 1];
      return `${label}: ` + points.map(({ images, accuracy }) =>
        `${formatInterval(accuracy)} with ${formatCount(images)} images`
      ).join(", ") + (beyond === undefined
        ? ""
        : `; the fitted law expects ${
          formatInterval({ estimate: beyond.accuracy, low: beyond.low, high: beyond.high })
        } with ${formatCount(beyond.images)}`);
    }).join(". ") + ".",
    views: {
      ...FIT,
      height: 300,
      layer: [
        ...(chance === undefined ? [] : [{
          data: { values: [{ chance }] },
          mark: { type: "rule", strokeDash: [2, 3], strokeWidth: 1.5 },
          encoding: { y: { ...y, field: "chance" } },
        }]),
        {
          data: { values: law },
          mark: { type: "area", opacity: 0.18 },
          encoding: {
            x,
            y: { ...y, field: "low" },
            y2: { field: "high" },
            color: shared.color,
            detail: { field: "part" },
          },
        },
        {
          data: { values: law },
          mark: { type: "line", strokeWidth: 2 },
          encoding: {
            ...shared,
            y: { ...y, field: "accuracy" },
            strokeDash: {
              field: "part",
              type: "nominal",
              legend: null,
              scale: { domain: ["within", "beyond"], range: [[1, 0], [6, 4]] },
            },
          },
        },
        {
          data: { values: draws },
          mark: { type: "point", filled: true, size: 14, strokeWidth: 0 },
          encoding: { ...shared, y: { ...y, field: "accuracy" }, opacity: { value: 0.55 } },
        },
        {
          data: { values: points },
          mark: { type: "rule", strokeWidth: 2.2 },
          encoding: { ...shared, y: { ...y, field: "low" }, y2: { field: "high" }, tooltip },
          params: [param],
        },
        {
          data: { values: points },
          mark: { type: "point", filled: true, size: 80 },
          encoding: { ...shared, y: { ...y, field: "accuracy" }, tooltip },
        },
      ],
    },
  }, options);
}

/** Ticks at the largest measured size, its halves, and its doubles. */
function doublings(from: number, to: number, at: number): number[] {
  const ticks: number[] = [];
  for (let tick = at; tick >= from; tick /= 2) ticks.unshift(Math.round(tick));
  for (let tick = 2 * at; tick <= to; tick *= 2) ticks.push(Math.round(tick));
  return ticks;
}

function rounded<K extends string>(values: Record<K, number>): Record<K, number> {
  return Object.fromEntries(
    Object.entries<number>(values).map(([name, value]) => [name, Number(value.toPrecision(5))]),
  ) as Record<K, number>;
}
