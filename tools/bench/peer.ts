import type { Case } from "./cases.ts";

/** Something that trains or predicts: a TensorFlow.js backend, PyTorch, Keras. */
export interface Peer {
  readonly name: string;
  /** Builds the model and takes a few steps to warm up. @throws {Error} where it cannot run the case. */
  prepare(case_: Case): Promise<void>;
  /** Milliseconds per step, over `steps` of them. */
  measure(steps: number): Promise<number>;
  close(): Promise<void>;
}
