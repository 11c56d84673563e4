import assert from "node:assert/strict";
import { lower } from "../../../lib/engine/onnx/lowering/lower.ts";
import { reshapePorts } from "../../../lib/engine/onnx/lowering/ports.ts";
import { type RuleName, type Sizes, updateKernel, updates } from "../../../lib/engine/onnx/operators/optimiser.ts";
import { kernels } from "../../../lib/engine/onnx/operators/mod.ts";
import type { OnnxGraph } from "../../../lib/engine/onnx/lowering/edge.ts";
import type { Graph } from "../../../lib/engine/onnx/rewriting/graph.ts";
import { loadNative } from "../../../lib/engine/onnx/run/native.ts";
import { Program } from "../../../lib/engine/onnx/run/program.ts";
import { Call, newArray, type Shape, sizeOf, Value } from "../../../lib/engine/onnx/value.ts";
import { Random } from "../../../lib/stats/mod.ts";

/** Numbers as the rules want them, and how many globals and slots they have. */
const rules: Record<RuleName, { numbers: number[]; globals: number[]; slots: number }> = {
  Sgd: { numbers: [-0.05], globals: [], slots: 0 },
  Momentum: { numbers: [-0.02, 0.9], globals: [], slots: 1 },
  Nesterov: { numbers: [-0.02, 0.9], globals: [], slots: 1 },
  Adagrad: { numbers: [-0.1, 1e-7], globals: [], slots: 1 },
  Adadelta: { numbers: [-1, 0.9, 0.1, 1e-7], globals: [], slots: 2 },
  Adam: { numbers: [-0.02, 0.9, 0.1, 0.999, 0.001, 1e-7], globals: [0.9, 0.999], slots: 2 },
  Adamax: { numbers: [-0.02, 0.9, 0.1, 0.99, 1e-7, 0.01], globals: [3, 0.9], slots: 2 },
  RmsProp: { numbers: [0.01, 0.9, 0.1, 0.5, 1e-7], globals: [], slots: 2 },
  CentredRmsProp: { numbers: [0.01, 0.9, 0.1, 0.3, 1e-7], globals: [], slots: 3 },
};
const names = Object.keys(updates) as RuleName[];

/** A recorded step on variables of these shapes. */
function step(name: RuleName, shapes: readonly Shape[], sizes?: Partial<Sizes>): Graph {
  const random = new Random("optimiser");
  const { numbers, globals, slots } = rules[name];
  const stored = (shape: Shape, number: () => number) => {
    const value = new Value(shape, "float32");
    value.data = newArray("float32", sizeOf(shape)).map(number);
    return value;
  };
  const once = [...numbers, ...globals].map((number) => stored([], () => number));
  const feeds = [
    ...once,
    ...shapes.flatMap((shape) => [
      stored(shape, () => random.normal()),
      stored(shape, () => random.normal() * 10 ** (4 * random.normal())),
      // The first may be a mean square, the last a mean.
      ...[1, 0.1, 0.01].slice(0, slots).map((scale) => stored(shape, () => scale * (1 + random.next()))),
    ]),
  ];
  const plan = { numbers: numbers.length, globals: globals.length, slots };
  const kernel = updateKernel(name, sizes);
  const specs = kernel.infer(feeds as never, plan).outputs;
  const targets = specs.map(({ shape, dtype }) => new Value(shape, dtype));
  return { feeds, nodes: [new Call(kernel, feeds, plan, targets)], targets };
}

const compiled = (graph: Graph) => reshapePorts(lower(graph));
const count = (graph: OnnxGraph, type: string) => graph.nodes.filter((node) => node.type === type).length;

/** The bits of all results. */
async function bits(graph: Graph): Promise<Uint32Array[]> {
  const results = graph.targets.map(({ shape }) => newArray("float32", sizeOf(shape)));
  const program = new Program(await loadNative(), compiled(graph), 2);
  program.run(graph.feeds, results);
  program.dispose();
  return results.map(({ buffer }) => new Uint32Array(buffer));
}

/** Of all ranks, of sizes that leave a rest behind whole vectors of the processor, and enough for two threads. */
const mixed: Shape[] = [[5], [300, 70], [3, 3, 2, 7], [1], [], [17, 31], [1000], [1, 3], [16], [33], [64], [
  2,
  1,
  1,
  1,
  9,
], [7]];

for (const name of names) {
  Deno.test(`small variables that ${name} changes together get the bits that they would get alone`, async () => {
    const [alone, together] = [step(name, mixed, { small: 0 }), step(name, mixed, { small: 1e6 })];
    const joints = 1 + rules[name].slots;
    assert.equal(count(compiled(alone), "Concat"), 0);
    assert.deepEqual([count(compiled(together), "Concat"), count(compiled(together), "Split")], [1 + joints, joints]);
    assert.deepEqual(await bits(together), await bits(alone));
  });

  Deno.test(`a large variable that ${name} changes in pieces gets the bits that it would get at once`, async () => {
    // 21,000 elements and 1,000; the 126 and 527 are no more than a piece.
    const inPieces = step(name, mixed, { small: 0, large: 100, piece: 750 });
    const graph = compiled(inPieces);
    assert.deepEqual(
      graph.nodes.filter(({ type }) => type === "Scan").map(({ inputs }) => inputs.at(-1)!.shape),
      [[28, 750], [2, 500]],
    );
    assert.equal(count(graph, "Reshape"), 0);
    assert.deepEqual(await bits(inPieces), await bits(step(name, mixed, { small: 0 })));
  });

  Deno.test(`what ${name} needs for each step is not reshaped: inputs and outputs are vectors`, () => {
    const graph = compiled(step(name, mixed));
    assert.equal(count(graph, "Reshape"), 0);
    assert.equal(count(graph, "Identity"), 0);
  });
}

Deno.test("a large variable has a chain of its own, small ones share one", () => {
  const chain = compiled(step("Adam", [[8]])).nodes.length;
  const graph = compiled(step("Adam", [[8], [2000, 300], [3, 4], [5]]));
  assert.equal(graph.nodes.length, 2 * chain - prepared("Adam") + 4 + 3);
  assert.ok(graph.nodes.every(({ type, inputs }) => type !== "Concat" || inputs.length === 3));
});

/** Operators that all variables share. */
function prepared(name: RuleName): number {
  const nodes = [1, 2].map((variables) => {
    return compiled(step(name, new Array(variables).fill([8]), { small: 0 })).nodes.length;
  });
  return 2 * nodes[0] - nodes[1];
}

Deno.test("variables are changed one by one where that takes fewer operators", () => {
  assert.equal(count(compiled(step("Adam", [[3, 4]])), "Concat"), 0);
  assert.equal(count(compiled(step("Sgd", [[3, 4], [4]])), "Concat"), 0);
  assert.equal(count(compiled(step("Adam", [[3, 4], [4]])), "Concat"), 4);
});

Deno.test("values and slots that somebody else reads keep their shapes", async () => {
  const shapes = [[3, 4], [2, 2], [4]];
  const withReaders = (small: number): Graph => {
    const { feeds, nodes, targets } = step("Adam", shapes, { small });
    const transpose = kernels.find(({ name }) => name === "Transpose")!;
    // The first variable's value and first slot, before and after the step.
    const read = [feeds[8], feeds[10], targets[2], targets[3]];
    const outputs = read.map(() => new Value([4, 3], "float32"));
    const calls = read.map((value, i) => new Call(transpose, [value], [1, 0], [outputs[i]]));
    return { feeds, nodes: [...nodes, ...calls], targets: [...targets, ...outputs] };
  };
  const { inputs } = compiled(withReaders(1e6));
  // Value, gradient and two slots.
  assert.deepEqual(inputs.slice(8, 12).map(({ shape }) => shape), [[3, 4], [12], [3, 4], [12]]);
  assert.deepEqual(await bits(withReaders(1e6)), await bits(withReaders(0)));
});
