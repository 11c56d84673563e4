import { createHash } from "node:crypto";
import { join } from "node:path";
import { current, loadSavedModel, type Tensor, tf } from "../../engine/mod.ts";
import type { Network } from "./_network.ts";
import type { Fault } from "./_onnx_network.ts";
import { mapsOf } from "./_tensor_maps.ts";

/** What a SavedModel's folder always has. */
export const SAVED_MODEL = "saved_model.pb";

/**
 * A TensorFlow SavedModel, run by TensorFlow: its graph is a closed box, so what can be tapped are the outputs of its
 * signature.
 */
export async function savedModelNetwork(folder: string, hint: string, fault: Fault): Promise<Network> {
  const engine = current().name;
  if (engine !== "tensorflow" && engine !== "tensorflow-gpu") {
    throw fault(`a SavedModel runs on TensorFlow only, the engine is "${engine}": give --engine tensorflow`);
  }
  const model = await loadSavedModel(folder).catch((error) => {
    throw fault(error.message, error);
  });
  const { inputs, outputs } = model;
  if (inputs.length !== 1) {
    const names = inputs.map(({ name }) => name).join(", ");
    throw fault(`a backbone must have one input, the images; it has ${inputs.length}: ${names}`);
  }
  const [{ name: input, shape = [] }] = inputs;
  const names = outputs.map(({ name }) => name);
  // A signature's outputs come by name, a single one as it is.
  const compute = (x: Tensor): Record<string, Tensor> => {
    const result = model.predict(x);
    if (result instanceof tf.Tensor) return { [names[0]]: result };
    return Array.isArray(result) ? Object.fromEntries(result.map((tensor, i) => [names[i], tensor])) : result;
  };
  const pick = (x: Tensor, wanted: readonly string[]) => {
    const all = compute(x);
    return wanted.map((name) => all[name] ?? Object.values(all)[names.indexOf(name)]);
  };
  return {
    fingerprint: await fingerprintOf(folder),
    format: "SavedModel of TensorFlow",
    input,
    inputShape: shape.map(extentOf),
    hints: [hint, input, ...names],
    outputs: names,
    steps: [{ kind: "weights", type: "SavedModel", inputs: [input], outputs: names }],
    firstFilters: null,
    firstNorm: null,
    source: { kind: "tensors", compute: (x, wanted) => pick(x, wanted) },
    async run(values, shape, wants) {
      return await mapsOf(wants, (wanted) => tf.tidy(() => pick(tf.tensor(values, [...shape]), wanted)));
    },
  };
}

/** tfjs-node hands out an extent as the protocol buffer's message. */
function extentOf(extent: number | { getSize(): number }): number | null {
  const size = typeof extent === "number" ? extent : extent.getSize();
  return size < 0 ? null : size;
}

/** Of the graph and its weights. */
async function fingerprintOf(folder: string): Promise<string> {
  const hash = createHash("sha256");
  const weights = join(folder, "variables");
  const files = await Array.fromAsync(Deno.readDir(weights)).catch(() => []);
  for (const path of [join(folder, SAVED_MODEL), ...files.map(({ name }) => join(weights, name)).sort()]) {
    hash.update(await Deno.readFile(path));
  }
  return hash.digest("hex");
}
