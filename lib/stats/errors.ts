/** Numbers that a statistic cannot be made of. */
export class StatsError extends Error {
  override name = "StatsError";
}
