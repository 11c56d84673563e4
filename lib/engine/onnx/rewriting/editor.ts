import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { Attrs, Inputs, Kernel } from "../kernel.ts";
import { kernels } from "../operators/mod.ts";
import { type Node, type Operand, sameShape, type Shape, type Spec, Value } from "../value.ts";
import type { Graph } from "./graph.ts";

const byName = new Map<string, Kernel>(kernels.map((kernel) => [kernel.name, kernel]));

/**
 * What one call is rewritten to: a value that stands for its output from now on, or null to keep the call. The call's
 * inputs are rewritten already, and everything that they come from.
 */
export type Rule = (node: Node, edit: Editor) => Value | null;

/** Applies a rule to every call in order, and drops the calls that nothing needs any more. */
export function rewriteCalls(graph: Graph, rule: Rule): Graph {
  const edit = new Editor(graph);
  for (const node of graph.nodes) {
    const current = edit.current(node);
    const other = rule(current, edit);
    if (other === null) edit.add(current);
    else edit.replace(current.outputs[0], other);
  }
  return edit.graph();
}

/** Builds the graph that a pass makes of another one. */
export class Editor {
  readonly #graph: Graph;
  readonly #nodes: Node[] = [];
  readonly #producers = new Map<Value, Node>();
  readonly #stands = new Map<Value, Value>();
  readonly #uses = new Map<Value, Node[]>();
  readonly #targets: Set<Value>;
  readonly #feeds: ReadonlySet<Value>;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#targets = new Set(graph.targets);
    this.#feeds = new Set(graph.feeds);
    for (const node of graph.nodes) {
      for (const input of node.inputs) {
        if (input === null) continue;
        const users = this.#uses.get(input.value);
        if (users === undefined) this.#uses.set(input.value, [node]);
        else users.push(node);
      }
    }
  }

  /** The call that makes a value in the new graph; undefined for feeds. */
  producer(value: Value): Node | undefined {
    return this.#producers.get(value);
  }

  /** The call that makes an operand, if it is of that kernel and the operand is no reshaped view. */
  made(operand: Operand | null, kernel: string): Node | null {
    if (operand === null || !sameShape(operand.shape, operand.value.shape)) return null;
    const node = this.#producers.get(operand.value);
    return node?.kernel.name === kernel ? node : null;
  }

  /** The calls that read a value in the graph that is being rewritten, once for each time. */
  users(value: Value): readonly Node[] {
    return this.#uses.get(value) ?? [];
  }

  /** Whether a value has to be there in the end. */
  isTarget(value: Value): boolean {
    return this.#targets.has(value);
  }

  /** Whether a value is stored before the graph runs. */
  isFeed(value: Value): boolean {
    return this.#feeds.has(value);
  }

  /** Whether a value is read once and is not asked for: what reads it may take its call's place. */
  isPrivate(value: Value): boolean {
    return this.users(value).length === 1 && !this.isTarget(value);
  }

  /** The call with what stands for its inputs by now. */
  current(node: Node): Node {
    if (!node.inputs.some((input) => input !== null && this.#stands.has(input.value))) return node;
    const inputs = node.inputs.map((input) => input && seen(this.#stands.get(input.value) ?? input.value, input.shape));
    const { kernel, plan, planKey, outputs } = node;
    return { kernel, inputs, plan, planKey, outputs };
  }

  add(node: Node): void {
    this.#nodes.push(node);
    for (const output of node.outputs) this.#producers.set(output, node);
  }

  /** Lets another value stand for one of the old graph. It inherits the readers, and may have had some before. */
  replace(value: Value, other: Value): void {
    if (value.dtype !== other.dtype || !sameShape(value.shape, other.shape)) {
      throw new Error(`Cannot rewrite [${value.shape}] to [${other.shape}]: shape and type must stay`);
    }
    this.#stands.set(value, other);
    this.#uses.set(other, [...this.users(other), ...this.users(value)]);
    if (this.#targets.has(value)) this.#targets.add(other);
  }

  /** Appends a call. Throws, with the kernel's rule, where its inputs are illegal. */
  call(name: string, operands: readonly (Operand | null)[], attrs: Attrs = {}): Value {
    const kernel = byName.get(name)!;
    const inputs: Inputs = {};
    operands.forEach((operand, i) => {
      if (operand === null) return;
      const key = kernel.inputs === "..." ? String(i) : kernel.inputs[i];
      inputs[key] = { shape: operand.shape, dtype: operand.value.dtype } as unknown as TensorInfo;
    });
    const { outputs, plan } = kernel.infer(inputs, attrs);
    return this.#append(kernel, operands, plan, plan === undefined ? "" : JSON.stringify(plan), outputs);
  }

  /** Appends a call whose plan is known. */
  planned(name: string, inputs: readonly (Operand | null)[], plan: unknown, outputs: readonly Spec[]): Value {
    return this.#append(byName.get(name)!, inputs, plan, JSON.stringify(plan), outputs);
  }

  /** Appends a call that differs from another in its inputs only. */
  like({ kernel, plan, planKey, outputs }: Node, inputs: readonly (Operand | null)[]): Value {
    return this.#append(kernel, inputs, plan, planKey, outputs);
  }

  #append(
    kernel: Kernel,
    inputs: readonly (Operand | null)[],
    plan: unknown,
    planKey: string,
    [{ shape, dtype }]: readonly Spec[],
  ): Value {
    const output = new Value(shape, dtype);
    const node = { kernel, inputs, plan, planKey, outputs: [output] };
    this.add(node);
    return output;
  }

  /** The new graph, without the calls that no target needs. */
  graph(): Graph {
    const { feeds } = this.#graph;
    const targets = this.#graph.targets.map((target) => this.#stands.get(target) ?? target);
    const needed = new Set<Value>(targets);
    const nodes: Node[] = [];
    for (let index = this.#nodes.length - 1; index >= 0; index--) {
      const node = this.#nodes[index];
      if (!node.outputs.some((output) => needed.has(output))) continue;
      for (const input of node.inputs) if (input !== null) needed.add(input.value);
      nodes.push(node);
    }
    return { nodes: nodes.reverse(), feeds, targets };
  }
}

/** A value as it is. */
export const whole = (value: Value): Operand => ({ value, shape: value.shape });

/** A value seen under another shape. */
export const seen = (value: Value, shape: Shape): Operand => ({ value, shape });
