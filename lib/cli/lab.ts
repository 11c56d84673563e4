import { join } from "node:path";
import { parseArgs } from "node:util";
import { escapeTerminal } from "../display/mod.ts";
import { cacheRoot, projectRoot, writeWhole } from "../files/mod.ts";
import { queueUrl } from "./_queue_process.ts";
import { startQueueRelay } from "./_queue_relay.ts";
import { typedPath } from "./_report_options.ts";

const HELP = `Opens the notebooks in JupyterLab, with the Deno kernel.

  deno task lab [DIR] [--queue URL] [-- OPTIONS OF JUPYTERLAB]

  DIR          a study of your own, as \`deno task new\` makes it; the project's notebooks without it
  --queue URL  train on the machines of a queue, as of the report; by default what PLATEAU_QUEUE says
  --help       this text

The kernel is installed below .plateau/jupyter: nothing outside the project is touched.
`;

/** What starts; other than the default in tests only. */
export interface LabHost {
  readonly program?: string;
  readonly print?: (text: string) => void;
  readonly printError?: (text: string) => void;
}

/** `deno task lab`. Returns JupyterLab's exit status, or 2 for a wrong call, 1 where it is missing. */
export async function lab(args: readonly string[], host: LabHost = {}): Promise<number> {
  const print = host.print ?? console.log;
  const printError = (text: string) => (host.printError ?? console.error)(escapeTerminal(text));
  const end = args.indexOf("--");
  const [own, jupyters] = end < 0 ? [args, []] : [args.slice(0, end), args.slice(end + 1)];
  let values: { help?: boolean; queue?: string }, positionals: string[];
  try {
    ({ values, positionals } = parseArgs({
      args: [...own],
      allowPositionals: true,
      options: { help: { type: "boolean", short: "h" }, queue: { type: "string" } },
    }));
  } catch (error) {
    printError((error as Error).message.split(". ")[0]);
    return 2;
  }
  if (values.help) {
    print(HELP);
    return 0;
  }
  const folder = positionals.length > 0 ? typedPath(positionals[0]) : join(projectRoot(), "notebooks");
  if (!await Deno.stat(folder).then(({ isDirectory }) => isDirectory, () => false)) {
    printError(`Cannot open JupyterLab: there is no folder "${folder}"`);
    return 1;
  }
  const kernels = await installKernel();
  try {
    const url = queueUrl(values.queue);
    await using relay = url === null ? null : await startQueueRelay(url, false);
    if (relay !== null) print(`Experiments are trained on the machines of ${relay.shown}.`);
    const child = new Deno.Command(host.program ?? "jupyter", {
      args: ["lab", `--ServerApp.root_dir=${folder}`, ...jupyters],
      env: {
        ...(relay === null ? {} : { PLATEAU_RELAY: `${relay.port}:${relay.token}` }),
        JUPYTER_PATH: [kernels, Deno.env.get("JUPYTER_PATH") ?? ""].filter((path) => path !== "").join(":"),
      },
    }).spawn();
    return (await child.status).code;
  } catch (error) {
    if ((error as Error).name === "QueueError") {
      printError((error as Error).message);
      return 1;
    }
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    printError(
      "Cannot open JupyterLab: there is no jupyter on the PATH. `pip install jupyterlab` installs it; VS Code with its " +
        "Jupyter extension opens the notebooks too, after `deno jupyter --install`. docs/notebooks.md says more",
    );
    return 1;
  }
}

/**
 * Writes a kernelspec for Deno into the project's cache.
 *
 * @returns What `JUPYTER_PATH` must name.
 */
export async function installKernel(): Promise<string> {
  const root = join(cacheRoot(), "jupyter");
  await writeWhole(
    join(root, "kernels", "deno", "kernel.json"),
    JSON.stringify({
      argv: [Deno.execPath(), "jupyter", "--kernel", "--conn", "{connection_file}"],
      display_name: "Deno",
      language: "typescript",
    }),
  );
  return root;
}

if (import.meta.main) Deno.exit(await lab(Deno.args));
