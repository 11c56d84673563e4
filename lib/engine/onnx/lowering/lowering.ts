import { sameShape, type Shape, sizeOf } from "../value.ts";
import type { DType } from "../value.ts";
import { fromBlocked, isPerChannel, perChannel, toBlocked } from "./blocked.ts";
import { Builder } from "./builder.ts";
import { channelsLast } from "./channels_last.ts";
import type { Edge, OnnxType } from "./edge.ts";
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
  /** @param block Channels in a block of the blocked layout; 0 to do without it. */
  constructor(readonly block = 0, prefix = "") {
    super(prefix);
  }

  /** Whether images with so many channels can be blocked. */
  blocks(channels: number): boolean {
    return this.block > 0 && channels % this.block === 0;
  }

  /** A new tensor from an edge in the given layout. The edge may be narrower: extent 1 where it repeats. */
  ref(edge: Edge, shape: Shape = edge.shape, layout: Layout = "nhwc"): Ref {
    return new Ref(shape, edge.dtype as DType, layout, edge);
  }

  /** A new rank 4 tensor from an edge with channels first. */
  refNchw(edge: Edge): Ref {
    return new Ref(permuted(edge.shape, toNhwc), edge.dtype as DType, "nchw", edge);
  }

  /** A new rank 4 tensor from a blocked edge, which has five axes. */
  refBlocked(edge: Edge): Ref {
    const [batch, blocks, height, width, block] = edge.shape;
    return new Ref([batch, height, width, blocks * block], edge.dtype as DType, "blocked", edge);
  }

  /** The tensor in tfjs's order, with all its elements. */
  plain(ref: Ref): Edge {
    return this.expand(this.narrow(ref, "nhwc"), ref.shape);
  }

  /** A rank 4 tensor with channels first, with all its elements. */
  nchw(ref: Ref): Edge {
    return this.expand(this.narrow(ref, "nchw"), permuted(ref.shape, toNchw));
  }

  /** A rank 4 tensor with channels in blocks, with all its elements. */
  blocked(ref: Ref): Edge {
    const [batch, height, width, channels] = ref.shape;
    return this.expand(this.narrow(ref, "blocked"), [batch, channels / this.block, height, width, this.block]);
  }

  /** The tensor in a layout, perhaps with extent 1 along axes where it repeats. */
  narrow(ref: Ref, layout: Layout): Edge {
    return ref.edges[layout] ??= this.#convert(ref, layout);
  }

  #convert({ edges }: Ref, layout: Layout): Edge {
    const { nhwc, nchw, blocked } = edges;
    switch (layout) {
      case "nhwc":
        return nchw ? channelsLast(this, nchw) : fromBlocked(this, blocked!, true);
      case "nchw":
        return nhwc ? this.transpose(nhwc, toNchw) : fromBlocked(this, blocked!, false);
      case "blocked":
        return nhwc ? toBlocked(this, nhwc, true, this.block) : toBlocked(this, nchw!, false, this.block);
    }
  }

  /** The layout that a tensor was computed in, or channels first where that is blocked: for operators that can't. */
  unblocked(ref: Ref): "nhwc" | "nchw" {
    return ref.layout === "blocked" ? "nchw" : ref.layout;
  }

  /** An element-wise operator of two inputs that broadcast; images meet numbers for each channel in one pass. */
  override binary(type: string, a: Edge, b: Edge, dtype: OnnxType = a.dtype): Edge {
    if (this.block > 0 && dtype === "float32" && a.dtype === "float32") {
      if (isPerChannel(b, a)) {
        if (type === "Mul") return perChannel(this, a, b, null);
        if (type === "Add") return perChannel(this, a, null, b);
        if (type === "Sub") return perChannel(this, a, null, this.unary("Neg", b));
      }
      if (isPerChannel(a, b)) {
        if (type === "Mul") return perChannel(this, b, a, null);
        if (type === "Add") return perChannel(this, b, null, a);
      }
    }
    return super.binary(type, a, b, dtype);
  }

  /** The positions of one of tfjs's axes in a layout: channels in blocks have two. */
  axesIn(axis: number, layout: Layout): number[] {
    if (layout === "blocked") return [[0], [2], [3], [1, 4]][axis];
    return [this.axisIn(axis, layout)];
  }

  /** The position of one of tfjs's axes in a layout that isn't blocked. */
  axisIn(axis: number, layout: "nhwc" | "nchw"): number {
    return layout === "nchw" ? toNchw.indexOf(axis) : axis;
  }

  /** Numbers given for each of tfjs's axes, in a layout's order. */
  perAxis(values: readonly number[], layout: "nhwc" | "nchw"): number[] {
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

  /** The layout for an operator that works with either order of axes: the one its inputs were computed in. */
  layoutFor(refs: readonly Ref[], rank: number): "nhwc" | "nchw" {
    return rank === 4 && refs.some((ref) => ref.layout !== "nhwc") ? "nchw" : "nhwc";
  }

  /**
   * An element-wise operation on tensors that broadcast to `shape`. `emit` gets edges that broadcast the same way,
   * in whatever layout they are.
   */
  elementwise(inputs: readonly Ref[], shape: Shape, emit: (edges: Edge[]) => Edge): Ref {
    const blocked = shape.length === 4 && this.blocks(shape[3]) && inputs.some((ref) => ref.layout === "blocked");
    const layout = blocked ? "blocked" : this.layoutFor(inputs, shape.length);
    const edges = inputs.map((ref) => {
      if (layout === "nhwc") return this.narrow(ref, "nhwc");
      if (ref.shape.length === 4) return this.narrow(ref, layout);
      const edge = this.narrow(ref, "nhwc");
      if (edge.shape.length === 0) return edge;
      const rank4 = this.reshape(edge, [...new Array(4 - edge.shape.length).fill(1), ...edge.shape]);
      return layout === "nchw" ? this.transpose(rank4, toNchw) : toBlocked(this, rank4, true, this.block);
    });
    const edge = emit(edges);
    const rank = layout === "blocked" ? 5 : shape.length;
    const padded = edge.shape.length < rank
      ? this.reshape(edge, [...new Array(rank - edge.shape.length).fill(1), ...edge.shape])
      : edge;
    return this.ref(padded, shape, layout);
  }
}
