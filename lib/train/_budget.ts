const UNITS = { s: 1, m: 60, h: 3600 } as const;

/**
 * A time for the whole report in seconds: "90s", "15m", "1h", or "none" for no limit (Infinity).
 *
 * @throws RangeError for anything else.
 */
export function budgetSeconds(budget: string): number {
  if (budget === "none") return Infinity;
  const [, number, unit] = /^(\d+(?:\.\d+)?)([smh])$/.exec(budget) ?? [];
  const seconds = Number(number) * UNITS[unit as keyof typeof UNITS];
  if (seconds > 0) return seconds;
  throw new RangeError(`Cannot plan: the budget must be a time, as "15m", "90s" or "1h", or "none", it is "${budget}"`);
}
