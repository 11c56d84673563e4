/**
 * Statistics: intervals, tests, seeded randomness. Knows nothing of images or models.
 *
 * @module
 */
export type { Interval } from "./interval.ts";
export { Random } from "./random.ts";
