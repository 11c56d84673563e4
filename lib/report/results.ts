import {
  type Figure,
  type FindingRecord,
  type Judged,
  RECORD_MIME,
  type ResultRecord,
  type Table,
} from "../display/mod.ts";
import type { Cell, ExecutedNotebook } from "../notebook/mod.ts";
import type { ChartSource } from "./chart.ts";
import { VEGALITE } from "./output.ts";

/** With which settings a notebook ran, as the report shows them. */
export interface ReportSettings {
  /** The data set's name; never where it lies. */
  readonly dataset: string;
  /** Changes with the content of the data: reports of different data are not mixed. */
  readonly fingerprint: string;
  readonly seed: number;
  /** Time allowed, as "15m"; "none" for no limit. */
  readonly budget: string;
  readonly engine: string;
}

/** Something a cell said, and where: the `cell` is that of the page's anchor `#cell-N`, the section the heading above it. */
export type Placed<T> = T & { readonly cell: number; readonly section?: string };

export interface ChartResult extends ChartSource {
  readonly id: string;
  readonly title: string;
  readonly alt: string;
}

/** What one executed notebook says in data. It is kept beside its page, and makes up the index. */
export interface NotebookResult {
  /** Of this structure. */
  readonly version: 1;
  readonly name: string;
  readonly title: string;
  readonly status: ExecutedNotebook["status"];
  readonly failure: { readonly cell: number; readonly name: string; readonly message: string } | null;
  /** File name of its page. */
  readonly page: string;
  readonly seconds: number;
  /** When it ended: ISO 8601, UTC. */
  readonly at: string;
  readonly settings: ReportSettings;
  readonly figures: readonly Placed<Figure>[];
  readonly findings: readonly Placed<FindingRecord>[];
  readonly tables: readonly Placed<Table>[];
  readonly charts: readonly Placed<ChartResult>[];
  /** What models said of images, for the next report; missing in results of before there was one. */
  readonly judged?: readonly Judged[];
  readonly footer: Readonly<Record<string, string>>;
}

/** A code cell with its number, as pages show it; null for the injected one. */
export function cellNumbers(notebook: Pick<ExecutedNotebook, "cells">): (number | null)[] {
  let number = 0;
  return notebook.cells.map((cell) =>
    cell.cell_type !== "code" || cell.metadata.tags?.includes("injected-parameters") ? null : ++number
  );
}

/** The notebook's own title: its first heading. Its name without one. */
export function titleOf(notebook: Pick<ExecutedNotebook, "name" | "cells">): string {
  for (const cell of notebook.cells) {
    const heading = cell.cell_type === "markdown" ? /^#\s+(.+?)\s*#*$/m.exec(cell.source) : null;
    if (heading) return heading[1].replace(/[*_`]/g, "");
  }
  return notebook.name;
}

/** For each cell the section it stands in: the last heading of the second level. */
function sectionsOf(notebook: Pick<ExecutedNotebook, "cells">): (string | undefined)[] {
  let section: string | undefined;
  return notebook.cells.map((cell) => {
    const headings = cell.cell_type === "markdown" ? [...cell.source.matchAll(/^##\s+(.+?)\s*#*$/gm)] : [];
    if (headings.length > 0) section = headings[headings.length - 1][1].replace(/[*_`]/g, "");
    return section;
  });
}

/** Collects what the cells' results say in data. */
export function resultsOf(
  notebook: ExecutedNotebook,
  about: { readonly page: string; readonly at: string; readonly settings: ReportSettings },
): NotebookResult {
  const numbers = cellNumbers(notebook);
  const sections = sectionsOf(notebook);
  const bundles = notebook.cells.flatMap((cell, index) => {
    const place = { cell: numbers[index] ?? 0, ...(sections[index] === undefined ? {} : { section: sections[index] }) };
    return cell.outputs.flatMap((output) => "data" in output ? [{ data: output.data, place }] : []);
  });
  const records = bundles.flatMap(({ data, place }) =>
    isRecord(data[RECORD_MIME]) ? [{ record: data[RECORD_MIME], data, place }] : []
  );
  // A result and its chart may say the same: it counts once, where it was said first.
  const placed = <T extends object>(pick: (record: ResultRecord) => readonly T[] | undefined): Placed<T>[] => {
    const seen = new Set<string>();
    const isNew = (item: T) => !seen.has(JSON.stringify(item)) && seen.add(JSON.stringify(item));
    return records.flatMap(({ record, place }) =>
      (pick(record) ?? []).filter(isNew).map((item) => ({ ...item, ...place }))
    );
  };
  const { failure } = notebook;
  return {
    version: 1,
    name: notebook.name,
    title: titleOf(notebook),
    status: notebook.status,
    failure: failure && { cell: failure.cell, name: failure.name, message: failure.message },
    page: about.page,
    seconds: notebook.seconds,
    at: about.at,
    settings: about.settings,
    figures: placed((record) => record.figures),
    findings: placed((record) => record.findings),
    tables: placed((record) => record.tables),
    charts: records.flatMap(({ record, data, place }) => {
      if (!record.chart) return [];
      const spec = Object.entries(data).find(([type]) => VEGALITE.test(type))?.[1] ?? null;
      const svg = data["image/svg+xml"];
      return [{ ...record.chart, ...place, spec, svg: typeof svg === "string" ? svg : null, text: record.chart.alt }];
    }),
    judged: records.flatMap(({ record }) => record.judged ?? []),
    footer: Object.assign({}, ...records.map(({ record }) => record.footer ?? {})),
  };
}

/** What one cell's results found, in their order. */
export function findingsOf({ outputs }: Pick<Cell, "outputs">): FindingRecord[] {
  return outputs.flatMap((output) => {
    const record = "data" in output ? output.data[RECORD_MIME] : null;
    return isRecord(record) ? record.findings ?? [] : [];
  });
}

function isRecord(value: unknown): value is ResultRecord {
  return typeof value === "object" && value !== null;
}
