import type { Window } from "../operators/window.ts";
import type { Node, Operand } from "../value.ts";
import { rewriteCalls } from "./editor.ts";
import type { Graph } from "./graph.ts";

/**
 * An image that several layers read has a sum of gradients. Convolutions add up in the same pass over memory in which
 * they are computed: with stride 1 onto any image, with other strides onto each other.
 */
export function gradientsIntoSums(graph: Graph): Graph {
  return rewriteCalls(graph, (node, edit) => {
    if (node.kernel.name !== "ChannelAffine") return null;
    const { scales, bias, relu } = node.plan as { scales: number[]; bias: number; relu?: boolean };
    if (relu || bias >= 0 || scales.some((at) => at >= 0)) return null;
    const terms = node.inputs.map((operand) => {
      const gradient = edit.isPrivate(operand!.value) ? edit.made(operand, "Conv2DBackpropInput") : null;
      return { operand: operand as Operand, gradient };
    });
    const gradients = terms.flatMap(({ gradient }) => gradient ?? []);
    const strides = gradients.map(stridesOf).find((own, i, all) => own === "1,1" || all.indexOf(own) < i);
    if (strides === undefined) return null;
    const chosen = gradients.filter((gradient) => stridesOf(gradient) === strides);
    const rest = terms.filter(({ gradient }) => gradient === null || !chosen.includes(gradient));
    const inputs = [...chosen.flatMap((gradient) => gradient.inputs), ...rest.map(({ operand }) => operand)];
    return edit.planned("ImageGradient", inputs, { windows: chosen.map(({ plan }) => plan) }, node.outputs);
  });
}

const stridesOf = ({ plan }: Node) => (plan as Window).strides.join();
