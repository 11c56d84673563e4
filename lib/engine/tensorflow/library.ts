import { CORE, FRAMEWORK } from "./symbols.ts";

/** TensorFlow's native libraries, loaded. */
export interface Library {
  readonly framework: Deno.DynamicLibrary<typeof FRAMEWORK>["symbols"];
  readonly core: Deno.DynamicLibrary<typeof CORE>["symbols"];
}

/** TensorFlow's library is missing, or cannot be used. */
export class TensorFlowError extends Error {
  override name = "TensorFlowError";
}

/** The npm package whose kernels are used; only this engine needs it, so nothing else loads it. */
export const KERNELS = "@tensorflow/tfjs-node-gpu";

/** The two libraries, by their names in the wheels of Linux and macOS. */
export const LIBRARIES: Readonly<Record<"framework" | "core", string>> = Deno.build.os === "darwin"
  ? { framework: "libtensorflow_framework.2.dylib", core: "libtensorflow_cc.2.dylib" }
  : { framework: "libtensorflow_framework.so.2", core: "libtensorflow_cc.so.2" };

/** A text file in the folder of the libraries: further libraries to load first, one path a line, in that order. */
export const PRELOAD = "preload.txt";

/** A marker that says in which folder the libraries are, where they were found in place and not copied. */
export const LINK = "where.txt";

/** Where the libraries of a folder that `deno task tensorflow` has made really are: in it, or where they were found. */
export async function placeOf(folder: string): Promise<string> {
  return (await Deno.readTextFile(`${folder}/${LINK}`).catch(() => "")).trim() || folder;
}

/**
 * Loads the libraries from a folder that `deno task tensorflow` has made.
 *
 * @throws TensorFlowError where they are not there or not TensorFlow's, naming the file.
 */
export async function openLibrary(folder: string): Promise<Library> {
  const place = await placeOf(folder);
  const paths = Object.values(LIBRARIES).map((name) => `${place}/${name}`);
  for (const path of paths) {
    if (await Deno.stat(path).catch(() => null) === null) {
      throw new TensorFlowError(
        `Cannot use the engine "tensorflow": its library "${path.split("/").at(-1)}" is not there; ` +
          `\`deno task tensorflow\` provides it, the engine "onnx" needs none`,
      );
    }
  }
  const before = (await Deno.readTextFile(`${folder}/${PRELOAD}`).catch(() => "")).split("\n").filter((line) => line);
  keepLoaded([...before, ...paths]);
  try {
    return {
      framework: Deno.dlopen(paths[0], FRAMEWORK).symbols,
      core: Deno.dlopen(paths[1], CORE).symbols,
    };
  } catch (error) {
    throw new TensorFlowError(`Cannot use the engine "tensorflow": ${(error as Error).message}`, { cause: error });
  }
}

const RTLD_NOW = 2, RTLD_GLOBAL = Deno.build.os === "darwin" ? 8 : 0x100;
const RTLD_NODELETE = Deno.build.os === "darwin" ? 0x80 : 0x1000;

/**
 * Loads libraries for as long as the process lives, each visible to the next. Deno closes what it opened when it ends,
 * and TensorFlow's threads would then run in memory that is gone: the process would end in a segmentation fault.
 */
function keepLoaded(paths: readonly string[]): void {
  const declared = { dlopen: { parameters: ["buffer", "i32"], result: "pointer" } } as const;
  const { dlopen } = Deno.dlopen(Deno.build.os === "darwin" ? "libSystem.dylib" : "libc.so.6", declared).symbols;
  for (const path of paths) {
    // What fails here is said by Deno.dlopen, with its reason.
    dlopen(new TextEncoder().encode(`${path}\0`), RTLD_NOW | RTLD_GLOBAL | RTLD_NODELETE);
  }
}
