import type { Tensor } from "@tensorflow/tfjs-core";
import { KERNELS, TensorFlowError } from "./library.ts";

/** A TensorFlow SavedModel that is loaded: tfjs-node's class, as far as it is used here. */
export interface SavedModel {
  /** Of the signature "serving_default". */
  readonly inputs: readonly SavedModelValue[];
  readonly outputs: readonly SavedModelValue[];
  predict(input: Tensor): Tensor | Tensor[] | Record<string, Tensor>;
  dispose(): void;
}

export interface SavedModelValue {
  readonly name: string;
  /** −1 for any extent; as numbers, or as messages of the protocol buffer. */
  readonly shape?: readonly (number | { getSize(): number })[];
  readonly dtype: string;
}

/**
 * Loads a SavedModel from its folder. The engine "tensorflow" must be in use.
 *
 * @throws TensorFlowError where TensorFlow refuses it, or where it has no signature "serving_default".
 */
export async function loadSavedModel(folder: string): Promise<SavedModel> {
  const { loadSavedModel: load } = await import(`${KERNELS}/dist/saved_model.js`);
  try {
    return await load(folder, ["serve"], "serving_default");
  } catch (error) {
    throw new TensorFlowError(`Cannot load the SavedModel "${folder}": ${(error as Error).message}`, { cause: error });
  }
}
