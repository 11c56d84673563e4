import { type Node, type Operand, sameShape, type Value } from "../value.ts";
import { isImage, isImageOperand, isOverPixels, vectorOf } from "./channels.ts";
import { type Editor, rewriteCalls, whole } from "./editor.ts";
import type { Graph } from "./graph.ts";

/**
 * Maximum pooling before batch normalisation instead of after it, which then runs on a quarter of the image; and so does
 * one of the two sums of its gradient.
 *
 * Normalisation keeps the order of a channel's numbers where its scale is not negative, and reverses it where it is. So
 * the sign of the scale goes into the filter of the convolution before, s = sign(scale), which costs nothing: with
 * z' = conv(x, filter * s), the normalised image is that of z' under |scale|. Changing signs loses nothing to rounding.
 *
 *     maxPool(norm(z)) = norm'(maxPool(z'))    maxPoolGrad(dp, norm(z), p) = maxPoolGrad(dp, z', maxPool(z'))
 *     sum(maxPoolGrad(dp, ...) * (z - mean)) = s * sum(dp * (maxPool(z') - mean'))
 *
 * The maximum's place is looked for in z' instead of in the normalised image, where rounding makes more ties; where the
 * scale is 0, that is one of the tied places instead of all of them.
 */
export function poolingBeforeNorm(graph: Graph): Graph {
  const pass = new PoolingBeforeNorm();
  return rewriteCalls(graph, (node, edit) => pass.visit(node, edit));
}

/** A convolution whose filter carries the signs, which are null where all are positive. */
interface Signed {
  readonly image: Value;
  readonly sign: Operand | null;
}

class PoolingBeforeNorm {
  /** By what they stand for in the calls that follow. */
  readonly #images = new Map<Value, Signed>();
  readonly #means = new Map<Value, Value>();
  readonly #deviations = new Map<Value, Signed & { readonly mean: Operand }>();
  readonly #norms = new Map<Value, Signed & { readonly node: Node }>();
  readonly #pools = new Map<Value, Value>();
  readonly #scattered = new Map<Value, { readonly dy: Operand; readonly pooled: Value }>();

  visit(node: Node, edit: Editor): Value | null {
    switch (node.kernel.name) {
      case "Conv2D":
      case "FusedConv2D":
        return this.#convolution(node, edit);
      case "Mean":
        return this.#mean(node, edit);
      case "Sub":
        return this.#deviation(node, edit);
      case "FusedBatchNorm":
        return this.#norm(node);
      case "MaxPool":
        return this.#pool(node, edit);
      case "MaxPoolGrad":
        return this.#scatter(node, edit);
      case "ChannelDot":
        return this.#dot(node, edit);
      case "Multiply":
        return this.#product(node, edit);
      default:
        return null;
    }
  }

  #convolution(node: Node, edit: Editor): Value | null {
    const [z] = node.outputs;
    const [x, filter, bias] = node.inputs;
    const linear = node.kernel.name === "Conv2D" || (node.plan as { activation: string }).activation === "linear";
    if (!linear || bias || !isImage(z) || edit.isTarget(z)) return null;
    const users = edit.users(z);
    const norm = users.find(({ kernel, inputs }) => kernel.name === "FusedBatchNorm" && inputs[0]!.value === z);
    if (norm === undefined || !users.every(({ kernel }) => ["Mean", "Sub", "FusedBatchNorm"].includes(kernel.name))) {
      return null;
    }
    if (!users.every((user) => seesWhole(user, z)) || !isPooledOnly(norm.outputs[0], edit)) return null;
    const [, , , , scale] = norm.inputs;
    if (!norm.inputs.slice(1).every((vector) => vector === null || sameShape(vector.shape, [z.shape[3]]))) return null;
    if (scale === null) {
      this.#images.set(z, { image: z, sign: null });
      return null;
    }
    // The sign must be known before the convolution: so it is for variables.
    if (!edit.isFeed(scale.value)) return null;
    const number = (value: number) => whole(edit.call("Fill", [], { shape: [], value, dtype: "float32" }));
    const sign = whole(edit.call("Select", [whole(edit.call("Less", [scale, number(0)])), number(-1), number(1)]));
    const signed = edit.call("Multiply", [filter, sign]);
    const image = edit.like(node, [x, whole(signed), ...node.inputs.slice(2)]);
    const same = edit.call("Multiply", [whole(image), sign]);
    this.#images.set(same, { image, sign });
    return same;
  }

  #mean(node: Node, edit: Editor): Value | null {
    const signed = this.#images.get(node.inputs[0]!.value);
    if (signed === undefined || !isOverPixels(node.plan)) return null;
    if (signed.sign === null) {
      this.#means.set(node.outputs[0], node.outputs[0]);
      return null;
    }
    const mean = edit.like(node, [whole(signed.image)]);
    const same = edit.call("Multiply", [whole(mean), signed.sign]);
    this.#means.set(same, mean);
    return same;
  }

  #deviation(node: Node, edit: Editor): Value | null {
    const [x, m] = node.inputs as Operand[];
    const signed = this.#images.get(x.value);
    const value = this.#means.get(m.value);
    if (signed === undefined || value === undefined) return null;
    const mean = { value, shape: m.shape };
    if (signed.sign === null) {
      this.#deviations.set(node.outputs[0], { image: node.outputs[0], sign: null, mean });
      return null;
    }
    const image = edit.call("Sub", [whole(signed.image), mean]);
    const same = edit.call("Multiply", [whole(image), signed.sign]);
    this.#deviations.set(same, { image, sign: signed.sign, mean });
    return same;
  }

  #norm(node: Node): null {
    const signed = this.#images.get(node.inputs[0]!.value);
    if (signed !== undefined) this.#norms.set(node.outputs[0], { ...signed, node });
    return null;
  }

  #pool(node: Node, edit: Editor): Value | null {
    const norm = this.#norms.get(node.inputs[0]!.value);
    if (norm === undefined) return null;
    const { image, sign } = norm;
    const [, mean, variance, offset, scale] = norm.node.inputs;
    const pooled = edit.like(node, [whole(image)]);
    const known = this.#means.get(mean!.value);
    const signed = (vector: Operand) => sign === null ? vector : whole(edit.call("Multiply", [vector, sign]));
    const inputs = [
      whole(pooled),
      known === undefined ? signed(mean!) : { value: known, shape: mean!.shape },
      variance,
      offset,
      scale && signed(scale),
    ];
    const result = edit.call("FusedBatchNorm", inputs, { varianceEpsilon: norm.node.plan });
    this.#pools.set(result, pooled);
    return result;
  }

  #scatter(node: Node, edit: Editor): Value | null {
    const [dy, image, output] = node.inputs as Operand[];
    const norm = this.#norms.get(image.value);
    const pooled = this.#pools.get(output.value);
    if (norm === undefined || pooled === undefined) return null;
    const result = edit.like(node, [dy, whole(norm.image), whole(pooled)]);
    this.#scattered.set(result, { dy, pooled });
    return result;
  }

  #dot(node: Node, edit: Editor): Value | null {
    const [a, b] = node.inputs as Operand[];
    const plan = node.plan as { mean: boolean };
    if (a.value === b.value) {
      const deviation = this.#deviations.get(a.value);
      if (deviation === undefined || deviation.sign === null) return null;
      return edit.like(node, [whole(deviation.image), whole(deviation.image)]);
    }
    for (const [gradient, image] of [[a, b], [b, a]]) {
      const scattered = this.#scattered.get(gradient.value);
      const deviation = this.#deviations.get(image.value);
      if (scattered === undefined || deviation === undefined || plan.mean) continue;
      if (!isImage(scattered.pooled)) continue;
      const difference = edit.call("Sub", [whole(scattered.pooled), deviation.mean]);
      const sum = edit.like(node, [scattered.dy, whole(difference)]);
      return deviation.sign === null ? sum : edit.call("Multiply", [whole(sum), deviation.sign]);
    }
    return null;
  }

  /** A deviation times a number for each channel, which takes the sign. */
  #product(node: Node, edit: Editor): Value | null {
    const [a, b] = node.inputs as Operand[];
    for (const [image, other] of [[a, b], [b, a]]) {
      const deviation = this.#deviations.get(image.value);
      if (deviation === undefined || deviation.sign === null || !isImageOperand(image)) continue;
      const vector = vectorOf(edit, other, image.shape[3]);
      if (vector === null) continue;
      return edit.call("Multiply", [whole(deviation.image), whole(edit.call("Multiply", [vector, deviation.sign]))]);
    }
    return null;
  }
}

/** Whether maximum pooling and its gradient are all that read a value. */
function isPooledOnly(value: Value, edit: Editor): boolean {
  const users = edit.users(value);
  return !edit.isTarget(value) && users.some(({ kernel }) => kernel.name === "MaxPool") &&
    users.every((user) => {
      const { kernel, inputs } = user;
      const pools = kernel.name === "MaxPool" || kernel.name === "MaxPoolGrad" && inputs[1]!.value === value;
      return pools && seesWhole(user, value);
    });
}

/** Whether a call does not see a value under another shape. */
function seesWhole({ inputs }: Node, value: Value): boolean {
  return inputs.every((input) => input?.value !== value || sameShape(input.shape, value.shape));
}
