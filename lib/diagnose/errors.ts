/** A diagnosis that cannot be made of what was given. The message says what was asked, what it needs and what it got. */
export class DiagnosisError extends Error {
  override name = "DiagnosisError";
}
