import { join } from "node:path";
import { parseArgs } from "node:util";
import { escapeTerminal } from "../display/mod.ts";
import { projectRoot } from "../files/mod.ts";
import { typedPath } from "./_report_options.ts";

const HELP = `Makes a copy of the notebooks for a study of your own, bound to your data, to be edited freely.

  deno task new DIR [--data FOLDER] [--notebooks 03,07]

  --data FOLDER     a folder of labelled images; the bundled sample without it
  --notebooks LIST  only these, by number
  --help            this text

\`deno task report --notebooks DIR\`, or \`deno task report\` in DIR, runs them and writes DIR/reports. In JupyterLab or
VS Code they run with the Deno kernel (docs/notebooks.md).
`;

/** Where the notebooks come from; other than the project's in tests only. */
export interface NewHost {
  readonly notebooks?: string;
  readonly print?: (text: string) => void;
  readonly printError?: (text: string) => void;
}

/** `deno task new`. Returns the exit status. */
export async function scaffold(args: readonly string[], host: NewHost = {}): Promise<number> {
  const print = host.print ?? console.log;
  const printError = (text: string) => (host.printError ?? console.error)(escapeTerminal(text));
  let values: { data?: string; notebooks?: string; help?: boolean }, positionals: string[];
  try {
    ({ values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        data: { type: "string" },
        notebooks: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    }));
  } catch (error) {
    printError((error as Error).message.split(". ")[0]);
    return 2;
  }
  if (values.help) {
    print(HELP);
    return 0;
  }
  if (positionals.length !== 1) {
    printError(`Name one folder for the study, as \`deno task new my-study\`; there are ${positionals.length}`);
    return 2;
  }
  const source = host.notebooks ?? join(projectRoot(), "notebooks");
  const target = typedPath(positionals[0]);
  const data = values.data === undefined ? "" : typedPath(values.data);
  try {
    if (data !== "" && !(await Deno.stat(data)).isDirectory) {
      throw new Error(`--data must be a folder, "${data}" is none`);
    }
    const names = await chosenNotebooks(source, values.notebooks);
    await mustBeFree(target);
    await Deno.mkdir(target, { recursive: true });
    for (const name of names) {
      await Deno.writeTextFile(join(target, name), bound(await Deno.readTextFile(join(source, name)), data));
    }
    await Deno.writeTextFile(join(target, "deno.json"), await importsFor());
    const count = names.length === 1 ? "One notebook is" : `${names.length} notebooks are`;
    print(escapeTerminal(`${count} in ${positionals[0]}; edit them as you like.`));
    const typed = /\s/.test(positionals[0]) ? `"${positionals[0]}"` : positionals[0];
    print(escapeTerminal(`\`deno task report --notebooks ${typed}\` runs them.`));
    print(escapeTerminal(`\`deno task lab ${typed}\` opens them in JupyterLab; docs/notebooks.md says more.`));
    return 0;
  } catch (error) {
    printError(`Cannot make the study "${positionals[0]}": ${(error as Error).message}`);
    return 1;
  }
}

/** The line of the parameters that says which data: the text itself, whatever the environment may put before it. */
const DATA_LINE = /^(let data = (?:given\.PLATEAU_DATA \?\? )?)("(?:[^"\\]|\\.)*");/m;

/** The data that a study's notebooks are bound to; empty for the sample. */
export function boundData(source: string): string {
  const found = DATA_LINE.exec(source);
  return found === null ? "" : JSON.parse(found[2]);
}

/** The notebook, as text, with `data` in its parameters. */
function bound(text: string, data: string): string {
  const notebook = JSON.parse(text);
  for (const cell of notebook.cells) {
    if (!cell.metadata?.tags?.includes("parameters")) continue;
    const source = [cell.source].flat().join("");
    const lines = source.replace(DATA_LINE, (_, start) => `${start}${JSON.stringify(data)};`).split("\n");
    cell.source = lines.map((line, i) => i < lines.length - 1 ? `${line}\n` : line);
  }
  return `${JSON.stringify(notebook, null, 1)}\n`;
}

async function chosenNotebooks(folder: string, list: string | undefined): Promise<string[]> {
  const all = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name)
    .filter((name) => /^\d{2}_.*\.ipynb$/.test(name)).sort();
  if (list === undefined) return all;
  const wanted = list.split(",").map((number) => number.trim().padStart(2, "0"));
  const missing = wanted.find((number) => !all.some((name) => name.startsWith(`${number}_`)));
  if (missing !== undefined) throw new Error(`--notebooks names "${missing}", there are ${all.join(", ")}`);
  return all.filter((name) => wanted.includes(name.slice(0, 2)));
}

/** Nobody's edited notebooks are written over. */
async function mustBeFree(folder: string): Promise<void> {
  const there = await Array.fromAsync(Deno.readDir(folder)).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  });
  if (there.length > 0) throw new Error("the folder is there already and not empty");
}

/**
 * A `deno.json` by which a kernel that is started in the study finds the workbench and all that it imports, and
 * `deno task report` in it the workbench's command.
 */
async function importsFor(): Promise<string> {
  const config = join(projectRoot(), "deno.json");
  const { imports, unstable, allowScripts } = JSON.parse(await Deno.readTextFile(config));
  const plateau = new URL("../mod.ts", import.meta.url).href;
  const report = {
    description: "Runs the notebooks of this study and writes reports/index.html",
    command: `deno task --quiet --config ${JSON.stringify(config)} report --notebooks .`,
  };
  return `${
    JSON.stringify({ tasks: { report }, unstable, allowScripts, imports: { ...imports, plateau } }, null, 2)
  }\n`;
}

if (import.meta.main) Deno.exit(await scaffold(Deno.args));
