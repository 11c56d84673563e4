import { BLOCKED_DOMAIN } from "../lowering/blocked.ts";
import { typeCodes } from "../lowering/builder.ts";
import type { Edge, OnnxGraph } from "../lowering/edge.ts";
import { attribute, graphAttribute } from "./attribute.ts";
import { GraphProto, ModelProto } from "./messages.ts";

/** Version of the file format and of the operator set that lowering writes for. */
const IR_VERSION = 10;
const OPSET = 21;

/** An ONNX model file of the graph. */
export function serialise(graph: OnnxGraph): Uint8Array {
  return ModelProto.encode({
    irVersion: IR_VERSION,
    producerName: "plateau",
    opsetImport: [{ domain: "", version: OPSET }, { domain: "com.microsoft", version: 1 }, {
      domain: BLOCKED_DOMAIN,
      version: 1,
    }],
    graph: graphMessage(graph),
  }).finish();
}

function graphMessage(graph: OnnxGraph): object {
  return {
    name: "step",
    node: graph.nodes.map((node) => ({
      input: node.inputs.map((edge) => edge?.name ?? ""),
      output: node.outputs.map((edge) => edge.name),
      name: node.name,
      opType: node.type,
      domain: node.domain,
      attribute: [
        ...Object.entries(node.attributes).map(([name, value]) => attribute(name, value)),
        ...(node.body === undefined
          ? []
          : [graphAttribute("body", GraphProto.encode(graphMessage(node.body)).finish())]),
      ],
    })),
    initializer: graph.initializers.map(({ edge, data }) => ({
      dims: edge.shape,
      dataType: typeCodes[edge.dtype],
      name: edge.name,
      rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    })),
    input: graph.inputs.map(valueInfo),
    output: graph.outputs.map(valueInfo),
  };
}

function valueInfo(edge: Edge) {
  const dim = edge.shape.map((dimValue) => ({ dimValue }));
  return { name: edge.name, type: { tensorType: { elemType: typeCodes[edge.dtype], shape: { dim } } } };
}
