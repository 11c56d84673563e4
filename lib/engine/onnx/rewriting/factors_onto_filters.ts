import type { Operand } from "../value.ts";
import { isImageOperand } from "./channels.ts";
import { rewriteCalls, seen, whole } from "./editor.ts";
import type { Graph } from "./graph.ts";

/** By the kernel that is rewritten, the one that takes a bias and a ReLU as well. */
const FUSED: Readonly<Record<string, string>> = {
  Conv2D: "FusedConv2D",
  FusedConv2D: "FusedConv2D",
  DepthwiseConv2dNative: "FusedDepthwiseConv2D",
  FusedDepthwiseConv2D: "FusedDepthwiseConv2D",
};

/**
 * Numbers for each channel that a convolution's result is multiplied with go onto its filter, and what is added becomes
 * its bias: conv(x, filter) * s + b = conv(x, filter * s) + b. So batch normalisation costs nothing where a network
 * predicts. Where it trains, its gradient needs the convolution's own result, and this pass finds nothing to do.
 */
export function factorsOntoFilters(graph: Graph): Graph {
  return rewriteCalls(graph, (node, edit) => {
    if (node.kernel.name !== "ChannelAffine") return null;
    const { scales, bias, relu } = node.plan as { scales: number[]; bias: number; relu?: boolean };
    const [image] = node.inputs as Operand[];
    if (scales.length !== 1 || !isImageOperand(image) || !edit.isPrivate(image.value)) return null;
    const convolution = edit.producer(image.value);
    const name = FUSED[convolution?.kernel.name ?? ""];
    if (convolution === undefined || name === undefined) return null;
    const isFused = convolution.kernel.name === name;
    const plan = convolution.plan as { window?: unknown; activation?: string };
    if (isFused && plan.activation !== "linear") return null;
    const [x, filter, own] = convolution.inputs as [Operand, Operand, Operand | null | undefined];
    const channels = image.shape[3];
    const vector = (at: number) => at < 0 ? null : node.inputs[at]!;
    const scale = vector(scales[0]), added = vector(bias);
    if ([scale, added, own].some((operand) => operand && operand.shape.join() !== String(channels))) return null;

    const scaled = (operand: Operand, factor: Operand) => whole(edit.call("Multiply", [operand, factor]));
    const ownBias = own && scale ? scaled(own, scale) : own ?? null;
    return edit.planned(
      name,
      [
        x,
        scale ? scaled(filter, perFilter(scale, filter, name === "FusedDepthwiseConv2D")) : filter,
        ownBias && added ? whole(edit.call("Add", [ownBias, added])) : ownBias ?? added,
      ],
      { window: isFused ? plan.window : plan, activation: relu ? "relu" : "linear" },
      node.outputs,
    );
  });
}

/** A number for each output channel, as it meets a filter: that of a depthwise convolution has two axes for them. */
function perFilter(scale: Operand, filter: Operand, depthwise: boolean): Operand {
  const [, , channels, out] = filter.shape;
  return depthwise ? seen(scale.value, [channels, out]) : scale;
}
