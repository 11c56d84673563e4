import type { DType, Shape, Spec } from "../value.ts";
import type { Edge } from "./edge.ts";

/**
 * Order of the axes of a rank 4 tensor: tfjs's own, channels first as ONNX's convolutions want it, or channels in blocks
 * (see blocked.ts), which is there on some processors, for numbers of channels that are whole blocks.
 */
export type Layout = "nhwc" | "nchw" | "blocked";

/**
 * A tensor while its graph is lowered. It knows in which layouts it exists as an edge, and an edge may have extent 1
 * where the tensor has more: it is repeated along that axis, and only who needs the copies makes them.
 */
export class Ref implements Spec {
  /** By layout. Tensors whose rank is not 4 have "nhwc" only, which then means tfjs's order. */
  readonly edges: { nhwc?: Edge; nchw?: Edge; blocked?: Edge } = {};

  constructor(
    readonly shape: Shape,
    readonly dtype: DType,
    /** The layout it was computed in. */
    readonly layout: Layout,
    edge: Edge,
  ) {
    this.edges[layout] = edge;
  }
}
