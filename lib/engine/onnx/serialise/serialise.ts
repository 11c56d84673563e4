import { BLOCKED_DOMAIN } from "../lowering/blocked.ts";
import { typeCodes } from "../lowering/builder.ts";
import type { Attribute, Edge, OnnxGraph } from "../lowering/edge.ts";
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
        ...(node.body === undefined ? [] : [bodyAttribute(node.body)]),
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

/** AttributeProto.AttributeType: FLOAT 1, INT 2, STRING 3, GRAPH 5, INTS 7. */
function attribute(name: string, value: Attribute) {
  if (typeof value === "number") return { name, type: 2, i: value };
  if (typeof value === "string") return { name, type: 3, s: new TextEncoder().encode(value) };
  if ("float" in value) return { name, type: 1, f: value.float };
  return { name, type: 7, ints: value };
}

function bodyAttribute(body: OnnxGraph) {
  return { name: "body", type: 5, g: GraphProto.encode(graphMessage(body)).finish() };
}
