/** Lets waiting events in: a heartbeat, an interrupt, a progress display. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
