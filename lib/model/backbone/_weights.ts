import type { Artifacts } from "./_artifacts.ts";

/** A weight of TensorFlow.js's manifest. */
interface Spec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: { readonly dtype: string; readonly scale?: number; readonly min?: number };
}

export interface Weight {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/**
 * Weights as 32-bit numbers, by name; those stored as 16-bit floats or quantised to 8 or 16 bits included.
 *
 * @returns Null where one is of another type, as texts are.
 */
export function weightsOf({ weightSpecs, weightData }: Artifacts): Map<string, Weight> | null {
  const weights = new Map<string, Weight>();
  let at = 0;
  for (const { name, shape, dtype, quantization } of weightSpecs as Spec[]) {
    const n = shape.reduce((product, extent) => product * extent, 1);
    const stored = ARRAYS[quantization?.dtype ?? dtype];
    if (stored === undefined) return null;
    const bytes = n * stored.BYTES_PER_ELEMENT;
    const raw = new stored(weightData.slice(at, at + bytes)); // aligned
    at += bytes;
    const { scale = 1, min = 0 } = quantization ?? {};
    weights.set(name, { shape, values: Float32Array.from(raw, (value) => value * scale + min) });
  }
  return weights;
}

const ARRAYS: Readonly<
  Record<
    string,
    { new (buffer: ArrayBuffer): ArrayLike<number> & Iterable<number>; readonly BYTES_PER_ELEMENT: number }
  >
> = {
  float32: Float32Array,
  float16: Float16Array,
  int32: Int32Array,
  uint16: Uint16Array,
  uint8: Uint8Array,
  bool: Uint8Array,
};
