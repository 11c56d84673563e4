import { formatCount } from "../display/mod.ts";
import { FIT, makeChart } from "./_spec.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { ChartError } from "./errors.ts";
import { PALETTE } from "./theme.ts";

/** Width and height of an image, in pixels. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** With more different sizes than this, neighbouring ones are drawn as one. */
const MOST_POINTS = 400;

/** Widths against heights; larger circles stand for more images of that size. */
export function imageSizes(sizes: readonly ImageSize[], options: ChartOptions = {}): Chart {
  if (sizes.length === 0) throw new ChartError("Cannot draw image sizes: there are no images");
  const values = countedSizes(sizes);
  const commonest = values.reduce((most, value) => (value.images > most.images ? value : most));
  const widths = sizes.map(({ width }) => width), heights = sizes.map(({ height }) => height);
  const largest = Math.max(extent(widths)[1], extent(heights)[1]);
  const axis = { tickCount: 6, format: ",d" };
  const scale = { domain: [0, largest * 1.08], nice: true };
  const total = formatCount(sizes.length);
  return makeChart({
    id: "image-sizes",
    title: values.length === 1 ? `All images are ${commonest.size} pixels` : "Sizes of the images as they are on disk",
    subtitle: "On the diagonal, images are square",
    alt: values.length === 1
      ? `All ${total} images are ${commonest.size} pixels.`
      : `${total} images, ${between(widths)} pixels wide and ${between(heights)} high. Most frequent: ` +
        `${commonest.size}, ${formatCount(commonest.images)} images.`,
    views: {
      ...FIT,
      height: 320,
      layer: [
        {
          data: { values: [{ from: 0, to: largest * 1.08 }] },
          mark: { type: "rule", strokeDash: [2, 3], opacity: 0.6 },
          encoding: {
            x: { field: "from", type: "quantitative", scale },
            y: { field: "from", type: "quantitative", scale },
            x2: { field: "to" },
            y2: { field: "to" },
          },
        },
        {
          data: { values },
          mark: { type: "circle", color: PALETTE[0], opacity: 0.8 },
          encoding: {
            x: { field: "width", type: "quantitative", title: "Width in pixels", axis, scale },
            y: { field: "height", type: "quantitative", title: "Height in pixels", axis, scale },
            size: {
              field: "images",
              type: "quantitative",
              title: "Images",
              scale: { domain: [0, commonest.images], range: [18, 500] },
              legend: commonest.images === 1 || values.length === 1
                ? null
                : { values: legendSizes(commonest.images), format: ",d", symbolFillColor: PALETTE[0] },
            },
            tooltip: [
              { field: "size", title: "Size" },
              { field: "images", title: "Images", format: ",d" },
            ],
          },
        },
      ],
    },
  }, options);
}

/** One image, the most there are, and one number between. */
function legendSizes(most: number): number[] {
  return [...new Set([1, Math.ceil(most / 3), most])];
}

interface CountedSize {
  readonly width: number;
  readonly height: number;
  readonly size: string;
  readonly images: number;
}

/** Images per size, on a grid just coarse enough to leave few of them. */
function countedSizes(sizes: readonly ImageSize[]): CountedSize[] {
  for (let step = 1;; step *= 2) {
    const counts = new Map<string, CountedSize>();
    for (const { width, height } of sizes) {
      const [x, y] = [width, height].map((side) => Math.max(1, step * Math.round(side / step)));
      const size = `${step === 1 ? "" : "about "}${x} × ${y}`;
      counts.set(size, { width: x, height: y, size, images: (counts.get(size)?.images ?? 0) + 1 });
    }
    if (counts.size <= MOST_POINTS) return [...counts.values()];
  }
}

/** Not `Math.min(...values)`: a hundred thousand arguments overflow the stack. */
function extent(values: readonly number[]): [number, number] {
  return values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
}

function between(values: readonly number[]): string {
  const [low, high] = extent(values);
  return low === high ? formatCount(low) : `${formatCount(low)} to ${formatCount(high)}`;
}
