import type { Kernel } from "../kernel.ts";
import { MAX_SUMMANDS, pixelMeans, sumOfRows } from "../lowering/blocked.ts";
import type { Edge } from "../lowering/edge.ts";
import type { Lowering } from "../lowering/lowering.ts";
import type { Ref } from "../lowering/ref.ts";
import { axesOf, axisOf } from "../lowering/shapes.ts";
import { type DType, type Shape, sizeOf } from "../value.ts";

interface Plan {
  readonly axes: number[];
}

function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): number[] {
  if (keepDims) return shape.map((extent, axis) => axes.includes(axis) ? 1 : extent);
  return shape.filter((_, axis) => !axes.includes(axis));
}

/**
 * Reduces in the layout that the tensor has. Along an axis where it only repeats, nothing is to be added up:
 * `repeated` gets how often.
 */
function reduce(
  g: Lowering,
  x: Ref,
  axes: readonly number[],
  shape: Shape,
  emit: (x: Edge, axes: number[]) => Edge,
  repeated: (x: Edge, times: number) => Edge = (edge) => edge,
): Ref {
  const edge = g.narrow(x, x.layout);
  let times = 1;
  const real: number[][] = [];
  for (const axis of axes) {
    const positions = g.axesIn(axis, x.layout);
    if (positions.reduce((n, position) => n * edge.shape[position], 1) === x.shape[axis]) real.push(positions);
    else times *= x.shape[axis];
  }
  const positions = real.flat().sort((p, q) => p - q);
  // ONNX Runtime sums fast along neighbouring axes only: the batch comes last, when there is little left.
  const steps = x.layout === "blocked" && positions[0] === 0 && positions.length > 1
    ? [positions.slice(1), [0]]
    : [positions];
  const reduced = steps.reduce((rest, step) => step.length > 0 ? emit(rest, step) : rest, edge);
  const scaled = times > 1 ? repeated(reduced, times) : reduced;
  const kept = x.shape.map((extent, axis) => axes.includes(axis) ? 1 : extent);
  return g.reshaped(g.ref(scaled, kept, x.layout), shape);
}

/**
 * Sums and means over the pixels of blocked images, and over the batch as well, by the layout's own average of pixels.
 * null for other reductions.
 */
function overPixels(g: Lowering, name: string, x: Ref, axes: readonly number[], shape: Shape): Ref | null {
  const edge = x.edges.blocked;
  if (x.layout !== "blocked" || edge === undefined || x.dtype !== "float32") return null;
  const [batch, height, width] = x.shape;
  const whole = sizeOf(edge.shape) === sizeOf(x.shape);
  if (!whole || height * width === 1) return null;
  const ofEach = name === "Mean" && axes.join() === "1,2";
  const ofAll = (name === "Mean" || name === "Sum") && axes.join() === "0,1,2" && batch <= MAX_SUMMANDS;
  if (!ofEach && !ofAll) return null;
  const means = pixelMeans(g, edge);
  const result = ofEach ? means : sumOfRows(g, means, name === "Mean" ? 1 / batch : height * width);
  return g.reshaped(g.ref(result), shape);
}

function reduction(
  name: string,
  type: string,
  dtypes: readonly DType[],
  repeated?: (g: Lowering, x: Edge, times: number) => Edge,
): Kernel {
  return {
    name,
    inputs: ["x"],
    dtypes,
    infer({ x }, { axis, reductionIndices, keepDims }) {
      // tfjs calls them by another name for maxima.
      const axes = axesOf(name === "Max" ? reductionIndices : axis, x.shape.length);
      // tfjs sums booleans as integers, and means are real numbers.
      const dtype = name === "Mean" ? "float32" : name === "Sum" && x.dtype === "bool" ? "int32" : x.dtype as DType;
      return { outputs: [{ shape: reducedShape(x.shape, axes, keepDims), dtype }], plan: { axes } };
    },
    lower(g, [x], { axes }: Plan, [{ shape, dtype }]) {
      const own = overPixels(g, name, x, axes, shape);
      if (own !== null) return own;
      const logical = name === "All" || name === "Any";
      const input = g.elementwise([x], x.shape, ([edge]) => g.cast(edge, logical ? "int32" : dtype));
      const result = reduce(
        g,
        input,
        axes,
        shape,
        (edge, positions) => g.reduce(type, edge, positions),
        repeated && ((edge, times) => repeated(g, edge, times)),
      );
      return logical ? g.elementwise([result], shape, ([edge]) => g.cast(edge, "bool")) : result;
    },
  };
}

function arg(name: string): Kernel {
  return {
    name,
    inputs: ["x"],
    dtypes: ["float32", "int32"],
    infer({ x }, { axis }) {
      const chosen = axisOf(Array.isArray(axis) ? axis[0] : axis, x.shape.length);
      return { outputs: [{ shape: reducedShape(x.shape, [chosen], false), dtype: "int32" }], plan: chosen };
    },
    lower(g, [x], axis: number, [{ shape }]) {
      return g.ref(g.cast(g.op(name, [g.plain(x)], shape, "int64", { axis, keepdims: 0 }), "int32"));
    },
  };
}

function softmax(name: string, attribute: string): Kernel {
  return {
    name,
    inputs: ["logits"],
    dtypes: ["float32"],
    infer({ logits }, attrs) {
      const axis = axisOf(attrs[attribute], logits.shape.length);
      return { outputs: [{ shape: logits.shape, dtype: "float32" }], plan: axis };
    },
    lower: (g, [x], axis: number) => g.ref(g.op(name, [g.plain(x)], x.shape, "float32", { axis })),
  };
}

export const reductions: readonly Kernel[] = [
  reduction("Sum", "ReduceSum", ["float32", "int32", "bool"], (g, x, times) => g.mul(x, g.scalar(times, x.dtype))),
  reduction("Mean", "ReduceMean", ["float32", "int32"]),
  reduction("Max", "ReduceMax", ["float32", "int32"]),
  reduction("Min", "ReduceMin", ["float32", "int32"]),
  reduction("All", "ReduceMin", ["bool"]),
  reduction("Any", "ReduceMax", ["bool"]),
  reduction("Prod", "ReduceProd", ["float32"], (g, x, times) => g.binary("Pow", x, g.scalar(times))),
  arg("ArgMax"),
  arg("ArgMin"),
  softmax("Softmax", "dim"),
  {
    name: "Cumsum",
    inputs: ["x"],
    dtypes: ["float32", "int32"],
    infer({ x }, { axis, exclusive, reverse }) {
      const plan = { axis: axisOf(axis, x.shape.length), exclusive: exclusive ? 1 : 0, reverse: reverse ? 1 : 0 };
      return { outputs: [{ shape: x.shape, dtype: x.dtype as DType }], plan };
    },
    lower(g, [x], { axis, exclusive, reverse }: { axis: number; exclusive: number; reverse: number }) {
      const edge = g.plain(x);
      return g.ref(g.op("CumSum", [edge, g.scalar(axis, "int32")], edge.shape, edge.dtype, { exclusive, reverse }));
    },
  },
];
