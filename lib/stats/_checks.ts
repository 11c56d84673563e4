import { StatsError } from "./errors.ts";

/** A confidence level lies strictly between 0 and 1. */
export function checkLevel(level: number): void {
  if (!(level > 0 && level < 1)) {
    throw new StatsError(`Cannot make an interval: the confidence level must lie between 0 and 1, it is ${level}`);
  }
}

/** What is compared item by item has the same, positive length. */
export function checkLengths(action: string, lengths: Readonly<Record<string, number | undefined>>): void {
  const given = Object.entries(lengths).filter((entry): entry is [string, number] => entry[1] !== undefined);
  const [[first, n], ...others] = given;
  if (n === 0) throw new StatsError(`Cannot ${action}: at least 1 image is needed, "${first}" has 0`);
  for (const [name, length] of others) {
    if (length === n) continue;
    throw new StatsError(
      `Cannot ${action}: "${first}" and "${name}" must be equally long, they have ${n} and ${length} items`,
    );
  }
}
