import assert from "node:assert/strict";
import type { OnnxGraph } from "../../../lib/engine/onnx/lowering/edge.ts";
import { Recorder } from "./_recorder.ts";

const same = { strides: 1, pad: "same", dilations: 1 };
const pixels = { axis: [0, 1, 2], keepDims: false };
const types = ({ nodes }: OnnxGraph) => nodes.map(({ type }) => type);
const count = (graph: OnnxGraph, type: string) => types(graph).filter((other) => other === type).length;

Deno.test("element-wise operators between blocked convolutions need no reshapes", () => {
  const r = new Recorder();
  const convolved = (x = r.stored(2, 8, 8, 32)) => r.call("Conv2D", { x, filter: r.stored(3, 3, 32, 32) }, same);
  const gate = r.call("Step", { x: convolved() }, { alpha: 0 });
  const scaled = r.call("Multiply", { a: r.call("Multiply", { a: convolved(), b: gate }), b: r.stored() });
  const graph = r.blocked(16, convolved(scaled));
  const between = graph.nodes.slice(0, graph.nodes.findLastIndex(({ type }) => type === "Conv"));
  const ofImages = between.filter(({ type, outputs }) => type === "Reshape" && outputs[0].shape[0] === 2);
  assert.deepEqual(ofImages, []);
});

Deno.test("a reshape that two operators read is made once, and outputs keep their shapes", () => {
  const r = new Recorder();
  const x = r.call("Transpose", { x: r.stored(3, 4) }, { perm: [1, 0] });
  const row = r.call("Sum", { x: r.call("Exp", { x }) }, { axis: [0], keepDims: false });
  const two = [r.call("Sqrt", { x: row }), r.call("Neg", { x: row })];
  const graph = r.lowered(...two);
  assert.equal(count(graph, "Reshape"), 1);
  assert.deepEqual(graph.outputs.map(({ shape }) => shape), [[3], [3]]);
  const made = new Set(graph.nodes.flatMap(({ outputs }) => outputs.map(({ name }) => name)));
  for (const { name } of graph.outputs) assert.ok(made.has(name), name);
});

Deno.test("sums and means over the pixels of a blocked image end in one product", () => {
  for (const name of ["Sum", "Mean"]) {
    const r = new Recorder();
    const x = r.call("Conv2D", { x: r.stored(2, 8, 8, 16), filter: r.stored(3, 3, 16, 32) }, same);
    const graph = r.blocked(16, r.call(name, { x }, pixels));
    assert.deepEqual(types(graph).slice(-3), ["GlobalAveragePool", "Reshape", "MatMul"]);
    const factor = graph.initializers.find(({ edge }) => edge === graph.nodes.at(-1)!.inputs[0]);
    assert.equal(factor!.data[0], name === "Mean" ? 1 / 2 : 64);
  }
});

Deno.test("a mean of squares is a convolution and one product that divides", () => {
  const r = new Recorder();
  const x = r.call("Conv2D", { x: r.stored(2, 8, 8, 16), filter: r.stored(3, 3, 16, 32) }, same);
  const graph = r.blocked(16, r.call("ChannelDot", { a: x, b: x }, { shape: [32], mean: true }));
  assert.deepEqual(types(graph).slice(-2), ["Reshape", "MatMul"]);
  assert.equal(count(graph, "ReduceSum"), 0);
});
