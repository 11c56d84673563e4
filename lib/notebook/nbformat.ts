/** Output of a code cell, as nbformat 4.5 has it. */
export type Output =
  | { output_type: "stream"; name: "stdout" | "stderr"; text: string }
  | { output_type: "display_data"; data: MimeBundle; metadata: Record<string, unknown> }
  | { output_type: "execute_result"; data: MimeBundle; metadata: Record<string, unknown>; execution_count: number }
  | { output_type: "error"; ename: string; evalue: string; traceback: string[] };

/** One result in several forms, by MIME type. */
export type MimeBundle = Record<string, unknown>;

export interface Cell {
  readonly cell_type: "code" | "markdown" | "raw";
  readonly id: string;
  readonly metadata: { readonly tags?: readonly string[] };
  /** The text, with line breaks. */
  readonly source: string;
  /** Of code cells. */
  readonly outputs: readonly Output[];
  readonly execution_count: number | null;
}

export interface Notebook {
  /** File name without folder and ending, as "01_dataset". */
  readonly name: string;
  readonly cells: readonly Cell[];
}

/** What a parameter may be. */
export type Parameter = string | number | boolean | null;

/** A notebook that cannot be read. The message names the file and the rule. */
export class NotebookError extends Error {
  override name = "NotebookError";
}

/**
 * Reads a notebook of nbformat 4.5 (later minor versions too).
 *
 * @throws NotebookError when there is no such file, when it is no JSON or no such notebook.
 */
export async function readNotebook(path: string): Promise<Notebook> {
  const fail = (rule: string) => new NotebookError(`Cannot read the notebook "${path}": ${rule}`);
  const text = await Deno.readTextFile(path).catch((error: Error) => {
    throw fail(error instanceof Deno.errors.NotFound ? "there is no such file" : error.message);
  });
  let json;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw fail(`it is no JSON (${(error as Error).message})`);
  }
  if (json?.nbformat !== 4 || !(json.nbformat_minor >= 5) || !Array.isArray(json.cells)) {
    throw fail(`it must be nbformat 4.5 or a later 4, it is ${json?.nbformat}.${json?.nbformat_minor}`);
  }
  const name = path.split(/[\\/]/).at(-1)!.replace(/\.ipynb$/, "");
  return { name, cells: json.cells.map(readCell) };

  function readCell(cell: Cell & { source: string | string[] }, i: number): Cell {
    if (!["code", "markdown", "raw"].includes(cell.cell_type)) {
      throw fail(`cell ${i + 1} is of the unknown type "${cell.cell_type}"`);
    }
    return {
      cell_type: cell.cell_type,
      id: cell.id,
      metadata: cell.metadata ?? {},
      source: [cell.source].flat().join(""),
      outputs: [],
      execution_count: null,
    };
  }
}

/**
 * Sets parameters the way papermill does: a cell tagged `injected-parameters` right after the one tagged `parameters`.
 *
 * @throws NotebookError when a parameter is set and no cell is tagged `parameters`.
 */
export function withParameters(notebook: Notebook, parameters: Readonly<Record<string, Parameter>>): Notebook {
  if (Object.keys(parameters).length === 0) return notebook;
  const at = notebook.cells.findIndex((cell) => cell.metadata.tags?.includes("parameters"));
  if (at < 0) throw new NotebookError(`Cannot set parameters of "${notebook.name}": no cell is tagged "parameters"`);
  const injected: Cell = {
    cell_type: "code",
    id: "injected-parameters",
    metadata: { tags: ["injected-parameters"] },
    source: Object.entries(parameters).map(([name, value]) => `${name} = ${JSON.stringify(value)};`).join("\n"),
    outputs: [],
    execution_count: null,
  };
  return { ...notebook, cells: notebook.cells.toSpliced(at + 1, 0, injected) };
}
