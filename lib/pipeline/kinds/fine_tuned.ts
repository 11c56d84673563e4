import { PipelineError } from "../errors.ts";
import type { Kind } from "../fitted.ts";
import type { FineTunedRecipe } from "../types.ts";

const missing = () => Promise.reject(new PipelineError("Cannot fit a fine-tuned network: there is no such kind here"));

/** Pre-trained networks whose last blocks are trained on. */
export const fineTuned: Kind<FineTunedRecipe> = {
  identity: missing,
  fit: missing,
  open: missing,
  write: missing,
  embeddings: missing,
};
