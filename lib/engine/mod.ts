/**
 * Choosing what executes tensors. Whoever needs tensors imports them from here: `tf` is TensorFlow.js's core, `layers`
 * its Keras-like models.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import { describe, type Engine, EngineError, loaders } from "./_choice.ts";
import type { Body, FileFacts, Grafted, Recorded } from "./onnx/exported/mod.ts";
import type { EngineInfo, EngineLayout, EngineName, EngineOptions, EngineReport } from "./types.ts";

export type {
  Body,
  FileFacts,
  Grafted,
  GraphParts,
  PlainAttribute,
  PlainConstant,
  PlainNode,
  Port,
  RawPart,
  Recorded,
} from "./onnx/exported/mod.ts";
export * as tf from "@tensorflow/tfjs-core";
export * as layers from "@tensorflow/tfjs-layers";
export type {
  Optimizer,
  Scalar,
  Tensor,
  Tensor1D,
  Tensor2D,
  Tensor4D,
  TensorLike,
  TypedArray,
} from "@tensorflow/tfjs-core";
export type { LayersModel, Sequential, SymbolicTensor } from "@tensorflow/tfjs-layers";
export type {
  OnnxFile,
  OnnxFileTensor,
  OnnxPort,
  OnnxSession,
  WrittenGraph,
  WrittenNode,
  WrittenWeight,
} from "./onnx/file/mod.ts";
export type { EngineInfo, EngineLayout, EngineName, EngineOptions, EngineReport };
export { EngineError };
export { isPlain as isPlainLayer } from "./onnx/steps/settings.ts";
export { LIBRARIES, libraryFolder, LINK, loadSavedModel, placeOf, PRELOAD, type SavedModel } from "./tensorflow/mod.ts";

/** ONNX files of others, read and run as they are, whatever engine is in use. Loaded when wanted. */
export function onnxFiles(): Promise<typeof import("./onnx/file/mod.ts")> {
  return import("./onnx/file/mod.ts");
}

/** The engines that there are, the preferred one first. */
export const engines: readonly EngineName[] = ["onnx", "tensorflow", "tensorflow-gpu", "webgpu", "wasm", "cpu"];

let engine: Engine | undefined;

/**
 * Loads an engine and makes it execute all tensors from now on. A second call with the same name and options does
 * nothing.
 *
 * ```ts
 * import { current, tf, use } from "./mod.ts";
 *
 * await use("cpu");
 * console.assert(tf.sum([1, 2, 3]).dataSync()[0] === 6);
 * console.assert(current().name === "cpu");
 * ```
 *
 * @throws {EngineError} where the name or the number of threads is none of those possible.
 * @throws {Error} where the engine's native library cannot be loaded.
 */
export async function use(name: string, options: EngineOptions = {}): Promise<EngineInfo> {
  const { threads, layout } = options;
  if (!isEngineName(name)) {
    throw new EngineError(`Cannot use the engine "${name}": it must be one of ${engines.join(", ")}`);
  }
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1)) {
    throw new EngineError(`Cannot use ${threads} threads: their number must be an integer from 1`);
  }
  const same = engine?.info.name === name && (threads === undefined || threads === engine.info.threads) &&
    (layout === undefined || name !== "onnx" || layout === engine.info.layout);
  if (!same) engine = await loaders[name](threads, layout ?? engine?.info.layout);
  return engine!.info;
}

function isEngineName(name: string): name is EngineName {
  return (engines as readonly string[]).includes(name);
}

/** The engine in use. Throws before the first {@link use}. */
export function current(): EngineInfo {
  return inUse().info;
}

/**
 * What the engine in use would say of itself with another number of threads: how it runs in a Worker. Engines that have
 * one thread stay as they are.
 */
export function currentWith(threads: number): EngineInfo {
  const info = current();
  return info.name === "onnx" ? { ...info, ...describe(info.name, info.version, threads) } : info;
}

/**
 * Ends the engine in use and gives its memory back. A Worker must call this before it ends: sessions are native memory,
 * which would otherwise stay in the process for good.
 */
export function end(): void {
  current();
  engine = undefined;
  tf.removeBackend(tf.getBackend());
}

/** Calls of fallback kernels in Workers, which have engines of their own. */
const elsewhere = new Map<string, number>();

/** Adds what an engine in a Worker had to leave to TensorFlow.js's plain JavaScript, so that {@link report} has it. */
export function addFallbacks(calls: EngineReport["fallbacks"]): void {
  for (const { kernel, calls: n } of calls) elsewhere.set(kernel, (elsewhere.get(kernel) ?? 0) + n);
}

/** What the engine in use has done since it was loaded, its fallbacks in Workers included. Throws before the first {@link use}. */
export function report(): EngineReport {
  const { info, fallbacks, graphs } = inUse();
  const all = new Map(fallbacks());
  for (const [kernel, calls] of elsewhere) all.set(kernel, (all.get(kernel) ?? 0) + calls);
  const sorted = [...all].map(([kernel, calls]) => ({ kernel, calls })).sort((a, b) => b.calls - a.calls);
  const summary = sorted.length === 0
    ? "no fallback kernels"
    : `fallback kernels: ${sorted.map(({ kernel, calls }) => `${kernel} (${calls})`).join(", ")}`;
  return { engine: info, fallbacks: sorted, graphs: graphs(), summary };
}

/**
 * Writes down what `compute` does with a tensor of that shape, as operators of standard ONNX; see `onnx/exported`.
 *
 * @throws {EngineError} unless the engine in use is `onnx`: it alone records.
 */
export async function record(
  compute: (x: tf.Tensor) => tf.Tensor,
  shape: readonly number[],
  prefix = "",
): Promise<Recorded> {
  const { name } = current();
  if (name !== "onnx") throw new EngineError(`Cannot write ONNX with the engine "${name}": it must be "onnx"`);
  const onnx = await import("./onnx/mod.ts");
  return onnx.record(compute, shape, prefix);
}

/** An ONNX file of a graph made of recorded parts, operators of one's own and parts of other files. */
export async function onnxFile(graph: Body, facts: FileFacts): Promise<Uint8Array> {
  const { modelFile } = await import("./onnx/exported/mod.ts");
  return modelFile(graph, facts);
}

/**
 * What some values of somebody else's ONNX file need, to become part of another file; see `onnx/exported`.
 *
 * @throws {Error} with a clause, where that cannot be done.
 */
export async function graftOnnx(bytes: Uint8Array, wanted: readonly string[], prefix: string): Promise<Grafted> {
  const { grafted } = await import("./onnx/exported/mod.ts");
  return grafted(bytes, wanted, prefix);
}

function inUse(): Engine {
  if (engine === undefined) throw new EngineError("Cannot ask the engine: none is in use yet, call use() first");
  return engine;
}
