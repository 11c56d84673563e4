import type { Kernel } from "../kernel.ts";
import { lawful } from "../legality.ts";
import type { Lowering } from "../lowering/lowering.ts";
import type { Ref } from "../lowering/ref.ts";
import { type DType, isDType, type Spec } from "../value.ts";

/** One constant, repeated: whoever needs all the copies makes them. */
function repeated(g: Lowering, value: number, { shape, dtype }: Spec): Ref {
  return g.ref(g.constant([value], shape.map(() => 1), dtype), shape);
}

function like(name: string, value: number): Kernel {
  return {
    name,
    inputs: [],
    supports: ({ x }) => isDType(x.dtype),
    infer: ({ x }) => ({ outputs: [{ shape: x.shape, dtype: x.dtype as DType }] }),
    lower: (g, _inputs, _plan, [output]) => repeated(g, value, output),
  };
}

export const fills: readonly Kernel[] = [
  like("ZerosLike", 0),
  like("OnesLike", 1),
  {
    name: "Fill",
    inputs: [],
    supports: (_inputs, { value, dtype }) => typeof value !== "string" && isDType(dtype ?? "float32"),
    infer: (_inputs, { shape, value, dtype }) => ({ outputs: [{ shape, dtype: dtype ?? "float32" }], plan: value }),
    lower: (g, _inputs, value: number, [output]) => repeated(g, value, output),
  },
];

/**
 * A number that may change from step to step, repeated. Constants are part of the graph, so this one comes in as data:
 * else every step would be compiled anew.
 */
export const fillFrom: Kernel = lawful({
  name: "FillFrom",
  inputs: ["value"],
  infer: ({ value }, { shape }) => ({ outputs: [{ shape, dtype: value.dtype as DType }] }),
  lower: (g, [value], _plan, [{ shape }]) => g.ref(g.reshape(g.plain(value), shape.map(() => 1)), shape),
});
