import * as tf from "@tensorflow/tfjs-core";
import type { OnnxBackend } from "./backend.ts";
import { type CpuBackend, fallBack } from "./fallback.ts";
import { type Attrs, type Inputs, type Kernel, orderInputs } from "./kernel.ts";
import { kernels } from "./operators/mod.ts";
import { describe, isDType } from "./value.ts";
import { views } from "./views.ts";

/** Registers a kernel for every one that tfjs's cpu backend has: lowered, or else running on the cpu's. */
export function registerKernels(backendName: string, cpu: CpuBackend): void {
  const lowered = new Map(kernels.map((kernel) => [kernel.name, kernel]));
  for (const fallback of tf.getKernelsForBackend("cpu")) {
    const name = fallback.kernelName;
    const kernel = lowered.get(name);
    const view = views[name];
    tf.registerKernel({
      kernelName: name,
      backendName,
      kernelFunc(call) {
        const backend = call.backend as OnnxBackend;
        const inputs = call.inputs as unknown as Inputs;
        const attrs = call.attrs as Attrs;
        try {
          const viewed = view?.(backend, inputs, attrs);
          if (viewed) return viewed;
          if (kernel) {
            const ordered = orderInputs(kernel, inputs);
            if (takes(kernel, ordered) && (kernel.supports === undefined || kernel.supports(inputs, attrs))) {
              const outputs = backend.record(kernel, ordered, kernel.infer(inputs, attrs));
              return kernel.givesList ? outputs : outputs[0];
            }
          }
        } catch (error) {
          throw illegal(backend, name, inputs, error);
        }
        return fallBack(backend, cpu, fallback, call);
      },
    });
  }
}

/** Whether the inputs have types that the kernel lowers. */
function takes({ dtypes }: Kernel, tensors: readonly (tf.TensorInfo | null)[]): boolean {
  let first = true;
  for (let index = 0; index < tensors.length; index++) {
    const tensor = tensors[index];
    if (tensor === null) continue;
    const { dtype } = tensor;
    if (!isDType(dtype)) return false;
    if (first && dtypes !== undefined && !dtypes.includes(dtype)) return false;
    first = false;
  }
  return true;
}

function illegal(backend: OnnxBackend, name: string, inputs: Inputs, error: unknown): Error {
  const tensors = Object.entries(inputs).filter(([, tensor]) => tensor != null);
  const list = tensors.map(([key, tensor]) => `${key} ${describe(tensor)}`).join(", ");
  const disposed = tensors.find(([, { dataId }]) => {
    return backend.refCount(dataId) === 0 && !tf.engine().state.tensorInfo.has(dataId);
  });
  const rule = disposed ? `${disposed[0]} was disposed` : (error as Error).message;
  return new Error(`Cannot record ${name}${list === "" ? "" : ` of ${list}`}: ${rule}`, { cause: error });
}
