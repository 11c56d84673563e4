/** As many as the machine runs at once, four at most: most machines then agree, and compute the same bits. */
export function defaultThreads(): number {
  return Math.max(1, Math.min(4, navigator.hardwareConcurrency));
}
