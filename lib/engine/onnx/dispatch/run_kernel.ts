import * as tf from "@tensorflow/tfjs-core";
import type { Engine, Inputs, TapeNode, Tensor } from "./engine.ts";
import { stock } from "./scopes.ts";

/**
 * Runs a kernel of the backend of that name, and writes it onto the tape where there is one, as tfjs does, with a
 * quarter of the objects. Profiling and debugging, which look at every call, and other backends go tfjs's own way.
 */
export function kernelRunner(name: string): Engine["runKernel"] {
  return function (this: Engine, kernelName: string, inputs: Inputs, attrs: object = NO_ATTRIBUTES) {
    const { state, ENV } = this;
    if (this.backendName !== name || state.profiling || ENV.getBool("DEBUG")) {
      return stock.runKernel.call(this, kernelName, inputs, attrs);
    }
    const kernel = tf.getKernel(kernelName, name);
    if (kernel == null) throw new Error(`Kernel '${kernelName}' not registered for backend '${name}'`);
    const taping = state.gradientDepth > 0 && state.kernelDepth === 0;
    const { backend } = this;
    // tfjs's own specs count what a kernel leaves behind.
    const dataBefore = ENV.getBool("IS_TEST") ? backend.numDataIds() : null;
    if (dataBefore !== null) state.numDataMovesStack.push(0);
    let outputs: Tensor[], isList: boolean, saved = NONE;
    state.kernelDepth++;
    try {
      const result = kernel.kernelFunc({ inputs: inputs as never, attrs: attrs as never, backend });
      isList = Array.isArray(result);
      const infos = isList ? result as tf.TensorInfo[] : [result as tf.TensorInfo];
      if (dataBefore !== null) this.checkKernelForMemLeak(kernelName, dataBefore, infos);
      outputs = infos.map((info) => tensorOf(this, info));
      if (taping) saved = save(this, kernelName, inputs, outputs);
    } finally {
      state.kernelDepth--;
    }
    if (taping) {
      state.activeTape!.push(tapeNode(this, kernelName, inputs, outputs, saved, attrs));
    }
    return isList ? outputs : outputs[0];
  };
}

const NO_ATTRIBUTES = {};
const NONE: Tensor[] = [];

function tensorOf(engine: Engine, info: tf.TensorInfo): Tensor {
  return (info as tf.Tensor).rank != null ? info as Tensor : engine.makeTensorFromTensorInfo(info);
}

/** Keeps what the gradient will need. */
function save(engine: Engine, kernelName: string, inputs: Inputs, outputs: readonly Tensor[]): Tensor[] {
  const config = tf.getGradient(kernelName);
  if (config == null) return NONE;
  const saved: Tensor[] = [];
  if (config.saveAllInputs) {
    tf.util.assert(Array.isArray(inputs), () => "saveAllInputs is true, expected inputs to be an array.");
    for (const key in inputs) saved.push(keep(engine, inputs[key]));
  } else if (config.inputsToSave) {
    for (const key of config.inputsToSave) saved.push(keep(engine, inputs[key]));
  }
  const { outputsToSave } = config;
  if (outputsToSave) outputs.forEach((output, index) => outputsToSave[index] && saved.push(keep(engine, output)));
  return saved;
}

/**
 * Another tensor on the same data, which stays until the tape is gone. Within nested gradients it goes onto the tape,
 * because what is computed of it may be differentiated again.
 */
function keep(engine: Engine, tensor: tf.Tensor): Tensor {
  if (tensor == null) return tensor; // an optional input
  const copy = engine.state.gradientDepth > 1
    ? (engine as unknown as { clone(x: tf.Tensor): Tensor }).clone(tensor)
    : alias(engine, tensor);
  copy.kept = true;
  return copy;
}

function alias(engine: Engine, { dataId, shape, dtype }: tf.Tensor): Tensor {
  engine.backend.incRef(dataId);
  return engine.makeTensorFromTensorInfo({ dataId, shape, dtype });
}

/** The tape's entry for a call. */
function tapeNode(
  engine: Engine,
  kernelName: string,
  inputs: Inputs,
  outputs: tf.Tensor[],
  saved: tf.Tensor[],
  attrs: object,
): TapeNode {
  const gradFunc = tf.getGradient(kernelName)?.gradFunc;
  const gradient = gradFunc && ((dys: (tf.Tensor | null)[]) => {
    const given = dys.map((dy, index) => dy ?? tf.zeros(outputs[index].shape));
    return gradFunc(given.length > 1 ? given : given[0], saved, attrs as tf.NamedAttrMap);
  });
  return { id: engine.state.nextTapeNodeId++, kernelName, inputs, outputs, saved, gradient };
}
