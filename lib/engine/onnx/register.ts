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
          if (kernel && takes(kernel, inputs, attrs)) {
            const outputs = backend.record(kernel, orderInputs(kernel, inputs), kernel.infer(inputs, attrs));
            return kernel.givesList ? outputs : outputs[0];
          }
        } catch (error) {
          throw illegal(backend, name, inputs, error);
        }
        return fallBack(backend, cpu, fallback, call);
      },
    });
  }
}

/** Whether a call is within what the kernel lowers. */
function takes(kernel: Kernel, inputs: Inputs, attrs: Attrs): boolean {
  const present = orderInputs(kernel, inputs).filter((tensor) => tensor !== null);
  if (!present.every(({ dtype }) => isDType(dtype))) return false;
  if (kernel.dtypes && present.length > 0 && !(kernel.dtypes as string[]).includes(present[0].dtype)) return false;
  return kernel.supports?.(inputs, attrs) ?? true;
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
