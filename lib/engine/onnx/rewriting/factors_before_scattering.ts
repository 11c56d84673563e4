import type { Operand } from "../value.ts";
import { isImage, vectorOf } from "./channels.ts";
import { rewriteCalls, whole } from "./editor.ts";
import type { Graph } from "./graph.ts";

/**
 * A factor for each channel goes onto the pooled image before its gradient is scattered, instead of onto the scattered
 * one, which is larger: maxPoolGrad(dy) * v = maxPoolGrad(dy * v).
 */
export function factorsBeforeScattering(graph: Graph): Graph {
  return rewriteCalls(graph, (node, edit) => {
    if (node.kernel.name !== "Multiply") return null;
    const [a, b] = node.inputs as Operand[];
    for (const [image, other] of [[a, b], [b, a]]) {
      const scattered = edit.made(image, "MaxPoolGrad");
      if (scattered === null || !edit.isPrivate(image.value)) continue;
      const [dy, ...rest] = scattered.inputs as Operand[];
      const vector = vectorOf(edit, other, image.shape[3]);
      if (vector === null || !isImage(dy.value)) continue;
      return edit.like(scattered, [whole(edit.call("Multiply", [dy, vector])), ...rest]);
    }
    return null;
  });
}
