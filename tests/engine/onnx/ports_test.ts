import assert from "node:assert/strict";
import { Lowering } from "../../../lib/engine/onnx/lowering/lowering.ts";
import type { OnnxGraph } from "../../../lib/engine/onnx/lowering/edge.ts";
import { reshapePorts } from "../../../lib/engine/onnx/lowering/ports.ts";

const shapes = ({ inputs, outputs }: OnnxGraph) => [inputs, outputs].map((edges) => edges.map(({ shape }) => shape));
const types = ({ nodes }: OnnxGraph) => nodes.map(({ type }) => type);

Deno.test("inputs and outputs take the shapes that operators read and write", () => {
  const g = new Lowering();
  const x = g.reshape(g.input("x", [2, 3], "float32"), [6]);
  g.output(g.reshape(g.unary("Softmax", x), [3, 2]));
  const graph = reshapePorts(g.graph());
  assert.deepEqual(types(graph), ["Softmax"]);
  assert.deepEqual(shapes(graph), [[[6]], [[6]]]);
  assert.equal(graph.nodes[0].inputs[0]!.name, "x");
  assert.equal(graph.nodes[0].outputs[0].name, graph.outputs[0].name);
});

Deno.test("an input that is read under two other shapes takes one of them", () => {
  const g = new Lowering();
  const x = g.input("x", [2, 3], "float32");
  g.output(g.unary("Exp", g.reshape(x, [6])));
  g.output(g.unary("Exp", g.reshape(x, [3, 2])));
  const graph = reshapePorts(g.graph());
  assert.deepEqual(types(graph), ["Exp", "Reshape", "Exp"]);
  assert.deepEqual(shapes(graph), [[[6]], [[6], [3, 2]]]);
  assert.equal(graph.nodes[1].inputs[0], graph.inputs[0]);
});

Deno.test("an input that is read under its own shape keeps it", () => {
  const g = new Lowering();
  const x = g.input("x", [2, 3], "float32");
  g.output(g.unary("Exp", g.reshape(x, [6])));
  g.output(g.unary("Exp", x));
  const graph = g.graph();
  assert.deepEqual(reshapePorts(graph), graph);
});

Deno.test("an output that others read under its shape is still reshaped for them", () => {
  const g = new Lowering();
  const y = g.reshape(g.unary("Exp", g.input("x", [6], "float32")), [3, 2]);
  g.output(y);
  g.output(g.unary("Neg", y));
  const graph = reshapePorts(g.graph());
  assert.deepEqual(types(graph), ["Exp", "Reshape", "Neg"]);
  assert.deepEqual(shapes(graph)[1], [[6], [3, 2]]);
});

Deno.test("memory is never two outputs, nor an input and an output", () => {
  const twice = new Lowering();
  const y = twice.unary("Exp", twice.input("x", [6], "float32"));
  for (const edge of [twice.reshape(y, [2, 3]), twice.reshape(y, [3, 2]), y]) twice.output(edge);
  const through = new Lowering();
  through.output(through.reshape(through.input("x", [6], "float32"), [3, 2]));
  for (const g of [twice, through]) {
    const { inputs, outputs, nodes } = reshapePorts(g.graph());
    const names = [...inputs, ...outputs].map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    const written = new Set(nodes.flatMap((node) => node.outputs.map(({ name }) => name)));
    assert.ok(outputs.every(({ name }) => written.has(name)));
  }
});
