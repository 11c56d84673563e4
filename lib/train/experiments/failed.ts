/** Some of several experiments could not be trained; the others were, and are kept. */
export class ExperimentsFailed extends Error {
  override name = "ExperimentsFailed";

  /** @param failures Each with what tells it from the others, and its error. */
  constructor(readonly failures: readonly { readonly label: string; readonly error: Error }[], total: number) {
    const list = failures.map(({ label, error }) => `${label}: ${error.message}`).join("; ");
    super(`${failures.length} of ${total} trainings failed, the others are kept: ${list}`, {
      cause: failures[0].error,
    });
  }
}
