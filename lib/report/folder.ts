import { basename, dirname, join } from "node:path";
import { FileError, sweep, temporaryName, writeWhole } from "../files/mod.ts";
import type { ExecutedNotebook } from "../notebook/mod.ts";
import { tableCsv } from "./csv.ts";
import { ReportError } from "./errors.ts";
import { rankedFindings } from "./_index_findings.ts";
import type { NotebookEntry } from "./_index_notebooks.ts";
import { type IndexOptions, renderIndex } from "./index_page.ts";
import { type NotebookPageOptions, renderNotebook } from "./notebook_page.ts";
import { type NotebookResult, type ReportSettings, resultsOf } from "./results.ts";

const KEPT = "last-report.json";

/** Bytes written to try a folder out: more than most pages need, so that a full disk shows before the work. */
const PROBE_BYTES = 8 * 1024 * 1024;

/**
 * The folder that reports are written to.
 *
 * | file | what it is |
 * | --- | --- |
 * | `index.html`, `report.json` | the whole report, for people and for programs |
 * | `NAME.html`, `data/NAME.json`, `data/NAME.TABLE.csv` | a notebook that ran to its end |
 * | `NAME.partial.html`, `data/NAME.partial.json` | one that did not; an earlier finished one stays beside it |
 * | `data/last-report.json` | what the next report compares itself with |
 *
 * Each file appears whole or not at all.
 */
export class ReportFolder {
  private constructor(
    readonly path: string,
    /** The first of the folders that had to be made. */
    readonly created: string | null,
  ) {}

  /**
   * Opens the folder, makes it where it is missing, tries whether it can be written to, and removes what killed
   * processes left in it.
   *
   * @throws ReportError when nothing can be written there: what stands in the way.
   */
  static async open(path: string): Promise<ReportFolder> {
    const created = await firstMissing(path);
    const probe = temporaryName(join(path, "probe"));
    try {
      await writeWhole(probe, new Uint8Array(PROBE_BYTES));
      await Deno.remove(probe);
    } catch (error) {
      if (created !== null) await Deno.remove(created, { recursive: true }).catch(() => {});
      const reason = error instanceof FileError ? error.message.replace(/^Cannot write ".*": /s, "") : String(error);
      throw new ReportError(`Cannot write reports to "${path}": ${reason}`, { cause: error });
    }
    await sweep(path);
    await sweep(join(path, "data"));
    return new ReportFolder(path, created);
  }

  /** Takes the folder away again if opening made it and nothing has come into it. */
  async discardIfNew(): Promise<void> {
    let path = this.path;
    while (this.created !== null && path.length >= this.created.length) {
      try {
        await Deno.remove(path); // fails on a folder that holds something
      } catch {
        return;
      }
      path = dirname(path);
    }
  }

  /** Writes a notebook's page, data and tables. Give it redacted. */
  async addNotebook(
    notebook: ExecutedNotebook,
    settings: ReportSettings,
    options: Omit<NotebookPageOptions, "dataset">,
  ): Promise<NotebookResult> {
    const isDone = notebook.status === "done";
    const stem = isDone ? notebook.name : `${notebook.name}.partial`;
    const page = `${stem}.html`;
    const result = resultsOf(notebook, { page, at: options.at, settings });
    const html = await renderNotebook(notebook, {
      ...options,
      dataset: settings.dataset,
      provenance: { ...options.provenance, ...result.footer },
    });
    const tables = isDone ? tableFiles(result) : [];
    for (const { path, csv } of tables) await writeWhole(join(this.path, path), csv);
    await writeWhole(join(this.path, page), html);
    await writeWhole(join(this.path, "data", `${stem}.json`), JSON.stringify(result));
    if (isDone) {
      await this.#remove(`${notebook.name}.partial.html`);
      await this.#remove(join("data", `${notebook.name}.partial.json`));
      await this.#removeOldTables(notebook.name, tables.map(({ path }) => basename(path)));
    }
    return result;
  }

  /**
   * What this folder holds of a notebook. Results on other data are not this report's; their page is only mentioned.
   *
   * @param title Where it has not run.
   */
  async entry(name: string, title: string, fingerprint: string): Promise<NotebookEntry> {
    const done = await this.#read(`${name}.json`);
    const partial = await this.#read(`${name}.partial.json`);
    const result = [partial, done].find((found) => found?.settings.fingerprint === fingerprint) ?? null;
    const earlier = done !== null && done !== result
      ? { page: done.page, at: done.at, dataset: done.settings.dataset }
      : null;
    return { name, title: result?.title ?? title, result, earlier };
  }

  /** Writes `index.html` and `report.json` of what the folder holds. */
  async writeIndex(options: Omit<IndexOptions, "files">): Promise<void> {
    const results = options.notebooks.flatMap(({ result }) => result === null ? [] : [result]);
    const tables = results.filter(({ status }) => status === "done").flatMap(tableFiles);
    const files = [
      { path: "report.json", label: "Every figure, finding and table" },
      ...tables.map(({ path, title }) => ({ path, label: title })),
    ];
    await writeWhole(join(this.path, "report.json"), JSON.stringify(reportData(options, results), null, 2) + "\n");
    await writeWhole(join(this.path, "index.html"), await renderIndex({ ...options, files }));
  }

  /** What {@link keep} kept, or null where there is nothing that can be read. */
  async kept(): Promise<unknown> {
    try {
      return JSON.parse(await Deno.readTextFile(join(this.path, "data", KEPT)));
    } catch {
      return null;
    }
  }

  /** Keeps something for the next report in this folder. */
  async keep(what: unknown): Promise<void> {
    await writeWhole(join(this.path, "data", KEPT), JSON.stringify(what));
  }

  async #read(file: string): Promise<NotebookResult | null> {
    try {
      const result = JSON.parse(await Deno.readTextFile(join(this.path, "data", file)));
      return result?.version === 1 ? result : null;
    } catch {
      return null; // never written, or no longer readable: then it has to run again
    }
  }

  async #remove(file: string): Promise<void> {
    await Deno.remove(join(this.path, file)).catch(() => {});
  }

  async #removeOldTables(name: string, keep: readonly string[]): Promise<void> {
    for await (const { name: file } of Deno.readDir(join(this.path, "data"))) {
      const isTable = file.startsWith(`${name}.`) && file.endsWith(".csv");
      if (isTable && !keep.includes(file)) await this.#remove(join("data", file));
    }
  }
}

/** `report.json`: everything but pictures. */
function reportData(options: Omit<IndexOptions, "files">, results: readonly NotebookResult[]): unknown {
  const of = <T extends object>(pick: (result: NotebookResult) => readonly T[]) =>
    results.flatMap((result) => pick(result).map((item) => ({ notebook: result.name, ...item })));
  return {
    version: 1,
    at: options.at,
    settings: options.settings,
    since: options.since?.record() ?? null,
    provenance: options.provenance ?? {},
    notebooks: options.notebooks.map(({ name, title, result }) => ({
      name,
      title,
      status: result?.status ?? "not run",
      failure: result?.failure ?? null,
      page: result?.page ?? null,
      seconds: result?.seconds ?? null,
      at: result?.at ?? null,
      settings: result?.settings ?? null,
      footer: result?.footer ?? {},
    })),
    findings: rankedFindings(results).map(({ item, result }) => ({ notebook: result.name, ...item })),
    figures: of(({ figures }) => figures),
    tables: of(({ tables }) => tables),
    charts: of(({ charts }) => charts.map(({ id, title, alt, cell }) => ({ id, title, alt, cell }))),
  };
}

/** Where each table of a notebook goes. Two of the same name get numbers. */
function tableFiles(result: NotebookResult): { path: string; title: string; csv: string }[] {
  const taken = new Set<string>();
  return result.tables.map((table) => {
    const base = table.id.replace(/[^\w-]+/g, "-").slice(0, 80) || "table";
    let id = base;
    for (let n = 2; taken.has(id); n++) id = `${base}-${n}`;
    taken.add(id);
    return { path: `data/${result.name}.${id}.csv`, title: table.title || table.id, csv: tableCsv(table) };
  });
}

async function firstMissing(path: string): Promise<string | null> {
  let missing: string | null = null;
  for (let at = path;; at = dirname(at)) {
    if (await Deno.lstat(at).then(() => true, () => false) || dirname(at) === at) return missing;
    missing = at;
  }
}
