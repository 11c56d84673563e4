import { describe, type DType, type Node, sameShape, type Shape, sizeOf, type Value } from "../value.ts";

/** Recorded kernel calls that run together, in an order in which inputs come first. Rewriting makes new ones. */
export interface Graph {
  readonly nodes: readonly Node[];
  /** Stored values that the nodes read. A pass keeps them all, in their order. */
  readonly feeds: readonly Value[];
  /** What has to be computed: a pass may put another value in the place of each, of the same shape and type. */
  readonly targets: readonly Value[];
}

/**
 * Throws, naming the call, unless a graph is legal: every input is a feed or the output of an earlier call, a view has
 * as many elements as its value, each value is made once, every call promises what its kernel infers, where that can be
 * asked without tfjs's attributes, and every target is there.
 */
export function check({ nodes, feeds, targets }: Graph): void {
  const known = new Set<Value>(feeds);
  nodes.forEach((node, index) => {
    const fail = (rule: string) => {
      throw new Error(`Illegal graph: call ${node.kernel.name}#${index} ${rule}`);
    };
    const { kernel, inputs, outputs } = node;
    if (kernel.inputs !== "..." && inputs.length !== kernel.inputs.length) {
      fail(`has ${inputs.length} inputs, its kernel takes ${kernel.inputs.length}`);
    }
    for (const input of inputs) {
      if (input === null) continue;
      if (!known.has(input.value)) fail(`reads ${describe(input.value)}, which no earlier call makes`);
      if (sizeOf(input.shape) !== sizeOf(input.value.shape)) {
        fail(`sees ${describe(input.value)} as [${input.shape}], which has another number of elements`);
      }
    }
    const first = inputs.find((input) => input !== null);
    if (first && kernel.dtypes && !kernel.dtypes.includes(first.value.dtype)) {
      fail(`reads ${describe(first.value)}, its kernel takes ${kernel.dtypes.join(" or ")}`);
    }
    if (outputs.length === 0) fail("makes nothing");
    for (const output of outputs) {
      if (known.has(output)) fail(`makes ${describe(output)}, which is there already`);
      known.add(output);
    }
  });
  for (const target of targets) {
    if (!known.has(target)) throw new Error(`Illegal graph: target ${describe(target)} is made by no call`);
  }
}

/** Throws unless `after` may stand for `before`: same feeds, and targets of the same shapes and types in order. */
export function checkSameInterface(before: Graph, after: Graph): void {
  const text = (spec: { shape: Shape; dtype: DType }) => describe(spec);
  if (before.feeds.length !== after.feeds.length || before.feeds.some((feed, i) => feed !== after.feeds[i])) {
    throw new Error("Illegal rewriting: the feeds are not the same");
  }
  if (before.targets.length !== after.targets.length) throw new Error("Illegal rewriting: the targets are not as many");
  before.targets.forEach((target, i) => {
    const other = after.targets[i];
    if (target.dtype !== other.dtype || !sameShape(target.shape, other.shape)) {
      throw new Error(`Illegal rewriting: target ${i} was ${text(target)}, and is ${text(other)}`);
    }
  });
}
