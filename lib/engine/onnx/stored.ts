import type { KernelBackend, TensorInfo } from "@tensorflow/tfjs-core";
import type { Value } from "./value.ts";

/**
 * What a data id stands for: a value of the graph, strings, or the two parts of complex numbers. tfjs takes any object
 * for a data id and compares it by identity, so this is the data id: nothing has to be looked up.
 */
export class Stored {
  /** Tensors that share it. */
  references = 1;

  constructor(
    /** Where it is; null when it is gone, and its object an id like any other. */
    public backend: KernelBackend | null,
    readonly value: Value | null,
    readonly strings: Uint8Array[] | null = null,
    readonly complex: { readonly real: TensorInfo; readonly imag: TensorInfo } | null = null,
  ) {}
}
