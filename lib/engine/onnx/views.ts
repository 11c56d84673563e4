import * as tf from "@tensorflow/tfjs-core";
import type { OnnxBackend } from "./backend.ts";
import { axisOf } from "./lowering/shapes.ts";
import { fillFrom } from "./operators/fill.ts";
import type { Attrs } from "./kernel.ts";
import { isDType, sizeOf, Value } from "./value.ts";

type Tensors = Record<string, tf.TensorInfo>;

/**
 * Kernels that can answer at once, without computing: the same data under another shape or type, rows of stored data.
 * Gives null where the call has to be recorded after all.
 */
type View = (backend: OnnxBackend, inputs: Tensors, attrs: Attrs) => tf.TensorInfo | null;

export const views: Readonly<Record<string, View>> = {
  Identity: (backend, { x }) => backend.alias(x, x.shape),

  Reshape(backend, { x }, { shape }) {
    const size = sizeOf(x.shape);
    const full = tf.util.inferFromImplicitShape(shape, size);
    if (sizeOf(full) !== size) throw new Error(`a reshape to [${full}] must keep the number of elements, ${size}`);
    return backend.alias(x, full);
  },

  ExpandDims(backend, { input }, { dim }) {
    const axis = axisOf(dim, input.shape.length + 1);
    return backend.alias(input, [...input.shape.slice(0, axis), 1, ...input.shape.slice(axis)]);
  },

  Cast: (backend, { x }, { dtype }) => x.dtype === dtype ? backend.alias(x, x.shape) : null,

  /** Whole rows of stored data are a window onto it; where they begin is then no part of the graph. */
  Slice(backend, { x }, attrs) {
    const { begin: from, size: extents } = attrs;
    if (!isDType(x.dtype)) return null;
    const source = backend.valueBehind(x);
    if (x.shape.length === 0 || source.data === null && source.node !== null) return null;
    const [begin, size] = tf.slice_util.parseSliceParams(x as tf.Tensor, from, extents);
    const whole = size.every((extent, axis) => axis === 0 || extent === x.shape[axis]);
    if (!whole || begin[0] < 0 || begin[0] + size[0] > x.shape[0]) return null;
    backend.beginBatch(source);
    backend.countLook();
    const row = sizeOf(size.slice(1));
    const rows = new Value(size, source.dtype);
    rows.data = source.data!.subarray(begin[0] * row, (begin[0] + size[0]) * row);
    // Both look at the same memory: it must not be used again when one of them is gone.
    rows.escaped = source.escaped = true;
    return backend.hold(rows);
  },

  /** Taking rows of stored data is how a batch begins. */
  GatherV2(backend, { x }) {
    if (!isDType(x.dtype)) return null;
    const source = backend.valueBehind(x);
    if (source.data !== null) backend.beginBatch(source);
    return null;
  },

  Fill(backend, _inputs, attrs) {
    const { shape, value, dtype, constant } = attrs;
    const type = dtype ?? tf.util.inferDtype(value);
    if (constant || !isDType(type) || typeof value === "string" || value === 0 || value === 1) return null;
    const scalar = { dataId: backend.write([value] as unknown as Float32Array, [], type), shape: [], dtype: type };
    const [filled] = backend.record(fillFrom, [scalar], fillFrom.infer({ value: scalar }, { shape }));
    backend.disposeData(scalar.dataId);
    return filled;
  },

  Complex: (backend, { real, imag }) => backend.holdComplex(real, imag),

  Real(backend, { input }) {
    const real = input.dtype === "complex64" ? backend.partsOf(input).real : input;
    return backend.alias(real, input.shape);
  },

  Imag(backend, { input }) {
    return input.dtype === "complex64" ? backend.alias(backend.partsOf(input).imag, input.shape) : null;
  },
};
