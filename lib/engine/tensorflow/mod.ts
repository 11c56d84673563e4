/**
 * TensorFlow itself as an engine: the kernels of the npm package `@tensorflow/tfjs-node-gpu` on TensorFlow's own native
 * library, called by Deno. The package's own native addon cannot be installed any more; its kernels need only what
 * `binding.ts` gives them.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import { join } from "node:path";
import util from "node:util";
import { cacheRoot } from "../../files/mod.ts";
import { binding } from "./binding.ts";
import { KERNELS, openLibrary, TensorFlowError } from "./library.ts";
import { TensorFlow } from "./tensorflow.ts";

export { LIBRARIES, LINK, placeOf, PRELOAD, TensorFlowError } from "./library.ts";
export { loadSavedModel, type SavedModel } from "./saved_model.ts";

let started: TensorFlow | undefined;

/**
 * Loads TensorFlow and registers it as the backend "tensorflow" of TensorFlow.js.
 *
 * @param threads Threads that one operator may use. They cannot be changed in a process.
 * @throws TensorFlowError where the library or the kernels are missing or cannot be used.
 */
export async function register(threads: number): Promise<TensorFlow> {
  return started ?? await start((await kernels()).NodeJSKernelBackend, threads);
}

/** The same with kernels that are loaded already. */
export async function start(Backend: Package["NodeJSKernelBackend"], threads: number): Promise<TensorFlow> {
  // Functions of Node's that the package still uses, and that are gone from Node.
  Object.assign(util, {
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
    isArray: Array.isArray,
    isString: (value: unknown) => typeof value === "string",
  });
  quieten();
  const tensorflow = new TensorFlow(await openLibrary(libraryFolder()), threads);
  tf.registerBackend("tensorflow", () => new Backend(binding(tensorflow), KERNELS), 0);
  return started = tensorflow;
}

/** Where `deno task tensorflow` puts the libraries, unless the environment variable `PLATEAU_TENSORFLOW` says otherwise. */
export function libraryFolder(): string {
  return Deno.env.get("PLATEAU_TENSORFLOW") || join(cacheRoot(), "tensorflow");
}

/** TensorFlow greets with a page about what it could do, on standard error. Warnings and errors stay. */
function quieten(): void {
  if (Deno.env.get("TF_CPP_MIN_LOG_LEVEL") === undefined) Deno.env.set("TF_CPP_MIN_LOG_LEVEL", "2");
}

interface Package {
  readonly NodeJSKernelBackend: new (binding: unknown, name: string) => tf.KernelBackend;
}

/**
 * Registers the package's kernels and returns its backend. The names are put together so that they are no part of the
 * program's static imports: whoever does not want TensorFlow has none of it downloaded.
 *
 * @throws TensorFlowError where the package cannot be loaded.
 */
export async function kernels(): Promise<Package> {
  const { warn } = console;
  console.warn = () => {}; // it brings tfjs's stock backends along, which say that they are there already
  try {
    await import(`${KERNELS}/dist/register_all_kernels.js`);
    return await import(`${KERNELS}/dist/nodejs_kernel_backend.js`);
  } catch (error) {
    throw new TensorFlowError(
      `Cannot use the engine "tensorflow": the npm package ${KERNELS} cannot be loaded: ${(error as Error).message}`,
      { cause: error },
    );
  } finally {
    console.warn = warn;
  }
}
