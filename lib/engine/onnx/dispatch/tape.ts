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
  const dependent = new Set<number>();
  for (const x of xs) dependent.add(x.id);
  const path = dependingOn(tape, dependent);

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

/** The calls that depend on the given tensors, in order; adds their outputs to the set. */
function dependingOn(tape: readonly TapeNode[], dependent: Set<number>): TapeNode[] {
  const path: TapeNode[] = [];
  for (const node of tape) {
    const { inputs } = node;
    for (const name in inputs) {
      if (!dependent.has(inputs[name]?.id)) continue;
      for (const output of node.outputs) dependent.add(output.id);
      path.push(node);
      break;
    }
  }
  return path;
}

/** Adds up the gradients of all tensors on the path, by id, starting from those that `sums` has. */
function backpropagate(
  engine: Engine,
  path: readonly TapeNode[],
  dependent: ReadonlySet<number>,
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
      if (!dependent.has(x?.id)) continue;
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
