import type * as tf from "@tensorflow/tfjs-core";
import type { OnnxBackend } from "../backend.ts";
import { engine } from "../dispatch/engine.ts";
import type { Node, Operand, Value } from "../value.ts";
import { RecordedCalls } from "./recorded_calls.ts";

/** What was seen of a step up to its gradients. */
export interface Seen {
  readonly calls: readonly Node[];
  /** What the step may have read: examples, then all weights as they were before. */
  readonly given: readonly Value[];
  /** For each trainable variable; null where the loss does not depend on it. */
  readonly gradients: readonly (Operand | null)[];
  /** All weights as the forward pass left them: normalisations move their averages. */
  readonly weights: readonly Operand[];
}

/** A training step up to its gradients, which can be taken again. */
export class RecordedStep {
  private constructor(
    readonly calls: RecordedCalls,
    /** How many of the targets are results (the loss and the metrics): the first ones. */
    readonly results: number,
    /** Which trainable variables have gradients: the next ones. */
    readonly differentiated: readonly boolean[],
    /** Which weights were assigned to: the rest. */
    readonly assigned: readonly number[],
  ) {}

  /** @returns null where the calls are no function of what the step was given. */
  static of({ calls, given, gradients, weights }: Seen, results: readonly Operand[]): RecordedStep | null {
    const before = given.slice(given.length - weights.length);
    const assigned = [...weights.keys()].filter((index) => weights[index].value !== before[index]);
    const targets = [
      ...results,
      ...gradients.filter((gradient) => gradient !== null),
      ...assigned.map((index) => weights[index]),
    ];
    const recorded = RecordedCalls.of(calls, given, targets);
    return recorded && new RecordedStep(recorded, results.length, gradients.map((each) => each !== null), assigned);
  }

  equals({ calls, results, differentiated, assigned }: RecordedStep): boolean {
    return results === this.results && String(differentiated) === String(this.differentiated) &&
      String(assigned) === String(this.assigned) && calls.equals(this.calls);
  }

  /** Records its calls on other values. The tensors are the caller's. */
  repeat(backend: OnnxBackend, given: readonly Value[]): {
    readonly results: tf.Tensor[];
    readonly gradients: (tf.Tensor | null)[];
    readonly assigned: { readonly index: number; readonly tensor: tf.Tensor }[];
  } {
    const { calls, targets } = this.calls.on(given);
    backend.repeat(calls);
    let next = 0;
    const tensor = () => tensorFor(backend, targets[next++]);
    return {
      results: Array.from({ length: this.results }, tensor),
      gradients: this.differentiated.map((has) => has ? tensor() : null),
      assigned: this.assigned.map((index) => ({ index, tensor: tensor() })),
    };
  }
}

function tensorFor(backend: OnnxBackend, { value, shape }: Operand): tf.Tensor {
  return engine().makeTensorFromTensorInfo({ ...backend.hold(value), shape: shape as number[] });
}
