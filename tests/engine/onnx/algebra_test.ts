import assert from "node:assert/strict";
import type { OnnxGraph } from "../../../lib/engine/onnx/lowering/edge.ts";
import { updates } from "../../../lib/engine/onnx/operators/optimiser.ts";
import type { Value } from "../../../lib/engine/onnx/value.ts";
import { Recorder } from "./_recorder.ts";

const types = ({ nodes }: OnnxGraph) => nodes.map(({ type }) => type);

/** Operators that a function of some vectors lowers to, and the constants that they read. */
function lowered(f: (r: Recorder, number: (value: number) => Value, a: Value, b: Value) => Value) {
  const r = new Recorder();
  const number = (value: number) => r.call("Fill", {}, { shape: [], value, dtype: "float32" });
  const graph = r.lowered(f(r, number, r.stored(4), r.stored(4)));
  const read = new Set(graph.nodes.flatMap(({ inputs }) => inputs.map((edge) => edge?.name)));
  const constants = graph.initializers.filter(({ edge }) => read.has(edge.name)).map(({ data }) => Number(data[0]));
  return { types: types(graph), constants };
}

Deno.test("products and quotients with constants are one product", () => {
  const chain = lowered((r, number, x) => {
    const product = r.call("Multiply", { a: r.call("Multiply", { a: x, b: number(3) }), b: number(0.5) });
    return r.call("RealDiv", { a: r.call("Neg", { x: product }), b: number(4) });
  });
  assert.deepEqual(chain, { types: ["Mul"], constants: [-0.375] });
  const both = lowered((r, number, a, b) => {
    const [left, right] = [a, b].map((x) => r.call("Multiply", { a: number(2), b: x }));
    return r.call("Multiply", { a: left, b: right });
  });
  assert.deepEqual(both, { types: ["Mul", "Mul"], constants: [4] });
});

Deno.test("a negated summand is a difference, a negated subtrahend a sum", () => {
  const negative = (r: Recorder, x: Value) => r.call("Neg", { x });
  assert.deepEqual(lowered((r, _n, a, b) => r.call("Add", { a, b: negative(r, b) })).types, ["Sub"]);
  assert.deepEqual(lowered((r, _n, a, b) => r.call("Add", { a: negative(r, a), b })).types, ["Sub"]);
  assert.deepEqual(lowered((r, _n, a, b) => r.call("Sub", { a, b: negative(r, b) })).types, ["Add"]);
  assert.deepEqual(lowered((r, number, a) => r.call("Sub", { a, b: negative(r, number(0)) })).types, ["Identity"]);
});

Deno.test("a product with a reciprocal is a quotient, but not where the reciprocal repeats", () => {
  const inverse = (r: Recorder, x: Value) => r.call("Rsqrt", { x });
  assert.deepEqual(lowered((r, _n, a, b) => r.call("Multiply", { a, b: inverse(r, b) })).types, ["Sqrt", "Div"]);
  const repeated = lowered((r, _n, a) => r.call("Multiply", { a: r.stored(9, 4), b: inverse(r, a) }));
  assert.deepEqual(repeated.types, ["Sqrt", "Reciprocal", "Mul"]);
});

Deno.test("numbers that are fed stay numbers that may change, and integers stay exact", () => {
  const fed = lowered((r, _n, a) => r.call("Multiply", { a: r.call("Multiply", { a, b: r.stored() }), b: r.stored() }));
  assert.deepEqual(fed.types, ["Mul", "Mul"]);
  const integers = lowered((r, number, a) => {
    const whole = (x: Value) => r.call("Cast", { x }, { dtype: "int32" });
    const product = r.call("Multiply", { a: whole(a), b: whole(number(3)) });
    return r.call("Multiply", { a: product, b: whole(number(5)) });
  });
  assert.equal(integers.types.filter((type) => type === "Mul").length, 2);
});

Deno.test("an optimiser's operators are tfjs's, whatever its gradient is a multiple of", () => {
  const steps = [false, true].map((multiple) => {
    const r = new Recorder();
    const x = r.stored(4);
    const two = r.call("Fill", {}, { shape: [], value: 2, dtype: "float32" });
    const gradient = r.call("Multiply", { a: x, b: multiple ? two : r.stored() });
    const numbers = [r.stored(), r.stored(), r.stored(), r.stored(), r.stored(), r.stored()];
    const inputs = [...numbers, r.stored(), r.stored(), r.stored(4), gradient, r.stored(4), r.stored(4)];
    const plan = { numbers: 6, globals: 2, slots: 2 };
    const step = r.record(updates.Adam, Object.fromEntries(inputs.entries()), plan).node!;
    return types(r.lowered(...step.outputs));
  });
  assert.deepEqual(steps[1], steps[0]);
});
