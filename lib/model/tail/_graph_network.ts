import type { GraphModel } from "@tensorflow/tfjs-converter";
import type { layers, tf } from "../../engine/mod.ts";
import type { Tap } from "../backbone/types.ts";
import type { CutNetwork, Weighted } from "./_assembled.ts";
import { cutsOf } from "./_cuts.ts";
import { bare, type Graph, type GraphNode, graphOf, isSpatial, readBy, rebuildNode } from "./_graph.ts";

/** A loaded tfjs graph model with the JSON that it was loaded from: the converter keeps the weights, the JSON the graph. */
export interface LoadedGraph {
  readonly model: GraphModel;
  readonly nodes: readonly GraphNode[];
}

/** A graph model that can be cut: frozen operations become layers of `tf.layers` with the same weights. */
export function graphNetwork(
  { model, nodes }: LoadedGraph,
  taps: readonly Tap[],
  prepared: (pixels: tf.Tensor4D) => tf.Tensor4D = (pixels) => pixels,
): CutNetwork {
  const constants = new Map(
    nodes.filter(({ op }) => op === "Const").map(({ name }) => [name, model.weights[name][0] as tf.Tensor]),
  );
  const graph = graphOf(nodes, constants);
  const steps = graph.order.map((name) => ({
    name,
    inputs: readBy(graph, name),
    spatial: isSpatial(graph, name),
  }));
  const names = taps.map(({ node }) => bare(node));
  return {
    cuts: cutsOf(steps, names),
    taps: names,
    run: (pixels, wanted) => [model.execute(prepared(pixels), [...wanted])].flat(),
    rebuild: (behind, known) => rebuilt(graph, behind, known),
  };
}

function rebuilt(graph: Graph, behind: readonly string[], known: Map<string, layers.SymbolicTensor>): Weighted[] {
  const weighted: Weighted[] = [];
  for (const step of behind) {
    const inputs = readBy(graph, step).map((input) => known.get(input)!);
    const { output, layer, weights } = rebuildNode(graph, step, inputs);
    known.set(step, output);
    if (layer !== undefined && weights !== undefined) weighted.push({ step, layer, weights });
  }
  return weighted;
}
