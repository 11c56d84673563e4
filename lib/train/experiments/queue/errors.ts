/** A queue that cannot be used. The message names it, never its password, and says what to do. */
export class QueueError extends Error {
  override name = "QueueError";
}
