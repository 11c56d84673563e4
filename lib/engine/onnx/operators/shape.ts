import * as tf from "@tensorflow/tfjs-core";
import type { Kernel } from "../kernel.ts";
import { axesOf, axisOf, permuted } from "../lowering/shapes.ts";
import { type DType, sameShape, sizeOf } from "../value.ts";

function requireOneType(tensors: readonly tf.TensorInfo[]): void {
  if (!tensors.every(({ dtype }) => dtype === tensors[0].dtype)) throw new Error("all inputs must have one type");
}

export const shapes: readonly Kernel[] = [
  {
    name: "Transpose",
    inputs: ["x"],
    infer({ x }, { perm }) {
      return { outputs: [{ shape: permuted(x.shape, perm), dtype: x.dtype as DType }], plan: perm };
    },
    lower: (g, [x], perm: number[], [{ shape }]) => g.ref(g.transpose(g.narrow(x, "nhwc"), perm), shape),
  },
  {
    name: "Concat",
    inputs: "...",
    infer(inputs, { axis }) {
      const all = Object.values(inputs);
      const at = axisOf(axis, all[0].shape.length);
      requireOneType(all);
      const shape = [...all[0].shape];
      shape[at] = 0;
      for (const { shape: other } of all) {
        if (other.length !== shape.length || other.some((extent, a) => a !== at && extent !== shape[a])) {
          throw new Error(`shapes may differ along axis ${at} only`);
        }
        shape[at] += other[at];
      }
      return { outputs: [{ shape, dtype: all[0].dtype as DType }], plan: at };
    },
    lower(g, inputs, axis: number, [{ shape }]) {
      const layout = g.layoutFor(inputs, shape.length);
      const edges = inputs.filter((ref) => sizeOf(ref.shape) > 0 || inputs.length === 1)
        .map((ref) => layout === "nchw" ? g.nchw(ref) : g.plain(ref));
      if (edges.length === 0) return inputs[0];
      return g.ref(g.concat(edges, g.axisIn(axis, layout)), shape, layout);
    },
  },
  {
    name: "Pack",
    inputs: "...",
    infer(inputs, { axis }) {
      const all = Object.values(inputs);
      const at = axisOf(axis, all[0].shape.length + 1);
      requireOneType(all);
      if (!all.every(({ shape }) => sameShape(shape, all[0].shape))) throw new Error("all shapes must be equal");
      const shape = [...all[0].shape];
      shape.splice(at, 0, all.length);
      return { outputs: [{ shape, dtype: all[0].dtype as DType }], plan: at };
    },
    lower(g, inputs, axis: number) {
      return g.ref(g.concat(
        inputs.map((ref) => {
          const shape = [...ref.shape];
          shape.splice(axis, 0, 1);
          return g.reshape(g.plain(ref), shape);
        }),
        axis,
      ));
    },
  },
  {
    name: "Unpack",
    givesList: true,
    inputs: ["value"],
    infer({ value }, { axis }) {
      const at = axisOf(axis, value.shape.length);
      const shape = value.shape.filter((_, i) => i !== at);
      const outputs = Array.from({ length: value.shape[at] }, () => ({ shape, dtype: value.dtype as DType }));
      return { outputs, plan: at };
    },
    lower(g, [x], axis: number, outputs) {
      const edge = g.plain(x);
      return outputs.map(({ shape }, i) => g.ref(g.reshape(g.slice(edge, [axis], [i], [i + 1]), shape)));
    },
  },
  {
    name: "SplitV",
    givesList: true,
    inputs: ["x"],
    infer({ x }, { numOrSizeSplits, axis }) {
      const at = axisOf(axis, x.shape.length);
      const sizes = tf.backend_util.prepareSplitSize(x as tf.Tensor, numOrSizeSplits, at);
      const outputs = sizes.map((size) => ({ shape: x.shape.with(at, size), dtype: x.dtype as DType }));
      return { outputs, plan: { axis: at, sizes } };
    },
    lower(g, [x], { axis, sizes }: { axis: number; sizes: number[] }) {
      const position = g.axisIn(axis, g.unblocked(x));
      const edge = g.unblocked(x) === "nchw" ? g.nchw(x) : g.plain(x);
      let begin = 0;
      return sizes.map((size) => {
        const part = g.slice(edge, [position], [begin], [begin += size]);
        return g.unblocked(x) === "nchw" ? g.refNchw(part) : g.ref(part);
      });
    },
  },
  {
    name: "Slice",
    inputs: ["x"],
    infer({ x }, attrs) {
      const [begin, size] = tf.slice_util.parseSliceParams(x as tf.Tensor, attrs.begin, attrs.size);
      begin.forEach((from, axis) => {
        if (from < 0 || size[axis] < 0 || from + size[axis] > x.shape[axis]) {
          throw new Error(`rows ${from} to ${from + size[axis]} of axis ${axis} are outside of ${x.shape[axis]}`);
        }
      });
      return { outputs: [{ shape: size, dtype: x.dtype as DType }], plan: { begin, size } };
    },
    lower(g, [x], { begin, size }: { begin: number[]; size: number[] }) {
      const axes = size.map((_, axis) => axis).filter((axis) => begin[axis] !== 0 || size[axis] !== x.shape[axis]);
      const edge = g.unblocked(x) === "nchw" ? g.nchw(x) : g.plain(x);
      const positions = axes.map((axis) => g.axisIn(axis, g.unblocked(x)));
      const ends = axes.map((axis) => begin[axis] + size[axis]);
      return g.ref(g.slice(edge, positions, axes.map((axis) => begin[axis]), ends), size, g.unblocked(x));
    },
  },
  {
    name: "StridedSlice",
    inputs: ["x"],
    infer({ x }, attrs) {
      const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = attrs;
      const info = tf.slice_util.sliceInfo(
        x.shape,
        begin,
        end,
        strides,
        beginMask,
        endMask,
        ellipsisMask,
        newAxisMask,
        shrinkAxisMask,
      );
      const plan = { begin: info.begin, end: info.end, strides: info.strides };
      return { outputs: [{ shape: info.finalShape, dtype: x.dtype as DType }], plan };
    },
    lower(g, [x], { begin, end, strides }: Record<"begin" | "end" | "strides", number[]>, [{ shape }]) {
      const axes = begin.map((_, axis) => axis);
      return g.ref(g.reshape(g.slice(g.plain(x), axes, begin, end, strides), shape));
    },
  },
  {
    name: "PadV2",
    inputs: ["x"],
    dtypes: ["float32", "int32"],
    infer({ x }, { paddings, constantValue }) {
      const before = paddings.map(([n]: number[]) => n), after = paddings.map(([, n]: number[]) => n);
      const shape = x.shape.map((extent, axis) => before[axis] + extent + after[axis]);
      return { outputs: [{ shape, dtype: x.dtype as DType }], plan: { before, after, value: constantValue } };
    },
    lower(g, [x], { before, after, value }: { before: number[]; after: number[]; value: number }, [{ shape }]) {
      const edge = g.unblocked(x) === "nchw" ? g.nchw(x) : g.plain(x);
      return g.ref(
        g.pad(edge, g.perAxis(before, g.unblocked(x)), g.perAxis(after, g.unblocked(x)), value),
        shape,
        g.unblocked(x),
      );
    },
  },
  {
    name: "MirrorPad",
    inputs: ["x"],
    dtypes: ["float32", "int32"],
    supports: (_inputs, { mode }) => mode === "reflect",
    infer({ x }, { paddings }) {
      const before = paddings.map(([n]: number[]) => n), after = paddings.map(([, n]: number[]) => n);
      const shape = x.shape.map((extent, axis) => before[axis] + extent + after[axis]);
      return { outputs: [{ shape, dtype: x.dtype as DType }], plan: [...before, ...after] };
    },
    lower(g, [x], pads: number[], [{ shape, dtype }]) {
      return g.ref(g.op("Pad", [g.plain(x), g.ints(...pads)], shape, dtype, { mode: "reflect" }));
    },
  },
  {
    name: "Tile",
    inputs: ["x"],
    infer({ x }, { reps }) {
      const shape = x.shape.map((extent, axis) => extent * reps[axis]);
      return { outputs: [{ shape, dtype: x.dtype as DType }], plan: reps };
    },
    lower(g, [x], reps: number[], [{ shape, dtype }]) {
      const edge = g.narrow(x, g.unblocked(x));
      // Where there is one element only, repeating it is left to whoever needs the copies.
      const real = g.perAxis(reps, g.unblocked(x)).map((n, axis) => edge.shape[axis] === 1 ? 1 : n);
      if (real.every((n) => n === 1)) return g.ref(edge, shape, g.unblocked(x));
      const repeated = edge.shape.map((extent, axis) => extent * real[axis]);
      return g.ref(g.op("Tile", [edge, g.ints(...real)], repeated, dtype), shape, g.unblocked(x));
    },
  },
  {
    name: "Reverse",
    inputs: ["x"],
    infer({ x }, { dims }) {
      const axes = axesOf(dims, x.shape.length);
      return { outputs: [{ shape: x.shape, dtype: x.dtype as DType }], plan: axes };
    },
    lower(g, [x], axes: number[]) {
      const edge = g.plain(x);
      const last = axes.map((axis) => x.shape[axis] - 1);
      return g.ref(g.slice(edge, axes, last, axes.map(() => -1), axes.map(() => -1)), x.shape);
    },
  },
];
