import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { Lowering } from "./lowering/lowering.ts";
import type { Ref } from "./lowering/ref.ts";
import type { DType, Spec } from "./value.ts";

// deno-lint-ignore no-explicit-any
export type Attrs = any;

/** The inputs of a call by tfjs's names; optional ones may be missing. */
export type Inputs = Record<string, TensorInfo>;

/** What a call will give, found out when it is recorded. */
export interface Inference {
  readonly outputs: readonly Spec[];
  /** What lowering needs of the attributes: plain JSON, part of the graph's structural key. */
  readonly plan?: unknown;
}

/**
 * How one tfjs kernel is recorded and how it is lowered to ONNX operators. A kernel is a pure function of its inputs
 * and its plan.
 */
export interface Kernel {
  /** tfjs's kernel name. */
  readonly name: string;
  /** tfjs's input names, in the order in which `lower` gets them; "..." where the kernel takes a list. */
  readonly inputs: readonly string[] | "...";
  /** Whether tfjs expects a list of outputs, even of one. */
  readonly givesList?: boolean;
  /** Types that the first input may have; all three where not given. Other calls run on tfjs's cpu kernel. */
  readonly dtypes?: readonly DType[];
  /** Whether its operators must be those that `lower` emits, to the bit: no algebra then. */
  readonly exact?: boolean;
  /** Further limits. A call for which this is false runs on tfjs's cpu kernel, and is counted there. */
  supports?(inputs: Inputs, attrs: Attrs): boolean;
  /** Shapes and types of the outputs. Throws, with the rule, where the inputs are illegal. */
  infer(inputs: Inputs, attrs: Attrs): Inference;
  /**
   * Emits the operators. `inputs` has undefined for a missing optional input; `outputs` is what `infer` promised.
   * Called once for a graph structure, not for a step.
   */
  // deno-lint-ignore no-explicit-any
  lower(g: Lowering, inputs: Ref[], plan: any, outputs: readonly Spec[]): Ref | Ref[];
}

/** The call's inputs in the kernel's order, null for missing ones. */
export function orderInputs(kernel: Kernel, inputs: Inputs): (TensorInfo | null)[] {
  if (kernel.inputs === "...") return Object.values(inputs);
  const names = kernel.inputs;
  const ordered = new Array<TensorInfo | null>(names.length);
  for (let index = 0; index < names.length; index++) ordered[index] = inputs[names[index]] ?? null;
  return ordered;
}
