import { sameShape } from "../value.ts";
import type { Edge, OnnxGraph, OnnxNode } from "./edge.ts";

/**
 * The graph with inputs and outputs in the shapes that its operators work with: the same memory under another shape is no
 * work for whoever feeds it, where a `Reshape` is an operator, and a copy before an output. An input that somebody reads
 * under its own shape keeps it.
 */
export function reshapePorts(graph: OnnxGraph): OnnxGraph {
  return reshapeOutputs(reshapeInputs(graph));
}

function reshapeInputs(graph: OnnxGraph): OnnxGraph {
  const readers = new Map<string, OnnxNode[]>(graph.inputs.map(({ name }) => [name, []]));
  for (const node of graph.nodes) for (const edge of node.inputs) if (edge) readers.get(edge.name)?.push(node);
  const gone = new Set<OnnxNode>(), renamed = new Map<string, Edge>();
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const inputs = graph.inputs.map((input) => {
    const nodes = readers.get(input.name)!;
    const free = nodes.filter(({ outputs: [edge] }) => !outputs.has(edge.name));
    if (free.length === 0 || nodes.some(({ type }) => type !== "Reshape")) return input;
    const reshaped: Edge = { ...input, shape: free[0].outputs[0].shape };
    renamed.set(input.name, reshaped);
    for (const node of free) {
      const [edge] = node.outputs;
      if (!sameShape(edge.shape, reshaped.shape)) continue;
      gone.add(node);
      renamed.set(edge.name, reshaped);
    }
    return reshaped;
  });
  const nodes = graph.nodes.filter((node) => !gone.has(node)).map((node) =>
    node.inputs.some((edge) => edge && renamed.has(edge.name))
      ? { ...node, inputs: node.inputs.map((edge) => edge && (renamed.get(edge.name) ?? edge)) }
      : node
  );
  return { ...graph, inputs, nodes };
}

function reshapeOutputs(graph: OnnxGraph): OnnxGraph {
  const producers = new Map<string, OnnxNode>();
  const read = new Set<string>();
  for (const node of graph.nodes) {
    for (const edge of node.outputs) producers.set(edge.name, node);
    for (const edge of node.inputs) if (edge) read.add(edge.name);
  }
  const taken = new Set(graph.outputs.map(({ name }) => name));
  const gone = new Set<OnnxNode>();
  const outputs = graph.outputs.map((output) => {
    const node = producers.get(output.name)!;
    const source = node.inputs[0];
    if (node.type !== "Reshape" || !source || !producers.has(source.name) || taken.has(source.name)) return output;
    taken.add(source.name);
    if (!read.has(output.name)) gone.add(node);
    return source;
  });
  return { ...graph, outputs, nodes: graph.nodes.filter((node) => !gone.has(node)) };
}
