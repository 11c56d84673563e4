import type { Builder } from "./builder.ts";
import type { Edge } from "./edge.ts";
import { broadcast } from "./shapes.ts";
import { sameShape, sizeOf } from "../value.ts";

/**
 * The same number by fewer operators, or null: constants meet each other when the graph is built, a minus becomes a
 * difference, a reciprocal a quotient. Gradients of normalisations are full of such chains, on a few numbers each, where
 * an operator costs more than its arithmetic. Last bits may change.
 */
export function simpler(g: Builder, type: string, a: Edge, b: Edge): Edge | null {
  if (a.dtype !== "float32" || b.dtype !== "float32") return null;
  switch (type) {
    case "Add":
      return folded(g, a, b, (x, y) => x + y) ?? difference(g, a, b) ?? difference(g, b, a);
    case "Sub": {
      const negated = g.made(b, "Neg");
      return folded(g, a, b, (x, y) => x - y) ?? (negated && g.add(a, negated[0]!));
    }
    case "Mul":
      return folded(g, a, b, (x, y) => x * y) ?? scaled(g, a, b) ?? scaled(g, b, a) ?? together(g, a, b) ??
        quotient(g, a, b) ?? quotient(g, b, a);
    case "Div":
      return folded(g, a, b, (x, y) => x / y) ?? (hasOneNumber(b) ? times(g, a, 1 / b.uniform!) : null);
    default:
      return null;
  }
}

/** -x, where that is no operator. */
export function simplerNegation(g: Builder, x: Edge): Edge | null {
  if (x.dtype !== "float32") return null;
  return hasOneNumber(x) ? g.constant([-x.uniform!], x.shape, "float32") : times(g, x, -1);
}

function folded(g: Builder, a: Edge, b: Edge, of: (x: number, y: number) => number): Edge | null {
  if (!hasOneNumber(a) || !hasOneNumber(b)) return null;
  return g.constant([of(a.uniform!, b.uniform!)], broadcast(a.shape, b.shape), "float32");
}

/** a + -b */
function difference(g: Builder, a: Edge, b: Edge): Edge | null {
  const negated = g.made(b, "Neg");
  return negated && g.sub(a, negated[0]!);
}

/** (x * 2) * 3 */
function scaled(g: Builder, a: Edge, b: Edge): Edge | null {
  return hasOneNumber(b) && b.shape.length <= a.shape.length ? times(g, a, b.uniform!) : null;
}

/** (x * 2) * (y * 3) */
function together(g: Builder, a: Edge, b: Edge): Edge | null {
  const left = factorOf(g, a), right = factorOf(g, b);
  return left && right && g.mul(g.mul(left.x, right.x), g.scalar(left.factor * right.factor));
}

/** a * (1 / b) */
function quotient(g: Builder, a: Edge, b: Edge): Edge | null {
  const inverted = g.made(b, "Reciprocal");
  // Dividing takes longer than multiplying, so that nothing may be divided more often than before.
  return inverted && sizeOf(a.shape) <= sizeOf(b.shape) ? g.div(a, inverted[0]!) : null;
}

/** A product with a constant times another one. */
function times(g: Builder, a: Edge, factor: number): Edge | null {
  const product = factorOf(g, a);
  return product && g.mul(product.x, g.scalar(product.factor * factor));
}

/** What an edge is a constant multiple of, if it is one. */
function factorOf(g: Builder, edge: Edge): { x: Edge; factor: number } | null {
  const reshaped = g.made(edge, "Reshape");
  if (reshaped) {
    const inner = factorOf(g, reshaped[0]!);
    return inner && { x: g.reshape(inner.x, edge.shape), factor: inner.factor };
  }
  const negated = g.made(edge, "Neg");
  if (negated) return { x: negated[0]!, factor: -1 };
  const product = g.made(edge, "Mul");
  if (product) {
    for (const [x, y] of [product, product.toReversed()]) {
      if (hasOneNumber(y!) && sameShape(x!.shape, edge.shape)) return { x: x!, factor: y!.uniform! };
    }
  }
  const ratio = g.made(edge, "Div");
  if (ratio && hasOneNumber(ratio[1]!) && sameShape(ratio[0]!.shape, edge.shape)) {
    return { x: ratio[0]!, factor: 1 / ratio[1]!.uniform! };
  }
  return null;
}

/** Whether an edge is a constant of one element. */
function hasOneNumber({ uniform, shape }: Edge): boolean {
  return uniform !== undefined && sizeOf(shape) === 1;
}
