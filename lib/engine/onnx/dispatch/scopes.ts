import * as tf from "@tensorflow/tfjs-core";
import type { DataInfo, DataInfos, Engine, Scope, Tensor } from "./engine.ts";

/** Scopes and the counting of tensors, as tfjs does them at every operation, without tables and closures. */

const { getTensorsInContainer } = tf.tensor_util;

export function tidy<T>(this: Engine, nameOrFn: string | (() => T), fn?: () => T): T {
  const run = fn ?? nameOrFn;
  if (typeof run !== "function") throw new Error("Please provide a function to tidy()");
  if (fn !== undefined && fn !== null && typeof nameOrFn !== "string" && !(nameOrFn as unknown instanceof String)) {
    throw new Error("When calling with two arguments, the first argument to tidy() must be a string");
  }
  this.startScope(fn == null ? undefined : nameOrFn as string);
  let result: T | undefined;
  try {
    result = run();
    if (result instanceof Promise) console.error("Cannot return a Promise inside of tidy.");
  } finally {
    this.endScope(result);
  }
  return result;
}

/** Scopes that have ended, to be used again: every operation opens one. */
const free: Scope[] = [];

export function startScope(this: Engine, name?: string): void {
  const { state } = this;
  const scope = free.pop() ?? { track: [], name: "", id: 0 };
  scope.name = name || "unnamed scope";
  scope.id = state.nextScopeId++;
  state.scopeStack.push(scope);
  state.activeScope = scope;
}

export function endScope(this: Engine, result?: unknown): void {
  const { state } = this;
  const { track, id } = state.activeScope!;
  const single = result !== null && typeof result === "object" && isTensor(result);
  const results = single ? NONE : tensorsIn(result);
  // Scopes with many results are few, those with one are everywhere.
  const ids = results.length > 0 ? new Set(results.map((tensor) => tensor.id)) : null;
  for (let index = 0; index < track.length; index++) {
    const tensor = track[index];
    if (tensor.kept || tensor === result || single && tensor.id === (result as Tensor).id) continue;
    if (ids === null || !ids.has(tensor.id)) tensor.dispose();
  }
  const { scopeStack } = state;
  const ended = scopeStack.pop()!;
  state.activeScope = scopeStack.length === 0 ? null : scopeStack[scopeStack.length - 1];
  if (single) hand(this, result as Tensor, id);
  for (const tensor of results) hand(this, tensor as Tensor, id);
  ended.track.length = 0;
  free.push(ended);
}

const NONE: readonly tf.Tensor[] = [];

/** The tensors in what a scope returns: a list or a record of them mostly, in which nothing else has to be looked for. */
function tensorsIn(result: unknown): readonly tf.Tensor[] {
  // tfjs would go through every number.
  if (result === null || typeof result !== "object" || ArrayBuffer.isView(result)) return NONE;
  const parts = Array.isArray(result) ? result : Object.values(result);
  return parts.every((part) => part !== null && typeof part === "object" && isTensor(part))
    ? parts
    : getTensorsInContainer(result as tf.TensorContainer);
}

/** A result of an inner scope belongs to the outer one then, unless somebody keeps it. */
function hand(engine: Engine, tensor: Tensor, scope: number): void {
  if (!tensor.kept && tensor.scopeId === scope) engine.track(tensor);
}

/** What tfjs takes for a tensor: several copies of its classes may meet. */
function isTensor(value: object): value is Tensor {
  const { data, dataSync, throwIfDisposed } = value as Tensor & { throwIfDisposed: unknown };
  return data != null && dataSync != null && throwIfDisposed != null;
}

export function trackTensor(this: Engine, tensor: Tensor, backend: tf.KernelBackend | null): void {
  const { dtype, dataId } = tensor;
  const { state } = this;
  if (dtype === "string" || dtype === "complex64") return stock.trackTensor.call(this, tensor, backend);
  state.numTensors++;
  const bytes = tensor.size * (dtype === "bool" ? 1 : 4);
  state.numBytes += bytes;
  if (!state.tensorInfo.has(dataId)) {
    state.numDataBuffers++;
    state.tensorInfo.set(dataId, { backend: backend || this.backend, dtype, shape: tensor.shape, bytes });
  }
  if ((tensor as tf.Tensor as tf.Variable).assign === undefined) this.track(tensor);
}

export function disposeTensor(this: Engine, tensor: Tensor): void {
  const { dtype, dataId } = tensor;
  const { state } = this;
  if (dtype === "string" || dtype === "complex64") return stock.disposeTensor.call(this, tensor);
  const info = state.tensorInfo.get(dataId);
  if (info === undefined) return;
  state.numTensors--;
  state.numBytes -= tensor.size * (dtype === "bool" ? 1 : 4);
  const { backend } = info;
  // Disposing may have moved it or taken it away already.
  if (backend.disposeData(dataId) && state.tensorInfo.get(dataId)?.backend === backend) {
    state.tensorInfo.delete(dataId);
    state.numDataBuffers--;
  }
}

/** tfjs's own. */
export const stock = {} as Pick<Engine, "trackTensor" | "disposeTensor" | "runKernel">;

/**
 * What the engine knows of data, kept on the data id itself. A table with weak keys, tfjs's own, has to be gone through
 * at every collection of garbage, and a step makes hundreds of entries.
 */
export class InfosOnIds implements DataInfos {
  /** @param before Where data that exists already is known. */
  constructor(readonly before: DataInfos) {}

  get(dataId: Marked): DataInfo | undefined {
    return dataId[INFO] === undefined ? this.before.get(dataId) : dataId[INFO] ?? undefined;
  }

  has(dataId: Marked): boolean {
    return this.get(dataId) !== undefined;
  }

  set(dataId: Marked, info: DataInfo): this {
    dataId[INFO] = info;
    return this;
  }

  delete(dataId: Marked): boolean {
    const had = this.has(dataId);
    dataId[INFO] = null;
    return had;
  }
}

const INFO = Symbol("engine's information");

interface Marked {
  /** null where it was taken away. */
  [INFO]?: DataInfo | null;
}
