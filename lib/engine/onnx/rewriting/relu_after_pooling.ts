import type { Node, Operand, Value } from "../value.ts";
import { isOverPixels } from "./channels.ts";
import { type Editor, rewriteCalls, whole } from "./editor.ts";
import type { Graph } from "./graph.ts";

/**
 * ReLU after maximum pooling instead of before, and its gradient before the pooling's gradient: on the pooled image,
 * which is a quarter of the size. With p the pooled image, exactly:
 *
 *     maxPool(relu(y)) = relu(maxPool(y))
 *     maxPoolGrad(dy, relu(y), p) * step(y) = maxPoolGrad(dy * step(p), y, maxPool(y))
 *
 * The second holds because a window whose maximum p is positive has it at the same places in y, tied ones too, where
 * step is 1; and a window whose maximum is not positive gets no gradient on either side. Sums of the pooling's gradient
 * over batch, height and width are sums of what it distributes.
 */
export function reluAfterPooling(graph: Graph): Graph {
  return rewriteCalls(graph, (node, edit) => {
    switch (node.kernel.name) {
      case "MaxPool":
        return reluOfMaxPool(node, edit);
      case "Multiply":
        return gatedBeforeScattering(node, edit);
      case "Sum":
        return sumBeforeScattering(node, edit);
      default:
        return null;
    }
  });
}

function reluOfMaxPool(node: Node, edit: Editor): Value | null {
  const relu = edit.made(node.inputs[0], "Relu");
  if (relu === null) return null;
  return edit.call("Relu", [whole(edit.like(node, relu.inputs))]);
}

function gatedBeforeScattering({ inputs: [a, b] }: Node, edit: Editor): Value | null {
  for (const [gradient, gate] of [[a, b], [b, a]]) {
    const scattered = edit.made(gradient, "MaxPoolGrad");
    const step = edit.made(gate, "Step");
    if (scattered === null || step === null || (step.plan as { alpha: number }).alpha !== 0) continue;
    const [dy, image, pooled] = scattered.inputs as Operand[];
    const relu = edit.made(image, "Relu");
    const pooledRelu = edit.made(pooled, "Relu");
    if (relu === null || pooledRelu === null) continue;
    const [y] = relu.inputs as Operand[];
    const pool = edit.made(pooledRelu.inputs[0], "MaxPool");
    const gated = step.inputs[0]!.value;
    if (pool === null || pool.inputs[0]!.value !== y.value) continue;
    if (gated !== y.value && gated !== relu.outputs[0]) continue;
    const open = edit.call("Step", [pooled], { alpha: 0 });
    const gatedDy = edit.call("Multiply", [dy, whole(open)]);
    return edit.like(scattered, [whole(gatedDy), y, pooledRelu.inputs[0]]);
  }
  return null;
}

function sumBeforeScattering(node: Node, edit: Editor): Value | null {
  const scattered = edit.made(node.inputs[0], "MaxPoolGrad");
  return scattered !== null && isOverPixels(node.plan) ? edit.like(node, [scattered.inputs[0]]) : null;
}
