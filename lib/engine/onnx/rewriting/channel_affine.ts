import { type Node, type Operand, type Value } from "../value.ts";
import { isImageOperand, vectorOf } from "./channels.ts";
import { type Editor, rewriteCalls, seen, whole } from "./editor.ts";
import type { Graph } from "./graph.ts";

/** A sum of images, each times a number for each channel (null is 1), plus a number for each channel. */
export interface Affine {
  readonly terms: readonly { readonly image: Operand; readonly scale: Operand | null }[];
  readonly bias: Operand | null;
}

/**
 * Chains of sums and of products with a number for each channel become one call, `ChannelAffine`, which takes one pass
 * over memory for each image that it reads. Batch normalisation is one, with the residual addition after it, and its
 * gradient is such a chain of eight calls over two images.
 */
export function channelAffine(graph: Graph): Graph {
  const forms = new Map<Value, Affine>();
  return rewriteCalls(graph, (node, edit) => {
    const form = formOf(node, edit, forms);
    if (form === null) return null;
    const value = emit(edit, form, node.outputs[0]);
    forms.set(value, form);
    return value;
  });
}

function formOf(node: Node, edit: Editor, forms: ReadonlyMap<Value, Affine>): Affine | null {
  const [a, b] = node.inputs as Operand[];
  const [output] = node.outputs;
  const { name } = node.kernel;
  if (name === "FusedBatchNorm") return normalisation(node, edit);
  if (!["Add", "Sub", "Multiply"].includes(name) || !isImageOperand(whole(output))) return null;
  const channels = output.shape[3];
  const parts = [a, b].map((operand) => {
    const vector = vectorOf(edit, operand, channels);
    if (vector !== null) return { vector };
    return isImageOperand(operand) && operand.shape.every((n, i) => n === output.shape[i]) ? { image: operand } : null;
  });
  const [left, right] = parts;
  if (left === null || right === null || left.vector && right.vector) return null;
  const form = (image: Operand): Affine => {
    const inner = edit.isPrivate(image.value) ? forms.get(image.value) : undefined;
    return inner ?? { terms: [{ image, scale: null }], bias: null };
  };
  if (name === "Multiply") {
    const image = left.image ?? right.image!;
    const vector = left.vector ?? right.vector;
    if (vector === undefined) return null;
    const inner = form(image);
    // A product with a sum stays outside of it: (x - mean) * s loses less to rounding than x * s - mean * s.
    const { terms } = inner.bias === null ? inner : { terms: [{ image, scale: null }] };
    return {
      terms: terms.map(({ image, scale }) => ({
        image,
        scale: scale === null ? vector : product(edit, scale, vector),
      })),
      bias: null,
    };
  }
  const negative = name === "Sub";
  if (left.image && right.image) {
    // A difference of images has no scale that is free.
    if (negative) return null;
    const [f, g] = [form(left.image), form(right.image)];
    return { terms: [...f.terms, ...g.terms], bias: sum(edit, f.bias, g.bias) };
  }
  if (!left.image && negative) return null;
  const f = form(left.image ?? right.image!);
  const vector = left.vector ?? right.vector!;
  return { terms: f.terms, bias: sum(edit, f.bias, negative ? whole(edit.call("Neg", [vector])) : vector) };
}

/** x * s + (offset - mean * s), where s = scale / sqrt(variance + epsilon). */
function normalisation({ inputs, plan }: Node, edit: Editor): Affine | null {
  const [image, ...parameters] = inputs as [Operand, ...(Operand | null)[]];
  if (!isImageOperand(image)) return null;
  const channels = image.shape[3];
  const vectors = parameters.map((operand) => operand && vectorOf(edit, operand, channels));
  if (vectors.some((vector, i) => vector?.shape.length !== 1 && parameters[i] !== null)) return null;
  const [mean, variance, offset, scale] = vectors as [Operand, Operand, Operand | null, Operand | null];
  const epsilon = whole(edit.call("Fill", [], { shape: [], value: plan, dtype: "float32" }));
  const inverse = whole(edit.call("Rsqrt", [sum(edit, variance, epsilon)!]));
  const factor = scale === null ? inverse : product(edit, inverse, scale);
  const shift = product(edit, mean, factor);
  const bias = whole(offset === null ? edit.call("Neg", [shift]) : edit.call("Sub", [offset, shift]));
  return { terms: [{ image, scale: factor }], bias };
}

function product(edit: Editor, a: Operand, b: Operand): Operand {
  return whole(edit.call("Multiply", [a, b]));
}

function sum(edit: Editor, a: Operand | null, b: Operand | null): Operand | null {
  if (a === null || b === null) return a ?? b;
  return whole(edit.call("Add", [a, b]));
}

/** Records a form. Vectors follow images; the plan says which belongs where. */
export function emit(edit: Editor, { terms, bias }: Affine, { shape }: Value): Value {
  const channels = shape[3];
  const images = terms.map(({ image }) => image);
  const vectors: Operand[] = [];
  const place = (vector: Operand | null) => {
    if (vector === null) return -1;
    vectors.push(vector.shape.length === 0 ? vector : seen(vector.value, [channels]));
    return images.length + vectors.length - 1;
  };
  const plan = { scales: terms.map(({ scale }) => place(scale)), bias: place(bias) };
  return edit.call("ChannelAffine", [...images, ...vectors], plan);
}
