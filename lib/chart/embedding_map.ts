import { formatShare } from "../display/mod.ts";
import { CHART_WIDTH, INK, PALETTE } from "./theme.ts";
import { LEGEND_CHARACTERS, legendColumns, legendHighlight, makeChart, shortened } from "./_spec.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { ChartError } from "./errors.ts";

/** An image on a map. */
export interface MapPoint {
  readonly x: number;
  readonly y: number;
  /** Index into the classes. */
  readonly label: number;
  /** Which class a model said; the true one where it is right. */
  readonly said: number;
  /** The image's file. */
  readonly path: string;
}

const SHAPES = ["circle", "square", "triangle-up", "diamond", "triangle-down"] as const;

/**
 * Images as points: those that a network sees alike lie close together. Colour and shape are the class, a dark ring is a
 * mistake. The axes mean nothing.
 *
 * @param classes K names.
 */
export function embeddingMap(
  points: readonly MapPoint[],
  classes: readonly string[],
  options: ChartOptions = {},
): Chart {
  if (points.length === 0) throw new ChartError("Cannot draw a map: there are no images");
  const wrong = points.filter(({ label, said }) => label !== said).length;
  const { param, opacity } = legendHighlight("class");
  const values = points.map(({ x, y, label, said, path }) => ({
    x: Number(x.toFixed(3)),
    y: Number(y.toFixed(3)),
    class: classes[label],
    said: classes[said],
    path,
    wrong: label !== said,
  }));
  const place = (field: "x" | "y") => ({
    field,
    type: "quantitative",
    axis: null,
    scale: { zero: false, nice: false },
  });
  const legend = {
    columns: legendColumns(classes),
    ...{ labelExpr: shortened(LEGEND_CHARACTERS).labelExpr },
  };
  const scale = (range: readonly string[], step: (k: number) => number) => ({
    domain: classes,
    range: classes.map((_, k) => range[step(k) % range.length]),
  });
  const encoding = {
    x: place("x"),
    y: place("y"),
    color: { field: "class", type: "nominal", title: null, legend, scale: scale(PALETTE, (k) => k) },
    // Classes of the same colour have another shape.
    shape: {
      field: "class",
      type: "nominal",
      title: null,
      legend,
      scale: scale(SHAPES, (k) => Math.floor(k / PALETTE.length) + (k % PALETTE.length)),
    },
    opacity,
    tooltip: [
      { field: "class", title: "Class" },
      { field: "said", title: "Said" },
      { field: "path", title: "File" },
    ],
  };
  return makeChart({
    id: "embedding-map",
    title: "The images as the network sees them",
    subtitle: "Near means alike to the network; a ring is a mistake. The axes mean nothing.",
    alt: `${points.length} images of ${classes.length} classes (${classes.join(", ")}) as points, ${wrong} of them (${
      formatShare(wrong / points.length, { n: points.length })
    }) ringed as mistakes.`,
    views: {
      width: CHART_WIDTH - 20,
      height: 430,
      data: { values },
      layer: [
        { mark: { type: "point", filled: true, size: 55 }, params: [param], encoding },
        {
          transform: [{ filter: "datum.wrong" }],
          mark: { type: "point", filled: false, size: 95, strokeWidth: 1.2, stroke: INK, shape: "circle" },
          encoding: {
            x: place("x"),
            y: place("y"),
            opacity: { ...opacity, condition: { param: "highlight", value: 0.75 } },
          },
        },
      ],
    },
  }, options);
}
