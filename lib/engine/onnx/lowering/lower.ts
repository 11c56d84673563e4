import type { Graph } from "../rewriting/graph.ts";
import type { Value } from "../value.ts";
import type { OnnxGraph } from "./edge.ts";
import { Lowering } from "./lowering.ts";
import type { Ref } from "./ref.ts";

/**
 * Turns recorded kernel calls, rewritten or not, into one graph of ONNX operators, whose inputs and outputs are the
 * feeds and targets in order. Runs nothing.
 *
 * @param block Channels in a block of ONNX Runtime's blocked layout, 0 to use standard operators only.
 */
export function lower(graph: Graph, block = 0): OnnxGraph {
  const g = new Lowering(block);
  const refs = new Map<Value, Ref>();
  graph.feeds.forEach((value, index) => {
    refs.set(value, g.ref(g.input(`f${index}`, value.shape, value.dtype)));
  });
  graph.nodes.forEach((node, index) => {
    g.scope = `${node.kernel.name}#${index}`;
    g.exact = node.kernel.exact ?? false;
    const inputs = node.inputs.map((input) => input ? g.reshaped(refs.get(input.value)!, input.shape) : undefined);
    const result = node.kernel.lower(g, inputs as Ref[], node.plan, node.outputs);
    const outputs = Array.isArray(result) ? result : [result];
    node.outputs.forEach((value, i) => refs.set(value, outputs[i]));
  });
  graph.targets.forEach((value, index) => {
    g.scope = `output#${index}`;
    g.output(g.plain(refs.get(value)!));
  });
  return g.graph();
}
