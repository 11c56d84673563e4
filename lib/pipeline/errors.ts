/** A pipeline that cannot be fitted, saved, read or exported. */
export class PipelineError extends Error {
  override name = "PipelineError";
}
