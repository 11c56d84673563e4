let last = 0;

/**
 * Lets timers, signals and messages through. A training step blocks the event loop while it runs, and the promises of
 * tfjs resolve before anything else gets a turn; without a pause now and then, progress would not show and Ctrl-C would
 * wait for the end.
 */
export async function breathe(): Promise<void> {
  if (performance.now() - last < 40) return;
  await new Promise((resolve) => setTimeout(resolve, 0));
  last = performance.now();
}
