import * as tf from "@tensorflow/tfjs-core";
import type { OnnxBackend } from "./backend.ts";

type KernelInputs = Parameters<tf.KernelFunc>[0]["inputs"];

/** tfjs's cpu backend, as far as its kernels are called from here. */
export type CpuBackend = tf.KernelBackend & {
  makeTensorInfo(shape: readonly number[], dtype: tf.DataType, values: tf.BackendValues): tf.TensorInfo;
};

/**
 * Runs a call on tfjs's cpu kernel. That reads the inputs, and so runs whatever is pending: it is right, it is slow,
 * and it is counted.
 */
export function fallBack(
  backend: OnnxBackend,
  cpu: CpuBackend,
  kernel: tf.KernelConfig,
  call: Parameters<tf.KernelFunc>[0],
): tf.TensorInfo | tf.TensorInfo[] {
  backend.countFallback(kernel.kernelName);
  const created: tf.TensorInfo[] = [];
  const toCpu = (tensor: tf.TensorInfo): tf.TensorInfo => {
    const copy = tensor.dtype === "complex64"
      ? complexOnCpu(cpu, backend, tensor)
      : cpu.makeTensorInfo(tensor.shape, tensor.dtype, backend.readSync(tensor.dataId));
    created.push(copy);
    // Some kernels ask their inputs for the rank, as if they were tensors.
    return Object.assign(copy, { rank: copy.shape.length });
  };
  const inputs: Record<string, unknown> | unknown[] = Array.isArray(call.inputs) ? [] : {};
  for (
    const [name, tensor] of Object.entries(call.inputs as unknown as Record<string, tf.TensorInfo | tf.TensorInfo[]>)
  ) {
    (inputs as Record<string, unknown>)[name] = tensor == null
      ? tensor
      : Array.isArray(tensor)
      ? tensor.map(toCpu)
      : toCpu(tensor);
  }
  const result = kernel.kernelFunc({ inputs: inputs as KernelInputs, attrs: call.attrs, backend: cpu });
  const fromCpu = (tensor: tf.TensorInfo): tf.TensorInfo => {
    created.push(tensor);
    if (tensor.dtype === "complex64") return complexFromCpu(cpu, backend, tensor);
    const dataId = backend.write(cpu.readSync(tensor.dataId), tensor.shape, tensor.dtype);
    return { dataId, shape: tensor.shape, dtype: tensor.dtype };
  };
  const outputs = Array.isArray(result) ? result.map(fromCpu) : fromCpu(result as tf.TensorInfo);
  for (const { dataId } of created) cpu.disposeData(dataId, true);
  return outputs;
}

/** Copies complex numbers over, by their parts. */
function complexOnCpu(cpu: CpuBackend, backend: OnnxBackend, tensor: tf.TensorInfo): tf.TensorInfo {
  const { real, imag } = backend.partsOf(tensor);
  const part = (info: tf.TensorInfo) => cpu.makeTensorInfo(tensor.shape, "float32", backend.readSync(info.dataId));
  const inputs = { real: part(real), imag: part(imag) };
  const complex = tf.getKernel("Complex", "cpu").kernelFunc({ inputs, attrs: {}, backend: cpu }) as tf.TensorInfo;
  cpu.disposeData(inputs.real.dataId);
  cpu.disposeData(inputs.imag.dataId);
  return complex;
}

function complexFromCpu(cpu: CpuBackend, backend: OnnxBackend, tensor: tf.TensorInfo): tf.TensorInfo {
  const part = (name: "Real" | "Imag") => {
    const inputs = { input: tensor };
    const info = tf.getKernel(name, "cpu").kernelFunc({ inputs, attrs: {}, backend: cpu }) as tf.TensorInfo;
    const values = cpu.readSync(info.dataId);
    cpu.disposeData(info.dataId);
    return { dataId: backend.write(values, tensor.shape, "float32"), shape: tensor.shape, dtype: "float32" as const };
  };
  const [real, imag] = [part("Real"), part("Imag")];
  const complex = backend.holdComplex(real, imag);
  backend.disposeData(real.dataId);
  backend.disposeData(imag.dataId);
  return complex;
}
