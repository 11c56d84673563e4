import type { Kernel } from "../kernel.ts";
import { axisOf } from "../lowering/shapes.ts";
import type { DType } from "../value.ts";

export const selections: readonly Kernel[] = [
  {
    name: "GatherV2",
    inputs: ["x", "indices"],
    supports: ({ indices }, { batchDims }) => !batchDims && indices.dtype === "int32",
    infer({ x, indices }, { axis }) {
      const at = axisOf(axis, x.shape.length);
      const shape = [...x.shape.slice(0, at), ...indices.shape, ...x.shape.slice(at + 1)];
      return { outputs: [{ shape, dtype: x.dtype as DType }], plan: at };
    },
    lower(g, [x, indices], axis: number, [{ shape, dtype }]) {
      return g.ref(g.op("Gather", [g.plain(x), g.plain(indices)], shape, dtype, { axis }));
    },
  },
  {
    name: "OneHot",
    inputs: ["indices"],
    dtypes: ["int32"],
    infer({ indices }, { depth, onValue, offValue, dtype }) {
      const plan = { depth, onValue: Number(onValue), offValue: Number(offValue) };
      return { outputs: [{ shape: [...indices.shape, depth], dtype: dtype ?? "int32" }], plan };
    },
    // Compared with 0 to depth - 1: ONNX's OneHot would count negative indices from the end.
    lower(g, [indices], { depth, onValue, offValue }: Record<string, number>, [{ shape, dtype }]) {
      const column = g.reshape(g.plain(indices), [...indices.shape, 1]);
      const classes = g.constant(Array.from({ length: depth }, (_, i) => i), [depth], "int32");
      const hot = g.op("Equal", [column, classes], shape, "bool");
      if (onValue === 1 && offValue === 0) return g.ref(g.cast(hot, dtype));
      const scaled = g.mul(g.cast(hot, "float32"), g.scalar(onValue - offValue));
      return g.ref(g.cast(g.add(scaled, g.scalar(offValue)), dtype));
    },
  },
  {
    name: "TopK",
    givesList: true,
    inputs: ["x"],
    dtypes: ["float32", "int32"],
    infer({ x }, { k }) {
      if (k > x.shape.at(-1)!) throw new Error(`k is ${k}, but there are only ${x.shape.at(-1)} elements`);
      const shape = [...x.shape.slice(0, -1), k];
      return { outputs: [{ shape, dtype: x.dtype as DType }, { shape, dtype: "int32" }], plan: k };
    },
    lower(g, [x], k: number, [{ shape, dtype }]) {
      const outputs = [{ shape, dtype }, { shape, dtype: "int64" as const }];
      const [values, indices] = g.ops("TopK", [g.plain(x), g.ints(k)], outputs, { axis: -1 });
      return [g.ref(values), g.ref(g.cast(indices, "int32"))];
    },
  },
];
