/** A model file that cannot be used. The message names the file, what it must be and what it is. */
export class ModelError extends Error {
  override readonly name = "ModelError";
}
