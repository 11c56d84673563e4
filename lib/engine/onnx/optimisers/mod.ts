import * as tf from "@tensorflow/tfjs-core";
import type { OnnxBackend } from "../backend.ts";
import { engine } from "../dispatch/engine.ts";
import { type UpdatePlan, updates } from "../operators/optimiser.ts";
import { type Operand, type Spec, Value } from "../value.ts";
import { type Fields, type OptimiserState, type OptimizerVariable, type Slot, states } from "./states.ts";

type Gradients = tf.NamedTensorMap | { readonly name: string; readonly tensor: tf.Tensor }[];

interface Applying {
  applyGradients(gradients: Gradients): void;
}

/**
 * Makes tfjs's optimisers record their step as one call, where tfjs makes eleven for each variable. Settings and state
 * stay in their fields and variables; on other backends, and for variables that are no real numbers, they work as
 * before.
 */
export function installOptimisers(backendName: string): void {
  if (installed) return;
  for (const [optimiser, state] of states) {
    const prototype = optimiser.prototype as Applying;
    const stock = prototype.applyGradients;
    prototype.applyGradients = function (this: Fields, gradients: Gradients): void {
      const list = inOrder(gradients);
      if (tf.getBackend() !== backendName || !list.every(isReal)) return stock.call(this, gradients);
      tf.tidy(() => step(tf.backend() as OnnxBackend, state, this, list));
      this.incrementIterations();
    };
  }
  installed = true;
}

let installed = false;

interface Item {
  readonly value: tf.Variable;
  /** null where the loss does not depend on the variable. */
  readonly gradient: tf.Tensor | null;
}

function inOrder(gradients: Gradients): Item[] {
  const { registeredVariables } = tf.engine();
  if (Array.isArray(gradients)) {
    return gradients.map(({ name, tensor }) => ({ value: registeredVariables[name], gradient: tensor }));
  }
  return Object.entries(gradients).map(([name, gradient]) => ({ value: registeredVariables[name], gradient }));
}

function isReal({ value, gradient }: Item): boolean {
  return value.dtype === "float32" && (gradient == null || gradient.dtype === "float32");
}

/** Records a step and gives its results to the variables. */
function step(backend: OnnxBackend, state: OptimiserState, fields: Fields, items: readonly Item[]): void {
  const slots = state.slots(fields);
  const globals = state.globals(fields);
  const numbers = state.numbers(fields);
  const operands = numbers.map((number, index) => scalar(backend, fields, number, index));
  const targets: tf.Variable[] = [...globals];
  const read = (tensor: tf.Tensor) => {
    operands.push(backend.operandOf(tensor));
  };
  for (const variable of globals) read(variable);
  items.forEach(({ value, gradient }, index) => {
    const own = slots.map((slot) => slotVariable(fields, slot, value, index));
    if (gradient == null) return;
    for (const tensor of [value, gradient, ...own]) read(tensor);
    targets.push(value, ...own);
  });

  const kernel = updates[state.rule(fields)];
  const plan: UpdatePlan = { numbers: numbers.length, globals: globals.length, slots: slots.length };
  const results = backend.recordOn(kernel, operands, { outputs: targets as unknown as Spec[], plan });
  results.forEach((info, index) => targets[index].assign(engine().makeTensorFromTensorInfo(info)));
}

/** A variable of the optimiser's state, made at the first step. */
function slotVariable(
  fields: Fields,
  [field, suffix, start = 0]: Slot,
  value: tf.Variable,
  index: number,
): tf.Variable {
  const list = fields[field] as OptimizerVariable[];
  list[index] ??= {
    originalName: `${value.name}/${suffix}`,
    variable: tf.tidy(() => (start === 0 ? tf.zerosLike(value) : tf.fill(value.shape, start)).variable(false)),
  };
  return list[index].variable;
}

/** Settings as values of the graph, by optimiser and position: they hardly ever change. */
const settings = new WeakMap<object, { number: number; value: Value }[]>();

function scalar(backend: OnnxBackend, fields: Fields, number: number | tf.Tensor, index: number): Operand {
  if (typeof number !== "number") return backend.operandOf(number);
  let list = settings.get(fields);
  if (list === undefined) settings.set(fields, list = []);
  if (list[index] === undefined || list[index].number !== number) {
    // The pending graph may still read the old one.
    const value = new Value([], "float32");
    value.data = Float32Array.of(number);
    list[index] = { number, value };
  }
  return list[index].value;
}
