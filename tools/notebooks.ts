import { basename, join } from "node:path";
import { filesBelow } from "./_run.ts";

interface Cell {
  readonly cell_type: string;
  readonly id?: string;
  readonly source: string | readonly string[];
  readonly outputs?: readonly unknown[];
  readonly execution_count?: number | null;
  readonly metadata?: { readonly tags?: readonly string[] };
}

interface Notebook {
  readonly nbformat: number;
  readonly nbformat_minor: number;
  readonly cells: readonly Cell[];
  readonly metadata: { readonly kernelspec?: { readonly name?: string } };
}

/**
 * What keeps a notebook from being committed: outputs, execution counts, a wrong format, missing or repeated ids,
 * other parameters than its neighbours.
 */
export async function notebookFaults(folder: string): Promise<string[]> {
  const faults: string[] = [];
  let first: { readonly path: string; readonly parameters: string } | null = null;
  for (const path of await filesBelow(folder, ".ipynb")) {
    const text = await Deno.readTextFile(path);
    const notebook: Notebook = JSON.parse(text);
    const say = (fault: string) => faults.push(`${path}: ${fault}`);
    if (notebook.nbformat !== 4 || notebook.nbformat_minor !== 5) say("is not nbformat 4.5");
    if (notebook.metadata.kernelspec?.name !== "deno") say("does not name the deno kernel");
    if (text !== JSON.stringify(notebook, null, 1) + "\n") {
      say("is not written as Jupyter writes it (one space indent)");
    }
    const ids = notebook.cells.map((cell) => cell.id);
    if (ids.includes(undefined) || new Set(ids).size < ids.length) say("has cells without an id of their own");
    const code = notebook.cells.filter((cell) => cell.cell_type === "code");
    if (code.some((cell) => cell.outputs?.length || cell.execution_count !== null)) {
      say("has outputs or execution counts; clear them before committing");
    }
    const parameters = code.find((cell) => cell.metadata?.tags?.includes("parameters"));
    if (parameters === undefined) say('has no cell tagged "parameters"');
    else {
      const source = [parameters.source].flat().join("");
      first ??= { path, parameters: source };
      if (source !== first.parameters) say(`has other parameters than ${basename(first.path)}`);
    }
  }
  return faults;
}

/** Writes each notebook's code as one module, so that the type checker sees it. @returns Their paths. */
export async function writeNotebookModules(folder: string, target: string): Promise<string[]> {
  await Deno.mkdir(target, { recursive: true });
  const modules: string[] = [];
  for (const path of await filesBelow(folder, ".ipynb")) {
    const notebook: Notebook = JSON.parse(await Deno.readTextFile(path));
    const cells = notebook.cells.filter((cell) => cell.cell_type === "code").map((cell) =>
      [cell.source].flat().join("")
    );
    const module = join(target, basename(path, ".ipynb") + ".ts");
    await Deno.writeTextFile(module, cells.join("\n;\n") + "\n;export {};\n");
    modules.push(module);
  }
  return modules;
}
