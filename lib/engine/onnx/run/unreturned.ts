import { typeCodes } from "../lowering/builder.ts";
import type { Edge, OnnxGraph } from "../lowering/edge.ts";

/**
 * onnxruntime-node returns a copy of every result, also of those that it wrote where it was told to, and nobody reads
 * them: a third of a step of 23 million weights. It copies one result after the other, in the order of the graph's
 * outputs, and throws at one whose type JavaScript has no array for. So the graph's first output is such a one: by then
 * everything has been computed and written, and nothing is copied.
 */
export const STOP = "stop";

const TYPE = "bfloat16";

/** How the addon's message begins. */
const MESSAGE = `Tensor type (${typeCodes[TYPE]}) is not supported`;

/** The graph with one more output before the others, named {@link STOP}, which has to be fetched. */
export function unreturned(graph: OnnxGraph): OnnxGraph {
  const nothing: Edge = { name: "nothing", shape: [0], dtype: "float32" };
  const stop: Edge = { name: STOP, shape: [0], dtype: TYPE };
  const attributes = { to: typeCodes[TYPE] };
  const cast = { type: "Cast", name: STOP, domain: "", inputs: [nothing], outputs: [stop], attributes };
  return {
    nodes: [...graph.nodes, cast],
    initializers: [...graph.initializers, { edge: nothing, data: new Float32Array(0) }],
    inputs: graph.inputs,
    outputs: [stop, ...graph.outputs],
  };
}

/** Whether a run that threw this has done everything. */
export function isStop(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith(MESSAGE);
}
