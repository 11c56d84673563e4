import type { Node, Operand, Value } from "../value.ts";
import { isImageOperand, vectorOf } from "./channels.ts";
import { type Editor, rewriteCalls, whole } from "./editor.ts";
import type { Graph } from "./graph.ts";

/**
 * A convolution, its bias and its ReLU become one call, as tfjs's layers record them when they predict but not when they
 * train. The gradient's `step` asks for what went into the ReLU; what came out has the same sign, so nothing else needs
 * the sum and it is never written to memory.
 */
export function activationsIntoConvolutions(graph: Graph): Graph {
  /** What came out of a ReLU, by what went in. */
  const outputs = new Map<Value, Value>();
  return rewriteCalls(graph, (node, edit) => {
    if (node.kernel.name === "Step") {
      const output = isReluOrStep(node) ? outputs.get(node.inputs[0]!.value) : undefined;
      return output === undefined ? null : edit.like(node, [whole(output)]);
    }
    if (node.kernel.name !== "Relu") return null;
    const fused = intoConvolution(node, edit);
    outputs.set(node.inputs[0]!.value, fused ?? node.outputs[0]);
    return fused;
  });
}

function intoConvolution(node: Node, edit: Editor): Value | null {
  const sum = edit.made(node.inputs[0], "Add");
  if (sum === null || !onlyItsSign(edit, node.inputs[0]!)) return null;
  const [a, b] = sum.inputs as Operand[];
  const convolution = edit.made(a, "Conv2D") ?? edit.made(a, "FusedConv2D");
  if (convolution === null || !isImageOperand(a) || !edit.isPrivate(a.value)) return null;
  const channels = a.shape[3];
  const bias = vectorOf(edit, b, channels);
  if (bias === null || bias.shape.length !== 1) return null;
  const plan = convolution.plan as { window?: unknown; activation?: string };
  const fused = convolution.kernel.name === "FusedConv2D";
  if (fused && (convolution.inputs[2] !== null || plan.activation !== "linear")) return null;
  const [x, filter] = convolution.inputs;
  const window = fused ? plan.window : plan;
  return edit.planned("FusedConv2D", [x, filter, bias], { window, activation: "relu" }, node.outputs);
}

/** Whether a ReLU's input is read by nothing but the ReLU and by steps, which the ReLU's output serves as well. */
function onlyItsSign(edit: Editor, input: Operand): boolean {
  return !edit.isTarget(input.value) && edit.users(input.value).every(isReluOrStep);
}

function isReluOrStep({ kernel, plan }: Node): boolean {
  return kernel.name === "Relu" || kernel.name === "Step" && (plan as { alpha: number }).alpha === 0;
}
