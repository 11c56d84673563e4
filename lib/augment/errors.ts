/** A policy that cannot be applied. */
export class AugmentError extends RangeError {
  override name = "AugmentError";
}
