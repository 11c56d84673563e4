import type { Kernel } from "./kernel.ts";

/** What a stored number is. Strings and complex numbers never enter the graph. */
export type DType = "float32" | "int32" | "bool";

export type Shape = readonly number[];

export type NumericArray = Float32Array | Int32Array | Uint8Array;

/** Shape and type of a tensor. */
export interface Spec {
  readonly shape: Shape;
  readonly dtype: DType;
}

/**
 * A tensor that is stored (`data`), or will be when `node` has run. Exactly one of the two is set. It is its own
 * operand for every kernel that sees it under its own shape.
 */
export class Value implements Operand, Spec {
  node: Node | null = null;
  data: NumericArray | null = null;
  /** Whether a tensor of the user holds it. A value that nobody holds when the graph runs is not computed. */
  held = false;
  /** Whether somebody outside may see `data`: its memory is then never used again for another tensor. */
  escaped = false;
  /** Its number in the section that was keyed last, which is `section`: scratch of {@link Pending}. */
  index = 0;
  section = 0;

  constructor(readonly shape: Shape, readonly dtype: DType) {}

  get value(): Value {
    return this;
  }
}

/** A value as one kernel sees it: tfjs reshapes by giving the same data another shape. */
export interface Operand {
  readonly value: Value;
  readonly shape: Shape;
}

/** One recorded kernel call. */
export interface Node {
  readonly kernel: Kernel;
  /** In the kernel's order, null for an optional input that is missing. */
  readonly inputs: readonly (Operand | null)[];
  /** What lowering needs of the attributes, derived once when the call was recorded. */
  readonly plan: unknown;
  /** The plan as JSON. */
  readonly planKey: string;
  /** The plan's part of a section's structure, where it is known already. */
  readonly planWords?: Int32Array;
  readonly outputs: readonly Value[];
}

/** A node as the backend records it: most plans are never asked for their JSON. */
export class Call implements Node {
  constructor(
    readonly kernel: Kernel,
    readonly inputs: readonly (Operand | null)[],
    readonly plan: unknown,
    readonly outputs: readonly Value[],
    readonly planWords?: Int32Array,
  ) {}

  get planKey(): string {
    return this.plan === undefined ? "" : JSON.stringify(this.plan);
  }
}

/** Number of elements. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const extent of shape) size *= extent;
  return size;
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false;
  return true;
}

/** "float32 [2,3]", for messages. */
export function describe(spec: { readonly shape: Shape; readonly dtype: string }): string {
  return `${spec.dtype} [${spec.shape.join(",")}]`;
}

const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/** Zeros of the type's array. @throws {RangeError} where there is not so much memory. */
export function newArray(dtype: DType, length: number): NumericArray {
  try {
    return new arrays[dtype](length);
  } catch (cause) {
    const gigabytes = length * arrays[dtype].BYTES_PER_ELEMENT / 1e9;
    throw new RangeError(
      `Cannot get ${gigabytes.toFixed(1)} GB of memory for a tensor of ${length} elements of type ${dtype}: ` +
        `${(cause as Error).message}`,
      { cause },
    );
  }
}

export function isDType(dtype: string): dtype is DType {
  return dtype in arrays;
}
