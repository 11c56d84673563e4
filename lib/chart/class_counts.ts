import { formatCount } from "../display/mod.ts";
import { AXIS_CHARACTERS, FIT, legendHighlight, makeChart, shortened } from "./_spec.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { ChartError } from "./errors.ts";
import { COLORS } from "./theme.ts";

/** Numbers of images per class. */
export interface ClassCounts {
  /** [K] Names. */
  readonly classes: readonly string[];
  /** [K] Images for training and validation. */
  readonly development: readonly number[];
  /** [K] Images of the sealed test set. */
  readonly sealed: readonly number[];
}

/** With more classes than this, only the largest and the smallest are drawn. */
const MOST_ROWS = 60;

/** Bars with the images of each class, split into development and sealed test set, in the order given. */
export function classCounts({ classes, development, sealed, ...options }: ClassCounts & ChartOptions): Chart {
  if (classes.length === 0) throw new ChartError("Cannot draw class counts: there are no classes");
  if (development.length !== classes.length || sealed.length !== classes.length) {
    throw new ChartError(
      `Cannot draw class counts: ${classes.length} classes need as many counts, ` +
        `there are ${development.length} for development and ${sealed.length} for the sealed test set`,
    );
  }
  const rows = classes.map((name, index) => ({
    name,
    counts: { Development: development[index], "Sealed test set": sealed[index] },
    total: development[index] + sealed[index],
  }));
  const bySize = rows.toSorted((a, b) => b.total - a.total);
  const largest = bySize[0], smallest = bySize[bySize.length - 1];
  const left = new Set(rows.length <= MOST_ROWS ? [] : bySize.slice(MOST_ROWS / 2, -MOST_ROWS / 2));
  const shown = left.size === 0 ? rows : bySize.filter((row) => !left.has(row));

  const values = shown.flatMap(({ name, counts, total }) =>
    Object.entries(counts).map(([part, images], order) => ({ class: name, part, images, total, order }))
  );
  const { param, opacity } = legendHighlight("part");
  return makeChart({
    id: "class-counts",
    title: "Images per class",
    subtitle: left.size === 0
      ? undefined
      : `The ${MOST_ROWS / 2} largest and the ${MOST_ROWS / 2} smallest of ${formatCount(classes.length)} classes`,
    alt: `${formatCount(classes.length)} classes with ${formatCount(sum(development))} images for development and ` +
      `${formatCount(sum(sealed))} in the sealed test set. ` + (largest.total === smallest.total
        ? `Each class has ${formatCount(largest.total)}.`
        : `The largest class is ${largest.name} with ${formatCount(largest.total)}, the smallest ${smallest.name} ` +
          `with ${formatCount(smallest.total)} images.`),
    views: {
      ...FIT,
      height: shown.length * (shown.length > 30 ? 16 : 22),
      data: { values },
      params: [param],
      mark: { type: "bar" },
      encoding: {
        y: {
          field: "class",
          type: "nominal",
          sort: null,
          title: null,
          scale: { paddingInner: 0.2 },
          axis: { ticks: false, domain: false, ...shortened(AXIS_CHARACTERS) },
        },
        x: {
          field: "images",
          type: "quantitative",
          title: "Images",
          axis: { tickMinStep: 1, tickCount: 6, format: ",d" },
        },
        order: { field: "order" },
        color: {
          field: "part",
          type: "nominal",
          title: null,
          scale: { domain: ["Development", "Sealed test set"], range: [COLORS.development, COLORS.sealed] },
        },
        opacity,
        tooltip: [
          { field: "class", title: "Class" },
          { field: "part", title: "Part" },
          { field: "images", title: "Images", format: ",d" },
          { field: "total", title: "Images of the class", format: ",d" },
        ],
      },
    },
  }, options);
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
