import { sameShape, type Shape, sizeOf } from "../value.ts";
import type { DType } from "../value.ts";
import { Builder } from "./builder.ts";
import type { Edge } from "./edge.ts";
import { type Layout, Ref } from "./ref.ts";
import { permuted } from "./shapes.ts";

/** Permutations between the layouts. */
const toNchw = [0, 3, 1, 2];
const toNhwc = [0, 2, 3, 1];

/**
 * What a kernel lowers with: the operator builder, and the choice of layout. A tensor stays in the layout it was
 * computed in; a kernel asks for the one it needs, and a conversion, once made, is there for everybody.
 */
export class Lowering extends Builder {
  /** A new tensor from an edge in the given layout. The edge may be narrower: extent 1 where it repeats. */
  ref(edge: Edge, shape: Shape = edge.shape, layout: Layout = "nhwc"): Ref {
    return new Ref(shape, edge.dtype as DType, layout, edge);
  }

  /** A new rank 4 tensor from an edge with channels first. */
  refNchw(edge: Edge): Ref {
    return new Ref(permuted(edge.shape, toNhwc), edge.dtype as DType, "nchw", edge);
  }

  /** The tensor in tfjs's order, with all its elements. */
  plain(ref: Ref): Edge {
    return this.expand(this.narrow(ref, "nhwc"), ref.shape);
  }

  /** A rank 4 tensor with channels first, with all its elements. */
  nchw(ref: Ref): Edge {
    return this.expand(this.narrow(ref, "nchw"), permuted(ref.shape, toNchw));
  }

  /** The tensor in a layout, perhaps with extent 1 along axes where it repeats. */
  narrow(ref: Ref, layout: Layout): Edge {
    return ref.edges[layout] ??= layout === "nchw"
      ? this.transpose(ref.edges.nhwc!, toNchw)
      : this.transpose(ref.edges.nchw!, toNhwc);
  }

  /** The position of one of tfjs's axes in a layout. */
  axisIn(axis: number, layout: Layout): number {
    return layout === "nchw" ? toNchw.indexOf(axis) : axis;
  }

  /** Numbers given for each of tfjs's axes, in a layout's order. */
  perAxis(values: readonly number[], layout: Layout): number[] {
    return layout === "nchw" ? permuted(values, toNchw) : [...values];
  }

  /** The same elements under another shape. */
  reshaped(ref: Ref, shape: Shape): Ref {
    if (sameShape(ref.shape, shape)) return ref;
    const edge = ref.edges[ref.layout]!;
    // One element repeated stays so under any shape.
    if (sizeOf(edge.shape) === 1) return this.ref(this.reshape(edge, shape.map(() => 1)), shape);
    return this.ref(this.reshape(this.plain(ref), shape), shape);
  }

  /** The layout for an operator that works in any: the one its inputs were computed in. */
  layoutFor(refs: readonly Ref[], rank: number): Layout {
    return rank === 4 && refs.some((ref) => ref.layout === "nchw") ? "nchw" : "nhwc";
  }

  /**
   * An element-wise operation on tensors that broadcast to `shape`. `emit` gets edges that broadcast the same way,
   * in whatever layout they are.
   */
  elementwise(inputs: readonly Ref[], shape: Shape, emit: (edges: Edge[]) => Edge): Ref {
    const layout = this.layoutFor(inputs, shape.length);
    const edges = inputs.map((ref) => {
      if (layout === "nhwc") return this.narrow(ref, "nhwc");
      if (ref.shape.length === 4) return this.narrow(ref, "nchw");
      const edge = this.narrow(ref, "nhwc");
      if (edge.shape.length === 0) return edge;
      const rank4 = this.reshape(edge, [...new Array(4 - edge.shape.length).fill(1), ...edge.shape]);
      return this.transpose(rank4, toNchw);
    });
    const edge = emit(edges);
    const rank = shape.length;
    const padded = edge.shape.length < rank
      ? this.reshape(edge, [...new Array(rank - edge.shape.length).fill(1), ...edge.shape])
      : edge;
    return this.ref(padded, shape, layout);
  }
}
