/** A report cannot be made or written. The message says what, and why. */
export class ReportError extends Error {
  override name = "ReportError";
}
