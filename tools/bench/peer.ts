import type { Case } from "./cases.ts";

/** Something that trains or predicts: a TensorFlow.js backend, PyTorch, Keras. `Task` is what it is to be measured on. */
export interface Peer<Task = Case> {
  readonly name: string;
  /** Builds the model and warms up with `steps` steps, twice. @throws {Error} where it cannot run the case. */
  prepare(task: Task, steps: number): Promise<Preparation>;
  /** Takes `steps` steps. */
  measure(steps: number): Promise<Measurement>;
  close(): Promise<void>;
}

export interface Preparation {
  /** Graphs that were compiled, and milliseconds that took. Only the `onnx` engine says. */
  readonly compiled?: number;
  readonly compileMs?: number;
}

export interface Measurement {
  /** Milliseconds per step. */
  readonly ms: number;
  /** Share of them spent outside of ONNX Runtime: recording, dispatch, tfjs itself. Only the `onnx` engine says. */
  readonly outside?: number;
}
