import { current, type Tensor, tf } from "../../engine/mod.ts";
import type { Artifacts } from "./_artifacts.ts";
import { filtersFirst } from "./_layers_network.ts";
import type { Network, Step } from "./_network.ts";
import type { Fault } from "./_onnx_network.ts";
import { mapsOf } from "./_tensor_maps.ts";

const KINDS: Readonly<Record<string, Step["kind"]>> = {
  Conv2D: "weights",
  _FusedConv2D: "weights",
  DepthwiseConv2dNative: "weights",
  FusedDepthwiseConv2dNative: "weights",
  MatMul: "weights",
  _FusedMatMul: "weights",
  MaxPool: "pooling",
  AvgPool: "pooling",
  Mean: "pooling",
  ConcatV2: "joining",
  Identity: "passing",
};

interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: { shape?: { shape?: { dim?: { size: string }[]; unknownRank?: boolean } } };
}

/** A graph model of TensorFlow.js, run on the current engine. Values are named by the node that gives them. */
export async function graphNetwork(artifacts: Artifacts, file: string, fault: Fault): Promise<Network> {
  current(); // without an engine there are no tensors
  const nodes = artifacts.modelTopology.node as GraphNode[];
  const inputs = nodes.filter(({ op }) => op === "Placeholder");
  if (inputs.length !== 1) {
    throw fault(
      `a backbone must have one input, the images; it has ${inputs.length}: ${inputs.map((n) => n.name).join(", ")}`,
    );
  }
  const [{ name: input, attr }] = inputs;
  const shape = (attr?.shape?.shape?.dim ?? []).map(({ size }) => Number(size) > 0 ? Number(size) : null);
  const constants = new Set(nodes.filter(({ op }) => op === "Const").map(({ name }) => name));
  // "name:1" is the second output of a node, "^name" only says that it comes before.
  const inputsOf = (node: GraphNode) =>
    (node.input ?? []).filter((name) => !name.startsWith("^")).map((name) => name.split(":")[0]);
  const steps = nodes.filter(({ op }) => op !== "Const" && op !== "Placeholder").map((node): Step => ({
    kind: KINDS[node.op] ?? "other",
    type: node.op,
    inputs: inputsOf(node).filter((name) => !constants.has(name)),
    outputs: [node.name],
  }));
  const used = new Set(steps.flatMap(({ inputs }) => inputs));

  const converter = await import("@tensorflow/tfjs-converter");
  let model: import("@tensorflow/tfjs-converter").GraphModel;
  try {
    // Without the signature: nodes are asked for by name.
    const { modelTopology, weightSpecs, weightData } = artifacts;
    model = await converter.loadGraphModel({
      load: () =>
        Promise.resolve({
          format: "graph-model",
          modelTopology,
          weightSpecs: weightSpecs as never,
          weightData,
        }),
    });
  } catch (error) {
    throw fault(`TensorFlow.js cannot read it: ${(error as Error).message.split("\n")[0]}`, error);
  }
  const first = nodes.find(({ op }) => op === "Conv2D" || op === "_FusedConv2D");
  const kernel = first && model.weights[inputsOf(first)[1]]?.[0];

  return {
    fingerprint: artifacts.fingerprint,
    format: "graph model of TensorFlow.js",
    input,
    inputShape: shape,
    hints: [file, input, ...steps.slice(0, 8).flatMap(({ outputs }) => outputs)],
    outputs: steps.flatMap(({ outputs }) => outputs.filter((output) => !used.has(output))),
    steps,
    firstFilters: kernel?.shape[2] === 3 ? filtersFirst(kernel as Tensor) : null,
    firstNorm: null, // the converter folds it into the convolution
    source: { kind: "tensors", compute: (x, names) => [model.execute(x, [...names])].flat() as Tensor[] },
    async run(values, shape, wants) {
      return await mapsOf(wants, (names) => model.execute(tf.tensor(values, [...shape]), names));
    },
  };
}
