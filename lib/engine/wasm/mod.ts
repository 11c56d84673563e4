import * as tf from "@tensorflow/tfjs-core";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { quieten } from "../_cpu.ts";
import { conv2dBackpropFilter } from "./conv2d_backprop_filter.ts";

/**
 * What training needs and the stock wasm backend lacks (https://github.com/tensorflow/tfjs/issues/8474), as far as it
 * runs on tfjs's cpu kernels.
 */
const forwarded = ["DepthwiseConv2dNativeBackpropFilter", "DepthwiseConv2dNativeBackpropInput", "UnsortedSegmentSum"];

const calls = new Map<string, number>();

/** Calls that ran on tfjs's cpu kernels, by kernel name. */
export const fallbacks: ReadonlyMap<string, number> = calls;

let prepared = false;

/** Points the stock backend to its binary in the package, and adds the kernels that it lacks. */
export function prepare(): void {
  if (prepared) return;
  prepared = true;
  const binary = import.meta.resolve("@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.wasm");
  setWasmPaths(dirname(fileURLToPath(binary)) + "/");
  // Its threads are Workers that keep the process alive, and one thread computes the same bits everywhere.
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  quieten();
  tf.registerKernel({
    kernelName: "Conv2DBackpropFilter",
    backendName: "wasm",
    kernelFunc: conv2dBackpropFilter,
  });
  for (const kernelName of forwarded) {
    tf.registerKernel({ kernelName, backendName: "wasm", kernelFunc: (call) => forward(kernelName, call) });
  }
}

type Cpu = tf.KernelBackend & {
  makeTensorInfo(shape: number[], dtype: tf.DataType, values: tf.BackendValues): tf.TensorInfo;
};

/** Runs a kernel on the cpu backend, on copies. */
function forward(kernelName: string, call: Parameters<tf.KernelFunc>[0]): tf.TensorInfo {
  calls.set(kernelName, (calls.get(kernelName) ?? 0) + 1);
  const cpu = tf.findBackend("cpu") as Cpu;
  const wasm = call.backend as tf.KernelBackend;
  const inputs: Record<string, tf.TensorInfo> = {};
  for (const [name, { dataId, shape, dtype }] of Object.entries(call.inputs as Record<string, tf.TensorInfo>)) {
    inputs[name] = cpu.makeTensorInfo(shape, dtype, wasm.readSync(dataId));
  }
  const kernel = tf.getKernel(kernelName, "cpu");
  const result = kernel.kernelFunc({ inputs, attrs: call.attrs, backend: cpu }) as tf.TensorInfo;
  const dataId = wasm.write(cpu.readSync(result.dataId), result.shape, result.dtype);
  for (const { dataId } of [...Object.values(inputs), result]) cpu.disposeData(dataId, true);
  return { dataId, shape: result.shape, dtype: result.dtype };
}
