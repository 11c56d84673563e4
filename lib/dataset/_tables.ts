import type { Table } from "../display/mod.ts";
import type { Dataset } from "./dataset.ts";

/** One row per part: what a data set is, at a glance. */
export function summaryTable(dataset: Dataset): Table {
  const { development, records, classes, test, grouped, size } = dataset;
  const groups = new Set(development.map((i) => records[i].group)).size;
  return {
    id: "dataset",
    title: `${dataset.name}: ${classes.length} classes, used at ${size}x${size} pixels`,
    columns: [
      { key: "part", label: "Part" },
      { key: "images", label: "Images", unit: "count" },
      ...(grouped ? [{ key: "groups", label: "Groups", unit: "count" } as const] : []),
      { key: "smallest", label: "Smallest class", unit: "count" },
      { key: "largest", label: "Largest class", unit: "count" },
    ],
    rows: [
      {
        part: "Training and validation",
        images: development.length,
        groups,
        smallest: Math.min(...dataset.imagesPerClass()),
        largest: Math.max(...dataset.imagesPerClass()),
      },
      { part: "Test (sealed)", images: test.n, groups: test.groups, smallest: null, largest: null },
    ],
  };
}

/** One row per class. */
export function classTable(
  { name, classes }: Dataset,
  { development, test }: { readonly development: readonly number[]; readonly test: readonly number[] },
): Table {
  return {
    id: "classes",
    title: `Images per class in ${name}`,
    columns: [
      { key: "class", label: "Class" },
      { key: "development", label: "Training and validation", unit: "count" },
      { key: "test", label: "Test (sealed)", unit: "count" },
    ],
    rows: classes.map((label, i) => ({ class: label, development: development[i], test: test[i] })),
  };
}
