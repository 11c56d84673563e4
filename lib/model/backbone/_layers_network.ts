import { current, layers, type Tensor, tf } from "../../engine/mod.ts";
import type { Artifacts } from "./_artifacts.ts";
import type { Network, Step } from "./_network.ts";
import type { Fault } from "./_onnx_network.ts";
import { mapsOf } from "./_tensor_maps.ts";

const KINDS: Readonly<Record<string, Step["kind"]>> = {
  Conv2D: "weights",
  DepthwiseConv2D: "weights",
  SeparableConv2D: "weights",
  Dense: "weights",
  MaxPooling2D: "pooling",
  AveragePooling2D: "pooling",
  GlobalAveragePooling2D: "pooling",
  GlobalMaxPooling2D: "pooling",
  Flatten: "pooling",
  Concatenate: "joining",
  Dropout: "passing",
  SpatialDropout2D: "passing",
};

/** A layers model of TensorFlow.js, run on the current engine. Values are named by the layer that gives them. */
export async function layersNetwork(artifacts: Artifacts, file: string, fault: Fault): Promise<Network> {
  current(); // without an engine there are no tensors
  const { modelTopology, weightSpecs, weightData } = artifacts;
  let model: layers.LayersModel;
  try {
    model = await layers.loadLayersModel({
      load: () => Promise.resolve({ modelTopology, weightSpecs: weightSpecs as never, weightData }),
    });
  } catch (error) {
    throw fault(`TensorFlow.js cannot read it: ${(error as Error).message.split("\n")[0]}`, error);
  }
  if (model.inputs.length !== 1) {
    throw fault(
      `a backbone must have one input, the images; it has ${model.inputs.length}: ${model.inputNames.join(", ")}`,
    );
  }
  const layerOf = (tensor: layers.SymbolicTensor) => tensor.sourceLayer.name;
  const steps = model.layers.flatMap((layer): Step[] => {
    if (layer.getClassName() === "InputLayer") return [];
    const inputs = layer.inboundNodes.flatMap((node) => node.inputTensors.map(layerOf));
    const type = layer.getClassName();
    return [{ kind: KINDS[type] ?? "other", type, inputs, outputs: [layer.name] }];
  });
  const convolution = model.layers.find((layer) => layer.getClassName() === "Conv2D");
  const kernel = convolution?.getWeights()[0];
  const norm = model.layers.slice(0, 8).find((layer) => layer.getClassName() === "BatchNormalization");
  const [mean, variance] = norm ? norm.getWeights().slice(-2).map((weight) => weight.dataSync() as Float32Array) : [];
  const parts = new Map<string, layers.LayersModel>();
  const partFor = (names: readonly string[]) => {
    const key = names.join("\n");
    let part = parts.get(key);
    if (part === undefined) {
      const outputs = names.map((name) => model.getLayer(name).output as layers.SymbolicTensor);
      part = layers.model({ inputs: model.inputs, outputs });
      parts.set(key, part);
    }
    return part;
  };

  return {
    fingerprint: artifacts.fingerprint,
    format: "layers model of TensorFlow.js",
    input: model.inputNames[0],
    inputShape: model.inputs[0].shape,
    hints: [file, model.name, ...model.layers.slice(0, 8).map(({ name }) => name)],
    outputs: model.outputs.map(layerOf),
    steps,
    firstFilters: kernel?.shape[2] === 3 ? filtersFirst(kernel as Tensor) : null,
    firstNorm: norm
      ? { input: steps.find(({ outputs }) => outputs[0] === norm.name)!.inputs[0], mean, variance }
      : null,
    source: {
      kind: "tensors",
      compute: (x, names) => [partFor(names).apply(x, { training: false })].flat() as Tensor[],
    },
    async run(values, shape, wants) {
      return await mapsOf(wants, (names) => partFor(names).predictOnBatch(tf.tensor(values, [...shape])));
    },
  };
}

/** [height, width, 3, n] as [n, 3, height, width]. */
export function filtersFirst(kernel: Tensor) {
  const [height, width, channels, n] = kernel.shape;
  const values = tf.tidy(() => tf.transpose(kernel, [3, 2, 0, 1]).dataSync() as Float32Array);
  return { shape: [n, channels, height, width], values };
}
