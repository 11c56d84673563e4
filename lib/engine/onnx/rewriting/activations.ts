import type { Node, Operand, Value } from "../value.ts";
import { isImageOperand, vectorOf } from "./channels.ts";
import { type Editor, rewriteCalls, seen } from "./editor.ts";
import type { Graph } from "./graph.ts";

/**
 * A convolution, its bias and its ReLU become one call, as tfjs's layers record them when they predict but not when they
 * train.
 */
export function reluIntoConvolutions(graph: Graph): Graph {
  return reluInto(graph, (node, edit) => {
    const sum = edit.made(node.inputs[0], "Add");
    if (sum === null) return null;
    const [a, b] = sum.inputs as Operand[];
    const convolution = edit.made(a, "Conv2D") ?? edit.made(a, "FusedConv2D");
    if (convolution === null || !isImageOperand(a) || !edit.isPrivate(a.value)) return null;
    const bias = vectorOf(edit, b, a.shape[3]);
    if (bias === null || bias.shape.length !== 1) return null;
    const plan = convolution.plan as { window?: unknown; activation?: string };
    const fused = convolution.kernel.name === "FusedConv2D";
    if (fused && (convolution.inputs[2] !== null || plan.activation !== "linear")) return null;
    const [x, filter] = convolution.inputs;
    const window = fused ? plan.window : plan;
    return edit.planned("FusedConv2D", [x, filter, bias], { window, activation: "relu" }, node.outputs);
  });
}

/** The same for sums of scaled images, which batch normalisation and residual additions have become. */
export function reluIntoSums(graph: Graph): Graph {
  return reluInto(graph, (node, edit) => {
    const affine = edit.made(node.inputs[0], "ChannelAffine");
    if (affine === null) return null;
    const plan = { ...affine.plan as Record<string, unknown>, relu: true };
    return edit.planned("ChannelAffine", affine.inputs, plan, node.outputs);
  });
}

/**
 * Puts ReLUs into the calls before them. The gradient's `step` asks for what went into the ReLU; what came out has the
 * same sign, so that nothing else needs what went in, and it never gets to memory.
 */
function reluInto(graph: Graph, fuse: (relu: Node, edit: Editor) => Value | null): Graph {
  /** What came out of a ReLU, by what went in. */
  const outputs = new Map<Value, Value>();
  return rewriteCalls(graph, (node, edit) => {
    const { name } = node.kernel;
    if (name === "Step") {
      const { value, shape } = node.inputs[0]!;
      const output = isReluOrStep(node) ? outputs.get(value) : undefined;
      return output === undefined ? null : edit.like(node, [seen(output, shape)]);
    }
    if (name !== "Relu") return null;
    const fused = onlyItsSign(edit, node.inputs[0]!) ? fuse(node, edit) : null;
    outputs.set(node.inputs[0]!.value, fused ?? node.outputs[0]);
    return fused;
  });
}

/** Whether a ReLU's input is read by nothing but the ReLU and by steps, which the ReLU's output serves as well. */
function onlyItsSign(edit: Editor, input: Operand): boolean {
  return !edit.isTarget(input.value) && edit.users(input.value).every(isReluOrStep);
}

function isReluOrStep({ kernel, plan }: Node): boolean {
  return kernel.name === "Relu" || kernel.name === "Step" && (plan as { alpha: number }).alpha === 0;
}
