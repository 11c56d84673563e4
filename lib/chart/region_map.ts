import { formatShare } from "../display/mod.ts";
import { makeChart } from "./_spec.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { ChartError } from "./errors.ts";
import { COLORS, INK } from "./theme.ts";

/**
 * What each part of the pictures tells: a grid laid over them, the stronger a cell's colour, the higher its share.
 *
 * @param shares Row by row, each from 0 to 1: of the images whose class is told from that cell alone.
 * @param options.chance The share that is had by guessing; paler than that no cell is.
 */
export function regionMap(
  shares: readonly (readonly number[])[],
  options: ChartOptions & { readonly chance: number },
): Chart {
  const columns = shares[0]?.length ?? 0;
  if (columns === 0 || shares.some((row) => row.length !== columns)) {
    throw new ChartError(
      `Cannot draw a map of regions: its rows must be equally long, they have ${
        shares.map((row) => row.length).join(", ") || "no"
      } cells`,
    );
  }
  const { chance } = options;
  const values = shares.flatMap((row, y) =>
    row.map((share, x) => ({ x, y, share: Number(share.toPrecision(4)), text: formatShare(share, { n: 1 }) }))
  );
  const highest = values.reduce((best, value) => value.share > best.share ? value : best);
  const axis = (field: string) => ({ field, type: "ordinal", axis: null });
  return makeChart({
    id: "region-map",
    title: "How much each part of the pictures tells on its own",
    subtitle: "Images whose class a small model tells from that part alone",
    alt: `A grid of ${columns} by ${shares.length} parts laid over the pictures. The most telling part, column ` +
      `${highest.x + 1} of row ${highest.y + 1}, tells the class of ${highest.text} of the images; guessing gets ` +
      `${formatShare(chance, { n: 1 })}.`,
    views: {
      width: { step: 46 },
      height: { step: 34 },
      data: { values },
      encoding: { x: axis("x"), y: axis("y") },
      layer: [
        {
          mark: { type: "rect", fill: COLORS.heat, stroke: INK, strokeOpacity: 0.15 },
          encoding: {
            fillOpacity: {
              field: "share",
              type: "quantitative",
              // Half as good again as guessing must not look like a find.
              scale: { domain: [chance, Math.max(0.6, highest.share)], range: [0.03, 1], clamp: true },
              legend: null,
            },
            tooltip: [{ field: "text", title: "Class told" }],
          },
        },
        {
          mark: { type: "text", fontSize: 11, tooltip: null },
          encoding: {
            text: { field: "text" },
            // Up to there, the text around the chart is legible on it, be it dark or light.
            color: { condition: { test: "datum.share > 0.6", value: "#ffffff" }, value: INK },
          },
        },
      ],
    },
  }, options);
}
