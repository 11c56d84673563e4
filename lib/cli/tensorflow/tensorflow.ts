import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { escapeTerminal, progress } from "../../display/mod.ts";
import { LIBRARIES, libraryFolder, LINK, placeOf, PRELOAD } from "../../engine/mod.ts";
import { FileError, sweep, temporaryName } from "../../files/mod.ts";
import { python, PythonError } from "./python.ts";

const HELP = `Provides TensorFlow's native library for \`--engine tensorflow\`.

  deno task tensorflow [--gpu] [--dir DIR] [--yes]

  --gpu      with the libraries for NVIDIA's graphics processors (Linux)
  --dir DIR  take the libraries from this folder, as <environment>/lib/python3.12/site-packages/tensorflow
  --yes      download without asking
  --help     this text

Takes the library of a TensorFlow that the python3 on the PATH has. Where there is none, pip downloads its wheel; nothing
is installed into Python, and only the libraries are kept, below .plateau/tensorflow.
`;

/** Where the command looks and whom it asks; other than the defaults in tests only. */
export interface TensorFlowHost {
  readonly folder?: string;
  /** Null where nobody can be asked. */
  readonly ask?: ((question: string) => string | null) | null;
  readonly python?: typeof python;
  readonly print?: (text: string) => void;
  readonly printError?: (text: string) => void;
}

interface Options {
  readonly gpu?: boolean;
  readonly dir?: string;
  readonly yes?: boolean;
  readonly help?: boolean;
}

/** `deno task tensorflow`. Returns the exit status. */
export async function tensorflow(args: readonly string[], host: TensorFlowHost = {}): Promise<number> {
  const print = host.print ?? console.log;
  const printError = host.printError ?? console.error;
  let options: Options;
  try {
    options = parseArgs({
      args: [...args],
      options: {
        gpu: { type: "boolean" },
        dir: { type: "string" },
        yes: { type: "boolean", short: "y" },
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
  const folder = host.folder ?? libraryFolder();
  const call = host.python ?? python;
  try {
    if (options.dir !== undefined) {
      await link(resolve(Deno.env.get("INIT_CWD") ?? Deno.cwd(), options.dir), folder);
      print("TensorFlow's libraries are taken from that folder. `deno task report --engine tensorflow` uses them.");
      return 0;
    }
    if (!options.gpu && await isThere(folder)) {
      print("TensorFlow's libraries are there already. `deno task report --engine tensorflow` uses them.");
      return 0;
    }
    const found = options.gpu ? null : (await call(["find"])).folder as string | null;
    if (found !== null && await has(found)) {
      await link(found, folder);
      print("TensorFlow's libraries are taken from the Python on the PATH, where they stay.");
      return 0;
    }
    return await fetchWheels(folder, options, call, print, host.ask);
  } catch (error) {
    if (!(error instanceof PythonError || error instanceof FileError)) throw error;
    printError(escapeTerminal(
      `Cannot provide TensorFlow: ${error.message}. The default engine, "onnx", needs neither Python nor pip; ` +
        `\`--dir\` takes the libraries from a folder. docs/engines.md says more`,
    ));
    return 1;
  }
}

async function fetchWheels(
  folder: string,
  options: Options,
  call: typeof python,
  print: (text: string) => void,
  asked: TensorFlowHost["ask"],
): Promise<number> {
  // The smaller wheel without GPU code exists for Linux on x86-64 only.
  const small = !options.gpu && Deno.build.os === "linux" && Deno.build.arch === "x86_64";
  const name = small ? "tensorflow-cpu" : "tensorflow";
  const { file, bytes } = await call(["size", name]) as { file: string; bytes: number | null };
  const gpu = options.gpu ? ", and some 2.5 GB of NVIDIA's libraries" : "";
  print(escapeTerminal(
    `${file} is to be downloaded: ${bytes === null ? "size unknown" : `${Math.round(bytes / 1e6)} MB`}${gpu}. ` +
      `Of it, the libraries are kept below .plateau/tensorflow; nothing is installed.`,
  ));
  const ask = asked === undefined ? (Deno.stdin.isTerminal() ? prompt : null) : asked;
  if (!options.yes && ask !== null && !/^(y(es)?)?$/i.test(ask("Download it? [Y/n]")?.trim() ?? "n")) {
    print("Nothing was downloaded.");
    return 0;
  }
  const temporary = temporaryName(folder);
  try {
    const wheels = join(temporary, "wheels");
    await Deno.mkdir(wheels, { recursive: true });
    await sweep(join(folder, ".."));
    await download(call, wheels, [name]);
    if (options.gpu) {
      const [wheel] = await wheelsIn(wheels);
      await download(call, wheels, (await call(["needs", wheel])).packages as string[]);
    }
    const bar = progress({ label: "Unpacking the libraries", total: 1 });
    const { files } = await call(["unpack", temporary, ...await wheelsIn(wheels)], ({ done, total }) => {
      if (typeof done === "number") bar.update(done / (total as number));
    });
    await bar.finish();
    await Deno.remove(wheels, { recursive: true });
    const before = inOrder(files as string[]);
    if (before.length > 0) {
      const lines = before.map((library) => join(folder, library));
      await Deno.writeTextFile(join(temporary, PRELOAD), `${lines.join("\n")}\n`);
    }
    await Deno.remove(folder, { recursive: true }).catch(() => {});
    await Deno.rename(temporary, folder);
  } catch (error) {
    await Deno.remove(temporary, { recursive: true }).catch(() => {});
    if (error instanceof PythonError) throw error;
    throw new FileError((error as Error).message, { cause: error });
  }
  print(`TensorFlow is there. \`deno task report --engine tensorflow${options.gpu ? "-gpu" : ""}\` uses it.`);
  return 0;
}

async function download(call: typeof python, folder: string, packages: readonly string[]): Promise<void> {
  if (packages.length === 0) return;
  if (!(await call(["download", folder, ...packages])).done) {
    throw new PythonError(`pip could not download ${packages.join(", ")}, see above`);
  }
}

async function wheelsIn(folder: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  return entries.filter(({ name }) => name.endsWith(".whl")).map(({ name }) => join(folder, name)).sort();
}

/** NVIDIA's libraries need each other: what is named first needs nothing that comes after it. */
const ORDER = ["cudart", "nvJitLink", "nvrtc", "cublasLt", "cublas", "cufft", "curand", "cusparse", "cusolver"];

/** Libraries to load before TensorFlow's, in an order that resolves what they need of each other. */
export function inOrder(files: readonly string[]): string[] {
  const rank = (file: string) => {
    const at = ORDER.findIndex((name) => file.startsWith(`lib${name}.`));
    return at < 0 ? ORDER.length : at;
  };
  return files.filter((file) => !file.startsWith("libtensorflow")).toSorted((a, b) =>
    rank(a) - rank(b) || (a < b ? -1 : 1)
  );
}

/** Notes where the libraries are, instead of copying them. */
async function link(place: string, folder: string): Promise<void> {
  if (!await has(place)) {
    throw new FileError(`the folder "${place}" has no ${LIBRARIES.core}`);
  }
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(join(folder, LINK), `${place}\n`);
}

async function isThere(folder: string): Promise<boolean> {
  return await has(await placeOf(folder));
}

async function has(folder: string): Promise<boolean> {
  const all = Object.values(LIBRARIES).map((name) => Deno.stat(join(folder, name)).then(() => true, () => false));
  return (await Promise.all(all)).every((there) => there);
}

if (import.meta.main) Deno.exit(await tensorflow(Deno.args));
