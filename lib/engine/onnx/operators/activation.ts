import type { Edge } from "../lowering/edge.ts";
import type { Lowering } from "../lowering/lowering.ts";

/** Activations that tfjs's fused kernels know, and `linear`. */
export const activations: readonly string[] = ["linear", "relu", "relu6", "elu", "sigmoid", "leakyrelu"];

/** Applies an activation of a fused kernel. */
export function activate(g: Lowering, x: Edge, name: string, alpha = 0.2): Edge {
  switch (name) {
    case "relu":
      return g.unary("Relu", x);
    case "relu6":
      return relu6(g, x);
    case "elu":
      return elu(g, x);
    case "sigmoid":
      return g.unary("Sigmoid", x);
    case "leakyrelu":
      return leakyRelu(g, x, alpha);
    default:
      return x;
  }
}

export function relu6(g: Lowering, x: Edge): Edge {
  return g.op("Clip", [x, g.scalar(0), g.scalar(6)], x.shape, x.dtype);
}

export function elu(g: Lowering, x: Edge): Edge {
  return g.unary("Elu", x, { alpha: { float: 1 } });
}

export function leakyRelu(g: Lowering, x: Edge, alpha: number): Edge {
  return g.unary("LeakyRelu", x, { alpha: { float: alpha } });
}

/** 1 where x is positive, alpha elsewhere. */
export function step(g: Lowering, x: Edge, alpha: number): Edge {
  // A clamped steep line takes one pass over memory, comparing and casting takes two. It is 1 from 1e-38 on.
  const one = g.unary("HardSigmoid", x, { alpha: { float: 1e38 }, beta: { float: 0 } });
  return alpha === 0 ? one : g.add(g.mul(one, g.scalar(1 - alpha)), g.scalar(alpha));
}
