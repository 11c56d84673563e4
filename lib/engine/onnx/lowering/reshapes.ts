import { sameShape, type Shape, sizeOf } from "../value.ts";
import type { Edge, OnnxNode } from "./edge.ts";

/** Operators that treat each element alike. */
const ELEMENTWISE = new Set([
  ...["Add", "Sub", "Mul", "Div", "Max", "Min", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"],
  ...["Abs", "Cast", "Clip", "Elu", "Erf", "Exp", "HardSigmoid", "LeakyRelu", "Log", "Neg", "Reciprocal", "Relu"],
  ...["Sigmoid", "Sqrt", "Tanh"],
]);

/**
 * Lets reshapes sink through element-wise operators, which do the same under any shape: behind them they meet each
 * other, and a reshape of a reshape is one or none. Only a reshape that nothing else reads is moved, so that there are
 * never more of them than before. No bit changes.
 *
 * @param nodes In an order in which inputs come first; so is the result.
 * @param kept Outputs of the graph, which stay the edges that they are.
 * @param shapeConstant A constant that holds a shape.
 */
export function sinkReshapes(
  nodes: readonly OnnxNode[],
  kept: readonly Edge[],
  shapeConstant: (shape: Shape) => Edge,
): OnnxNode[] {
  const outputs = new Set(kept.map(({ name }) => name));
  const readers = countReaders(nodes);
  const isPrivate = (edge: Edge) => readers.get(edge.name) === 1 && !outputs.has(edge.name);
  /** What has the elements of an edge, in the new graph, maybe under another shape. */
  const sources = new Map<string, Edge>();
  const sourceOf = (edge: Edge) => sources.get(edge.name) ?? edge;
  const made = new Map<string, Edge>();
  const result: OnnxNode[] = [];
  let names = 0;

  const reshape = (source: Edge, output: Edge, scope: string) => {
    const inputs = [source, shapeConstant(output.shape)];
    const name = `${scope}/Reshape_${output.name}`;
    result.push({ type: "Reshape", name, domain: "", inputs, outputs: [output], attributes: {} });
  };
  const underItsShape = (edge: Edge | null, scope: string): Edge | null => {
    if (edge === null || outputs.has(edge.name)) return edge;
    const source = sourceOf(edge);
    if (sameShape(source.shape, edge.shape)) return source;
    const key = `${source.name} ${edge.shape}`;
    let view = made.get(key);
    if (view === undefined) {
      made.set(key, view = edge);
      reshape(source, edge, scope);
    }
    return view;
  };

  for (const node of nodes) {
    const [output] = node.outputs;
    const scope = node.name.slice(0, node.name.lastIndexOf("/"));
    if (node.type === "Reshape") {
      const source = sourceOf(node.inputs[0]!);
      if (outputs.has(output.name)) reshape(source, output, scope);
      else sources.set(output.name, source);
      continue;
    }
    const shape = outputs.has(output.name) ? null : sharedShape(node, sourceOf, isPrivate);
    if (shape === null) {
      result.push({ ...node, inputs: node.inputs.map((edge) => underItsShape(edge, scope)) });
      continue;
    }
    const inputs = node.inputs.map((edge) => edge && (isOne(edge) ? underItsShape(edge, scope) : sourceOf(edge)));
    const sunk: Edge = { name: `v${names++}`, shape, dtype: output.dtype };
    result.push({ ...node, inputs, outputs: [sunk] });
    sources.set(output.name, sunk);
  }
  return result;
}

/** By the name of an edge, how many operators read it that are no reshapes. */
function countReaders(nodes: readonly OnnxNode[]): Map<string, number> {
  const readers = new Map<string, number>();
  for (const { type, inputs } of nodes) {
    if (type === "Reshape") continue;
    for (const name of new Set(inputs.map((edge) => edge?.name))) {
      if (name !== undefined) readers.set(name, (readers.get(name) ?? 0) + 1);
    }
  }
  return readers;
}

/**
 * The shape under which an element-wise operator can run instead: its inputs are single numbers and reshapes, nobody
 * else's, of edges of that one shape. null where there is none.
 */
function sharedShape(
  { type, inputs, outputs: [output] }: OnnxNode,
  sourceOf: (edge: Edge) => Edge,
  isPrivate: (edge: Edge) => boolean,
): Shape | null {
  if (!ELEMENTWISE.has(type)) return null;
  let shape: Shape | null = null;
  for (const edge of inputs) {
    if (edge === null || isOne(edge)) continue;
    const source = sourceOf(edge);
    if (!sameShape(edge.shape, output.shape) || sameShape(source.shape, edge.shape) || !isPrivate(edge)) return null;
    if (shape !== null && !sameShape(shape, source.shape)) return null;
    shape = source.shape;
  }
  const rank = shape?.length ?? 0;
  return inputs.every((edge) => edge === null || !isOne(edge) || edge.shape.length <= rank) ? shape : null;
}

function isOne({ shape }: Edge): boolean {
  return sizeOf(shape) === 1;
}
