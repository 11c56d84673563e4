import type { Kernel } from "../kernel.ts";
import type { Edge } from "../lowering/edge.ts";
import type { Lowering } from "../lowering/lowering.ts";
import { broadcast } from "../lowering/shapes.ts";
import type { Shape } from "../value.ts";
import { activate, activations } from "./activation.ts";

interface Plan {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** Rows and columns of a matrix in the last two axes, as it enters the product. */
function matrix(shape: Shape, transpose: boolean): [number, number] {
  const [rows, columns] = shape.slice(-2);
  return transpose ? [columns, rows] : [rows, columns];
}

function productShape(a: Shape, b: Shape, { transposeA, transposeB }: Plan): number[] {
  if (a.length < 2 || b.length < 2) throw new Error("both inputs must be matrices or batches of them");
  const [rows, inner] = matrix(a, transposeA);
  const [other, columns] = matrix(b, transposeB);
  if (inner !== other) throw new Error(`inner extents must agree: ${inner} and ${other}`);
  return [...broadcast(a.slice(0, -2), b.slice(0, -2)), rows, columns];
}

function swapped(g: Lowering, x: Edge): Edge {
  const axes = x.shape.map((_, axis) => axis);
  const last = axes.length - 1;
  [axes[last - 1], axes[last]] = [last, last - 1];
  return g.transpose(x, axes);
}

/** The product plus `bias`, where there is one that broadcasts to rows. */
function product(g: Lowering, a: Edge, b: Edge, bias: Edge | null, plan: Plan, shape: Shape): Edge {
  const batches = shape.slice(0, -2).reduce((n, extent) => n * extent, 1);
  if (batches === 1) {
    const [x, y] = [a, b].map((edge) => g.reshape(edge, edge.shape.slice(-2)));
    const inputs = bias === null || bias.shape.length > 1 ? [x, y] : [x, y, bias];
    const transposed = { transA: plan.transposeA ? 1 : 0, transB: plan.transposeB ? 1 : 0 };
    const result = g.reshape(g.op("Gemm", inputs, shape.slice(-2), "float32", transposed), shape);
    return bias === null || inputs.length === 3 ? result : g.add(result, bias);
  }
  const x = plan.transposeA ? swapped(g, a) : a;
  const y = plan.transposeB ? swapped(g, b) : b;
  const result = g.op("MatMul", [x, y], shape, "float32");
  return bias === null ? result : g.add(result, bias);
}

export const matmuls: readonly Kernel[] = [
  {
    name: "BatchMatMul",
    inputs: ["a", "b"],
    dtypes: ["float32"],
    infer({ a, b }, { transposeA, transposeB }) {
      const plan = { transposeA: !!transposeA, transposeB: !!transposeB };
      return { outputs: [{ shape: productShape(a.shape, b.shape, plan), dtype: "float32" }], plan };
    },
    lower: (g, [a, b], plan: Plan, [{ shape }]) => g.ref(product(g, g.plain(a), g.plain(b), null, plan, shape)),
  },
  {
    name: "_FusedMatMul",
    inputs: ["a", "b", "bias"],
    dtypes: ["float32"],
    supports: ({ preluActivationWeights }, { activation }) =>
      preluActivationWeights == null && activations.includes(activation ?? "linear"),
    infer({ a, b }, { transposeA, transposeB, activation, leakyreluAlpha }) {
      const plan = { transposeA: !!transposeA, transposeB: !!transposeB, activation, alpha: leakyreluAlpha };
      return { outputs: [{ shape: productShape(a.shape, b.shape, plan), dtype: "float32" }], plan };
    },
    lower(g, [a, b, bias], plan: Plan & { activation: string; alpha?: number }, [{ shape }]) {
      const sum = product(g, g.plain(a), g.plain(b), bias ? g.plain(bias) : null, plan, shape);
      return g.ref(activate(g, sum, plan.activation, plan.alpha));
    },
  },
];
