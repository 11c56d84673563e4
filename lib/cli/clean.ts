import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { escapeTerminal, formatCount } from "../display/mod.ts";
import { cacheRoot, projectRoot } from "../files/mod.ts";

const HELP = `Says what the workbench has generated, and removes it.

  deno task clean [--yes] [--answers]

  --yes      remove it without asking
  --answers  also what people answered in the labelling quiz, which no machine can make again
  --help     this text

Reports written elsewhere with --out are not touched.
`;

/** What the folders in the cache are for. */
const PURPOSES: Readonly<Record<string, string>> = {
  pixels: "decoded images; made again in seconds to minutes",
  sample: "the sample data set; drawn again in under a minute",
  store: "trained models and their histories; would have to be trained again",
  "engine.json": "the fastest engine; measured again in seconds",
  tensorflow: "TensorFlow's library; downloaded again in a minute",
  plans: "how fast this machine trains; measured again in seconds",
  selftest: "where a self-test was stopped",
  features: "what pre-trained networks make of the images; made again in seconds to minutes",
  backbones: "pre-trained networks from Hugging Face; would have to be downloaded again",
  offers: "what notebooks found for the verdict; running them again finds it again",
  pipeline: "fitted classifiers, the saved one too; fitted again in seconds to minutes",
  verdict: "what fitted classifiers said of sealed test sets; asked again in seconds",
  ledger: "reads of the sealed test sets; cannot be made again",
  answers: "what people answered in the labelling quiz; cannot be made again",
};

/** Hours of somebody's time: removed only when named. */
const PEOPLES = ["answers"];

/** Where the command looks and whom it asks; other than the defaults in tests only. */
export interface CleanHost {
  /** Folders whose parts are listed one by one. */
  readonly folders?: readonly string[];
  /** Null where nobody can be asked. */
  readonly ask?: ((question: string) => string | null) | null;
  readonly print?: (text: string) => void;
  readonly printError?: (text: string) => void;
}

/** `deno task clean`. Returns the exit status. */
export async function clean(args: readonly string[], host: CleanHost = {}): Promise<number> {
  const print = host.print ?? console.log;
  const printError = host.printError ?? console.error;
  let options: { yes?: boolean; answers?: boolean; help?: boolean };
  try {
    options = parseArgs({
      args: [...args],
      options: {
        yes: { type: "boolean", short: "y" },
        answers: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    printError(`${(error as Error).message.split(". ")[0]}\n\n${HELP}`);
    return 2;
  }
  if (options.help) {
    print(HELP);
    return 0;
  }
  const all = await generated(host.folders ?? [cacheRoot(), join(projectRoot(), "reports")]);
  const items = all.filter(({ label }) => options.answers || !PEOPLES.includes(basename(label)));
  if (items.length < all.length) print("Answers of people are kept; --answers removes them too.");
  if (items.length === 0) {
    print("There is nothing to remove.");
    return 0;
  }
  for (const { label, bytes, files } of items) {
    const purpose = PURPOSES[basename(label)];
    print(escapeTerminal(
      `${sizeText(bytes).padStart(9)}  ${label} (${formatCount(files)} ${files === 1 ? "file" : "files"})` +
        (purpose ? `: ${purpose}` : ""),
    ));
  }
  const total = sizeText(items.reduce((sum, { bytes }) => sum + bytes, 0));
  if (!options.yes) {
    const ask = host.ask === undefined ? (Deno.stdin.isTerminal() ? prompt : null) : host.ask;
    if (ask === null) {
      print(`${total} in all. \`deno task clean --yes\` removes it.`);
      return 0;
    }
    if (!/^y(es)?$/i.test(ask(`Remove all of it, ${total}? [y/N]`)?.trim() ?? "")) {
      print("Nothing was removed.");
      return 0;
    }
  }
  try {
    for (const { path } of items) await Deno.remove(path, { recursive: true });
  } catch (error) {
    printError(`Cannot remove everything: ${(error as Error).message}`);
    return 1;
  }
  print(`Removed ${total}.`);
  return 0;
}

interface Item {
  readonly path: string;
  readonly label: string;
  readonly bytes: number;
  readonly files: number;
}

async function generated(folders: readonly string[]): Promise<Item[]> {
  const items: Item[] = [];
  for (const folder of folders) {
    // A report is one thing; a cache has parts that cost differently to make again.
    if (basename(folder) === "reports") {
      const size = await sizeOf(folder);
      if (size.files > 0) items.push({ path: folder, label: "reports", ...size });
      continue;
    }
    for (const { name } of await entries(folder)) {
      const path = join(folder, name);
      items.push({ path, label: join(basename(folder), name), ...await sizeOf(path) });
    }
  }
  return items.sort((a, b) => b.bytes - a.bytes);
}

async function sizeOf(path: string): Promise<{ bytes: number; files: number }> {
  const info = await Deno.lstat(path).catch(() => null);
  if (info === null) return { bytes: 0, files: 0 };
  if (!info.isDirectory) return { bytes: info.size, files: 1 };
  let bytes = 0, files = 0;
  for (const { name } of await entries(path)) {
    const inner = await sizeOf(join(path, name));
    bytes += inner.bytes;
    files += inner.files;
  }
  return { bytes, files };
}

async function entries(folder: string): Promise<Deno.DirEntry[]> {
  const list = await Array.fromAsync(Deno.readDir(folder)).catch(() => []);
  return list.sort((a, b) => a.name < b.name ? -1 : 1);
}

function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const power = Math.min(3, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${value.toFixed(value < 10 ? 1 : 0)} ${["B", "kB", "MB", "GB"][power]}`;
}

if (import.meta.main) Deno.exit(await clean(Deno.args));
