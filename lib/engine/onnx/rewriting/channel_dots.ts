import { type Node, type Operand, sameShape, type Value } from "../value.ts";
import { isImageOperand, isOverPixels, vectorOf } from "./channels.ts";
import { type Editor, rewriteCalls } from "./editor.ts";
import type { Graph } from "./graph.ts";

/**
 * Sums over batch, height and width of a product become one call that reads its two images and writes a number for each
 * channel, not the product: `ChannelDot`. So do means of squares, which are variances. Factors for each channel are
 * let through, and the sum of deviations from the mean is known to be 0.
 */
export function channelDots(graph: Graph): Graph {
  return rewriteCalls(graph, (node, edit) => {
    const { name } = node.kernel;
    if (name !== "Sum" && name !== "Mean" || !isOverPixels(node.plan)) return null;
    const [x] = node.inputs as Operand[];
    if (!isImageOperand(x)) return null;
    const square = edit.made(x, "Square");
    if (square !== null && edit.isPrivate(x.value)) return dot(node, edit, square.inputs[0]!, square.inputs[0]!);
    const product = edit.made(x, "Multiply");
    if (product === null || name !== "Sum") return null;
    const [a, b] = product.inputs as Operand[];
    if (isImageOperand(a) && isImageOperand(b) && sameShape(a.shape, b.shape) && vectorFree(edit, a, b)) {
      return edit.isPrivate(x.value) ? dot(node, edit, a, b) : null;
    }
    return withoutDeviations(node, edit, a, b);
  });
}

function dot(node: Node, edit: Editor, a: Operand, b: Operand): Value | null {
  if (!isImageOperand(a) || !isImageOperand(b)) return null;
  const [output] = node.outputs;
  const mean = node.kernel.name === "Mean";
  return edit.call("ChannelDot", [a, b], { shape: output.shape, mean });
}

/** Whether neither is a repeated vector. */
function vectorFree(edit: Editor, a: Operand, b: Operand): boolean {
  return vectorOf(edit, a, a.shape[3]) === null && vectorOf(edit, b, b.shape[3]) === null;
}

/** 0 for the sum of vector * (x - mean(x)), with any number of vectors. */
function withoutDeviations(node: Node, edit: Editor, a: Operand, b: Operand): Value | null {
  const channels = a.shape.at(-1)!;
  for (const [image, vector] of [[a, b], [b, a]]) {
    if (!isImageOperand(image) || vectorOf(edit, vector, channels) === null) continue;
    if (vectorOf(edit, image, channels) !== null) continue;
    if (isDeviation(edit, image)) {
      const { shape, dtype } = node.outputs[0];
      return edit.call("Fill", [], { shape, value: 0, dtype });
    }
    const inner = edit.made(image, "Multiply");
    if (inner !== null) return withoutDeviations(node, edit, inner.inputs[0]!, inner.inputs[1]!);
  }
  return null;
}

/** Whether an image is x - mean(x), over batch, height and width. */
function isDeviation(edit: Editor, image: Operand): boolean {
  const difference = edit.made(image, "Sub");
  if (difference === null) return false;
  const [x, mean] = difference.inputs as Operand[];
  const node = edit.producer(mean.value);
  if (node?.kernel.name !== "Mean" || !isOverPixels(node.plan) || vectorOf(edit, mean, image.shape[3]) === null) {
    return false;
  }
  const [averaged] = node.inputs as Operand[];
  return averaged.value === x.value && sameShape(averaged.shape, x.shape) && sameShape(x.shape, image.shape);
}
