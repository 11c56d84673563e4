/**
 * A TensorFlow.js backend on ONNX Runtime: `import` this, then `await tf.setBackend("onnx")`.
 *
 * ```ts ignore
 * import * as tf from "@tensorflow/tfjs-core";
 * import "./lib/engine/onnx/mod.ts";
 *
 * await tf.setBackend("onnx");
 * tf.matMul(tf.ones([2, 3]), tf.ones([3, 2])).print();
 * ```
 *
 * How it works, and how to add a kernel, is in README.md beside this file.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { type LayoutChoice, OnnxBackend } from "./backend.ts";
import { type Recorded, recordedParts } from "./exported/recorded.ts";
import { installDispatch } from "./dispatch/mod.ts";
import type { CpuBackend } from "./fallback.ts";
import { registerBatchNormGradient } from "./gradients/batch_norm.ts";
import { registerReductionGradients } from "./gradients/reductions.ts";
import { registerSquareGradient } from "./gradients/square.ts";
import { installOptimisers } from "./optimisers/mod.ts";
import { registerKernels } from "./register.ts";
import { type PassName, passNames } from "./rewriting/mod.ts";
import { loadNative } from "./run/native.ts";
import { defaultThreads } from "./run/threads.ts";
import type { Statistics } from "./statistics.ts";
import { installSteps } from "./steps/mod.ts";

export type { LayoutChoice } from "./backend.ts";
export { type PassName, passNames } from "./rewriting/mod.ts";
export { defaultThreads } from "./run/threads.ts";
export type { Statistics } from "./statistics.ts";
export { setRepeating } from "./steps/mod.ts";

/** The name for `tf.setBackend`. */
export const BACKEND = "onnx";

let threads = defaultThreads();
let layout: LayoutChoice = "auto";
let passes: readonly PassName[] = passNames;
let backend: OnnxBackend | undefined;

/**
 * Sets how many threads one operator may use. Compiled graphs are released when that changes; results may differ in
 * their last bits between numbers of threads, never between runs with the same number.
 *
 * @throws {Error} unless it is a positive integer.
 */
export function setThreads(count: number): void {
  if (!Number.isInteger(count) || count < 1) throw new Error(`Cannot use ${count} threads: it must be 1 or more`);
  threads = count;
  if (backend !== undefined) backend.threads = count;
}

/**
 * Chooses the operators that graphs are made of: "auto" (at first) takes ONNX Runtime's blocked layout where the
 * processor has one, "standard" takes standard ONNX everywhere, which is slower and gives other last bits.
 */
export function setLayout(choice: LayoutChoice): void {
  layout = choice;
  if (backend !== undefined) backend.layout = choice;
}

/** Chooses the rewriting passes: all of them at first. They change the time that a step takes, and last bits. */
export function setRewriting(names: readonly PassName[]): void {
  passes = passNames.filter((name) => names.includes(name));
  if (backend !== undefined) backend.passes = passes;
}

/** Counts changes of lowering that change bits: results of different revisions must not pass for the same. */
const REVISION = 5;

/**
 * Version of ONNX Runtime with the revision of this compiler and the layout, and threads, once the backend is in use:
 * equal information on equal machines means equal bits.
 */
export function info(): { readonly version: string; readonly threads: number } {
  const { version, block, threads } = inUse();
  const parts = [version, `r${REVISION}`, block > 0 ? `blocks of ${block}` : "standard layout"];
  // All passes is what everybody has: other choices name themselves.
  if (passes.length < passNames.length) parts.push(`passes ${passes.join("+") || "off"}`);
  return { version: parts.join(" "), threads };
}

/** Computes everything that is held and not computed yet. Never necessary. */
export function flush(): void {
  inUse().flush();
}

/**
 * Writes down what `compute` does with a tensor of that shape, as standard ONNX operators, and runs none of it.
 *
 * @param compute Must not read values, and must be made of kernels that are lowered.
 * @param prefix Begins all names.
 * @throws {Error} where some of it cannot be written down.
 */
export function record(
  compute: (x: tf.Tensor) => tf.Tensor,
  shape: readonly number[],
  prefix = "",
): Recorded {
  const backend = inUse();
  backend.flush();
  const x = tf.tensor(new Float32Array(shape.reduce((size, extent) => size * extent, 1)), [...shape]);
  let y: tf.Tensor | undefined;
  try {
    y = tf.tidy(() => compute(x));
    return recordedParts(backend, x, y, prefix);
  } finally {
    y?.dispose();
    x.dispose();
    backend.flush(); // nothing holds what was recorded: it is dropped, not run
  }
}

/** What the backend has done so far. */
export function statistics(): Statistics {
  return inUse().statistics;
}

function inUse(): OnnxBackend {
  if (backend === undefined) throw new Error('Cannot ask the backend "onnx": it is not in use (tf.setBackend)');
  return backend;
}

tf.registerBackend(BACKEND, async () => {
  const native = await loadNative();
  const cpu = tf.findBackend("cpu") as CpuBackend & { firstUse: boolean };
  // tfjs advises at the first fallback to install another backend; here the cpu's kernels are used on purpose.
  cpu.firstUse = false;
  if (tf.getKernelsForBackend(BACKEND).length === 0) registerKernels(BACKEND, cpu);
  installDispatch(BACKEND);
  installOptimisers(BACKEND);
  installSteps(BACKEND);
  registerBatchNormGradient();
  registerReductionGradients();
  registerSquareGradient();
  backend = new OnnxBackend(native, threads);
  backend.layout = layout;
  backend.passes = passes;
  return backend;
});
