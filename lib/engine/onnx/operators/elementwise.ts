import type { Kernel } from "../kernel.ts";
import type { Edge } from "../lowering/edge.ts";
import type { Lowering } from "../lowering/lowering.ts";
import { broadcast } from "../lowering/shapes.ts";
import type { DType } from "../value.ts";
import { activate, elu, leakyRelu, relu6, step } from "./activation.ts";

const numbers: readonly DType[] = ["float32", "int32"];
const floats: readonly DType[] = ["float32"];
const bools: readonly DType[] = ["bool"];

type Emit = (g: Lowering, x: Edge, plan: Record<string, number>) => Edge;

/** A function of one tensor's elements. `attributes` are the tfjs attributes it needs, numbers all. */
function unary(name: string, dtypes: readonly DType[], emit: Emit, attributes: readonly string[] = []): Kernel {
  return {
    name,
    inputs: ["x"],
    dtypes,
    infer({ x }, attrs) {
      const plan = Object.fromEntries(attributes.map((key) => [key, attrs[key]]));
      return { outputs: [{ shape: x.shape, dtype: x.dtype as DType }], plan };
    },
    lower: (g, [x], plan) => g.elementwise([x], x.shape, ([edge]) => emit(g, edge, plan)),
  };
}

/** A function of two tensors' elements, which broadcast. `result` is the output's type where it is not the input's. */
function binary(
  name: string,
  dtypes: readonly DType[],
  emit: (g: Lowering, a: Edge, b: Edge) => Edge,
  result?: DType,
): Kernel {
  return {
    name,
    inputs: ["a", "b"],
    dtypes,
    infer({ a, b }) {
      if (a.dtype !== b.dtype) throw new Error("both inputs must have one type");
      return { outputs: [{ shape: broadcast(a.shape, b.shape), dtype: result ?? a.dtype as DType }] };
    },
    lower: (g, [a, b], _plan, [{ shape }]) => g.elementwise([a, b], shape, ([x, y]) => emit(g, x, y)),
  };
}

/** An ONNX operator that does the same. */
const op = (type: string): Emit => (g, x) => g.unary(type, x);
const op2 = (type: string) => (g: Lowering, a: Edge, b: Edge) => g.binary(type, a, b);
const test = (type: string) => (g: Lowering, a: Edge, b: Edge) => g.binary(type, a, b, "bool");

export const elementwise: readonly Kernel[] = [
  unary("Abs", numbers, op("Abs")),
  unary("Ceil", floats, op("Ceil")),
  unary("Cos", floats, op("Cos")),
  unary("Elu", floats, (g, x) => elu(g, x)),
  unary("Erf", floats, op("Erf")),
  unary("Exp", floats, op("Exp")),
  unary("Expm1", floats, (g, x) => g.sub(g.unary("Exp", x), g.scalar(1))),
  unary("Floor", floats, op("Floor")),
  unary("LeakyRelu", floats, (g, x, { alpha }) => leakyRelu(g, x, alpha), ["alpha"]),
  unary("Log", floats, op("Log")),
  unary("Log1p", floats, (g, x) => g.unary("Log", g.add(x, g.scalar(1)))),
  unary("LogicalNot", bools, op("Not")),
  unary("Neg", numbers, op("Neg")),
  unary("Reciprocal", floats, op("Reciprocal")),
  unary("Relu", floats, (g, x) => activate(g, x, "relu")),
  unary("Relu6", floats, (g, x) => relu6(g, x)),
  unary("Round", floats, op("Round")),
  unary("Rsqrt", floats, (g, x) => g.unary("Reciprocal", g.unary("Sqrt", x))),
  unary("Selu", floats, op("Selu")),
  unary("Sigmoid", floats, op("Sigmoid")),
  // ONNX's Sign of NaN is NaN, tfjs's is 0.
  unary("Sign", floats, (g, x) => {
    const zero = g.scalar(0);
    return g.sub(
      g.cast(g.binary("Greater", x, zero, "bool"), "float32"),
      g.cast(g.binary("Less", x, zero, "bool"), "float32"),
    );
  }),
  unary("Sin", floats, op("Sin")),
  unary("Softplus", floats, op("Softplus")),
  unary("Sqrt", floats, op("Sqrt")),
  unary("Square", numbers, (g, x) => g.mul(x, x)),
  unary("Step", floats, (g, x, { alpha }) => step(g, x, alpha), ["alpha"]),
  unary("Tanh", floats, op("Tanh")),
  unary("ClipByValue", floats, (g, x, { clipValueMin, clipValueMax }) => {
    return g.op("Clip", [x, g.scalar(clipValueMin), g.scalar(clipValueMax)], x.shape, x.dtype);
  }, ["clipValueMin", "clipValueMax"]),

  binary("Add", numbers, op2("Add")),
  binary("Sub", numbers, op2("Sub")),
  binary("Multiply", numbers, op2("Mul")),
  binary("RealDiv", floats, op2("Div")),
  binary("FloorDiv", floats, (g, a, b) => g.unary("Floor", g.div(a, b))),
  binary("Maximum", numbers, op2("Max")),
  binary("Minimum", numbers, op2("Min")),
  binary("Pow", floats, op2("Pow")),
  binary("SquaredDifference", numbers, (g, a, b) => {
    const difference = g.sub(a, b);
    return g.mul(difference, difference);
  }),
  binary("Equal", ["float32", "int32", "bool"], test("Equal"), "bool"),
  binary(
    "NotEqual",
    ["float32", "int32", "bool"],
    (g, a, b) => g.unary("Not", g.binary("Equal", a, b, "bool")),
    "bool",
  ),
  binary("Greater", numbers, test("Greater"), "bool"),
  binary("GreaterEqual", numbers, test("GreaterOrEqual"), "bool"),
  binary("Less", numbers, test("Less"), "bool"),
  binary("LessEqual", numbers, test("LessOrEqual"), "bool"),
  binary("LogicalAnd", bools, test("And"), "bool"),
  binary("LogicalOr", bools, test("Or"), "bool"),

  {
    name: "EluGrad",
    inputs: ["dy", "y"],
    dtypes: floats,
    infer: ({ dy }) => ({ outputs: [{ shape: dy.shape, dtype: "float32" }] }),
    // dy where y is positive, dy * (y + 1) elsewhere.
    lower: (g, [dy, y]) =>
      g.elementwise([dy, y], dy.shape, ([d, v]) => g.mul(d, g.add(g.binary("Min", v, g.scalar(0)), g.scalar(1)))),
  },
  {
    name: "Prelu",
    inputs: ["x", "alpha"],
    dtypes: floats,
    supports: ({ alpha }) => alpha.dtype === "float32",
    infer: ({ x, alpha }) => ({ outputs: [{ shape: broadcast(x.shape, alpha.shape), dtype: "float32" }] }),
    lower: (g, [x, alpha], _plan, [{ shape }]) =>
      g.elementwise([x, alpha], shape, ([v, slope]) => {
        return g.add(g.unary("Relu", v), g.mul(slope, g.binary("Min", v, g.scalar(0))));
      }),
  },
  {
    name: "AddN",
    inputs: "...",
    dtypes: numbers,
    infer(inputs) {
      const [first] = Object.values(inputs);
      return { outputs: [{ shape: first.shape, dtype: first.dtype as DType }] };
    },
    lower: (g, inputs) => g.elementwise(inputs, inputs[0].shape, (edges) => edges.reduce((sum, x) => g.add(sum, x))),
  },
  {
    name: "Cast",
    inputs: ["x"],
    supports: (_inputs, { dtype }) => ["float32", "int32", "bool"].includes(dtype),
    infer: ({ x }, { dtype }) => ({ outputs: [{ shape: x.shape, dtype }] }),
    lower: (g, [x], _plan, [{ dtype }]) => g.elementwise([x], x.shape, ([edge]) => g.cast(edge, dtype)),
  },
  {
    name: "Select",
    inputs: ["condition", "t", "e"],
    infer({ condition, t, e }) {
      if (t.dtype !== e.dtype) throw new Error("both branches must have one type");
      // A vector of conditions chooses whole rows.
      const rows = condition.shape.length === 1 && t.shape.length > 1;
      const shape = rows ? t.shape : broadcast(condition.shape, broadcast(t.shape, e.shape));
      return { outputs: [{ shape, dtype: t.dtype as DType }], plan: rows };
    },
    lower(g, [condition, t, e], rows: boolean, [{ shape, dtype }]) {
      const test = rows ? g.reshaped(condition, [condition.shape[0], ...shape.slice(1).map(() => 1)]) : condition;
      return g.elementwise([test, t, e], shape, ([c, x, y]) => {
        // ONNX Runtime has no Where for booleans.
        const [a, b] = dtype === "bool" ? [g.cast(x, "int32"), g.cast(y, "int32")] : [x, y];
        const merged = broadcast(c.shape, broadcast(a.shape, b.shape));
        return g.cast(g.op("Where", [c, a, b], merged, a.dtype), dtype);
      });
    },
  },
];
