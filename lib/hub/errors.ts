/** A network that cannot be had from Hugging Face. The message names it, the constraint and what was found. */
export class HubError extends Error {
  override name = "HubError";
}
