import type { Figure } from "../../lib/display/mod.ts";
import type { NotebookResult } from "../../lib/report/mod.ts";
import { AT, SETTINGS } from "./_executed.ts";

/** A rung, as a notebook would say it. */
export const accuracy = (id: string, more: Partial<Figure> = {}): Figure => ({
  id,
  label: `Accuracy on unseen images: ${id}`,
  value: 0.25,
  low: 0.2,
  high: 0.3,
  unit: "share",
  n: 188,
  rung: "model",
  ...more,
});

/** A notebook that says these figures. */
export const result = (name: string, ...figures: Figure[]): NotebookResult => ({
  version: 1,
  name,
  title: name,
  status: "done",
  failure: null,
  page: `${name}.html`,
  seconds: 1,
  at: AT,
  settings: SETTINGS,
  figures: figures.map((figure) => ({ ...figure, cell: 1 })),
  findings: [],
  tables: [],
  charts: [],
  footer: {},
});
