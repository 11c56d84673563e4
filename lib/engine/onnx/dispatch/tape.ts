import * as tf from "@tensorflow/tfjs-core";
import type { Engine, TapeNode } from "./engine.ts";

/**
 * Gradients by walking the tape twice: forwards for what depends on `xs`, backwards for the gradients themselves.
 * tfjs's own walks it three times and builds tables of every tensor on the way, which took a fifth of a small step's
 * JavaScript. Same results and same errors, on every backend.
 */
export function gradients(
  this: Engine,
  f: () => tf.Tensor,
  xs: tf.Tensor[],
  dy: tf.Tensor | null = null,
  allowNoGradients = false,
): { value: tf.Tensor; grads: tf.Tensor[] } {
  tf.util.assert(xs.length > 0, () => "gradients() received an empty list of xs.");
  if (dy !== null && dy.dtype !== "float32") {
    throw new Error(`Cannot start from a gradient of type ${dy.dtype}: dy must have 'float32' dtype`);
  }
  this.startTape();
  let y: tf.Tensor;
  try {
    y = this.tidy("forward", f);
  } finally {
    this.endTape();
  }
  tf.util.assert(y instanceof tf.Tensor, () => "The result y returned by f() must be a tensor.");
  const tape = this.state.activeTape!;
  const { path, dependent } = dependingOn(tape, xs);

  return this.tidy("backward", () => {
    const sums = new Map<number, tf.Tensor>();
    sums.set(y.id, dy ?? tf.ones(y.shape));
    const steps = backpropagate(this, path, dependent, sums);
    if (!allowNoGradients && steps === 0) {
      throw new Error(
        "Cannot compute gradient of y=f(x) with respect to x. Make sure that the f you passed encloses all " +
          "operations that lead from x to y.",
      );
    }
    const grads = xs.map((x) => sums.get(x.id)!);
    if (this.state.gradientDepth === 0) {
      for (const { saved } of tape) for (const tensor of saved) tensor?.dispose();
      this.state.activeTape = null;
    }
    return { value: y, grads };
  });
}

/** A set of tensors. Those made since a given one have consecutive ids, and are most of them. */
class Tensors {
  readonly #first: number;
  readonly #recent: Uint8Array;
  readonly #older = new Set<number>();

  /** @param first Id of the first recent tensor. @param end Above all ids. */
  constructor(first: number, end: number) {
    this.#first = first;
    this.#recent = new Uint8Array(end - first);
  }

  add({ id }: tf.Tensor): void {
    if (id >= this.#first) this.#recent[id - this.#first] = 1;
    else this.#older.add(id);
  }

  has({ id }: tf.Tensor): boolean {
    return id >= this.#first ? this.#recent[id - this.#first] === 1 : this.#older.has(id);
  }
}

/** The calls that depend on the given tensors, in order, and all tensors that do. */
function dependingOn(tape: readonly TapeNode[], xs: readonly tf.Tensor[]): { path: TapeNode[]; dependent: Tensors } {
  const first = tape[0]?.outputs[0].id ?? 0;
  let end = first;
  for (const x of xs) end = Math.max(end, x.id + 1);
  for (const { outputs } of tape) for (const { id } of outputs) end = Math.max(end, id + 1);
  const dependent = new Tensors(first, end);
  for (const x of xs) dependent.add(x);
  const path: TapeNode[] = [];
  for (const node of tape) {
    const { inputs, outputs } = node;
    for (const name in inputs) {
      const input = inputs[name];
      if (input == null || !dependent.has(input)) continue;
      for (const output of outputs) dependent.add(output);
      path.push(node);
      break;
    }
  }
  return { path, dependent };
}

/** Adds up the gradients of all tensors on the path, by id, starting from those that `sums` has. */
function backpropagate(
  engine: Engine,
  path: readonly TapeNode[],
  dependent: Tensors,
  sums: Map<number, tf.Tensor>,
): number {
  let steps = 0;
  for (let index = path.length - 1; index >= 0; index--) {
    const { inputs, outputs, kernelName, gradient } = path[index];
    let reached = false;
    const dys = outputs.map(({ id }) => {
      const dy = sums.get(id) ?? null;
      if (dy !== null) reached = true;
      return dy;
    });
    if (!reached) continue; // it does not lead to y
    steps++;
    if (gradient == null) {
      throw new Error(`Cannot compute gradient: gradient function not found for ${kernelName}.`);
    }
    const gradientOf = gradient(dys);
    for (const name in inputs) {
      const x = inputs[name];
      if (x == null || !dependent.has(x)) continue;
      if (!(name in gradientOf)) {
        throw new Error(
          `Cannot backprop through input ${name}. Available gradients found: ${Object.keys(gradientOf)}.`,
        );
      }
      const dx = engine.tidy(gradientOf[name]);
      check(kernelName, name, x, dx);
      const sum = sums.get(x.id);
      if (sum === undefined) sums.set(x.id, dx);
      else {
        sums.set(x.id, tf.add(sum, dx));
        sum.dispose();
      }
    }
  }
  return steps;
}

function check(kernelName: string, name: string, x: tf.Tensor, dx: tf.Tensor): void {
  if (dx.dtype === "float32" && tf.util.arraysEqual(dx.shape, x.shape)) return;
  const about = `Error in gradient for op ${kernelName}. The gradient of input ${name}`;
  if (dx.dtype !== "float32") throw new Error(`${about} must have 'float32' dtype, but has '${dx.dtype}'`);
  throw new Error(`${about} has shape '${dx.shape}', which does not match the shape of the input '${x.shape}'`);
}
