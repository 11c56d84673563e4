import type { Message } from "./_wire.ts";
import { Kernel, KernelError } from "./kernel.ts";
import { type Cell, type Notebook, type Output, type Parameter, withParameters } from "./nbformat.ts";

/** A live progress display that a cell shows, by its MIME type. It belongs to the moment: it is not kept as output. */
export const PROGRESS_MIME = "application/vnd.plateau.progress+json";

/** Where a running notebook is. */
export interface NotebookProgress {
  readonly notebook: string;
  /** Code cells: which of how many, 1-based, the injected one not counted. */
  readonly cell: number;
  readonly cells: number;
  /** What the cell's latest progress display says, where it has one. */
  readonly display?: {
    readonly label: string;
    readonly done: number;
    readonly total: number;
    readonly etaSeconds: number | null;
    readonly text: string;
  };
}

/** How a notebook ended. Where it is not done, what was finished is there. */
export interface ExecutedNotebook extends Notebook {
  readonly status: "done" | "failed" | "interrupted";
  /** Null when it is done. */
  readonly failure: Failure | null;
  readonly seconds: number;
}

/** What stopped a notebook. */
export interface Failure {
  /** Which code cell, 1-based, the injected one not counted; 0 before the first. */
  readonly cell: number;
  readonly name: string;
  readonly message: string;
  readonly traceback: readonly string[];
}

export interface RunOptions {
  /** Where the kernel starts. */
  readonly cwd: string;
  readonly parameters?: Readonly<Record<string, Parameter>>;
  /** Code to run before the first cell, not shown. The kernel is locked by then: see `lock()`. */
  readonly prelude?: string;
  readonly onProgress?: (progress: NotebookProgress) => void;
  /** Called with each cell that has run, its outputs in it, whether it failed or not. */
  readonly onCell?: (cell: Cell) => void;
  /** Aborting interrupts the running cell, which ends as it likes; no further cell is run. */
  readonly signal?: AbortSignal;
}

const LOCK = `void (await import(${JSON.stringify(new URL("./privacy.ts", import.meta.url).href)})).lock();`;

/**
 * Runs a notebook in a kernel of its own, cell by cell, and stops at the first cell that fails, when the kernel dies or
 * when the signal comes; what was finished by then is kept. The kernel can neither use the network nor start programs.
 *
 * @throws NotebookError when parameters are given and no cell is tagged `parameters`.
 */
export async function runNotebook(notebook: Notebook, options: RunOptions): Promise<ExecutedNotebook> {
  const start = performance.now();
  const { signal, onProgress } = options;
  const prepared = withParameters(notebook, options.parameters ?? {});
  const cells = [...prepared.cells];
  const code = cells.flatMap((cell, at) => cell.cell_type === "code" ? [at] : []);
  const count = code.filter((at) => !isInjected(cells[at])).length;
  let failure: Failure | null = null;
  let kernel: Kernel | null = null;
  const interrupt = () => kernel?.interrupt();
  let number = 0;
  try {
    kernel = await Kernel.start({ cwd: options.cwd });
    signal?.addEventListener("abort", interrupt);
    failure = await runPrelude(kernel, LOCK) ?? await runPrelude(kernel, options.prelude ?? "");
    for (const at of code) {
      if (failure || signal?.aborted) break;
      if (!isInjected(cells[at])) number++;
      const where = { notebook: notebook.name, cell: number, cells: count };
      onProgress?.(where);
      const { outputs, error } = await kernel.execute(cells[at].source, (message) => {
        const display = progressOf(message);
        if (display) onProgress?.({ ...where, display });
      });
      // The last assignment has a value, which is of no interest.
      const shown = isInjected(cells[at])
        ? outputs.filter(({ output_type }) => output_type !== "execute_result")
        : outputs.flatMap(lasting);
      cells[at] = { ...cells[at], outputs: shown, execution_count: number || null };
      options.onCell?.(cells[at]);
      if (error) failure = { cell: number, ...error };
    }
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    failure = { cell: number, name: error.name, message: error.message, traceback: [] };
  } finally {
    signal?.removeEventListener("abort", interrupt);
    await kernel?.close();
  }
  if (signal?.aborted && code.some((at) => cells[at].execution_count === null && !isInjected(cells[at]))) {
    failure = { cell: number, name: "Interrupted", message: "it was interrupted", traceback: [] };
  }
  const status = failure === null ? "done" : signal?.aborted ? "interrupted" : "failed";
  const seconds = (performance.now() - start) / 1000;
  return { name: notebook.name, cells, status, failure, seconds };
}

function isInjected(cell: Cell): boolean {
  return cell.metadata.tags?.includes("injected-parameters") ?? false;
}

async function runPrelude(kernel: Kernel, code: string): Promise<Failure | null> {
  if (code === "") return null;
  const { error } = await kernel.execute(code);
  return error ? { cell: 0, ...error } : null;
}

function progressOf({ content }: Message): NotebookProgress["display"] {
  return content?.data?.[PROGRESS_MIME];
}

/** Progress belongs to its moment; only what it said at its end is kept. */
function lasting(output: Output): Output[] {
  if (!("data" in output) || !(PROGRESS_MIME in output.data)) return [output];
  const { [PROGRESS_MIME]: record, ...data } = output.data;
  const { finished, text } = record as { finished?: boolean; text?: string };
  return finished && text ? [{ ...output, data }] : [];
}
