import { StatsError } from "./errors.ts";

/** A confidence level lies strictly between 0 and 1. */
export function checkLevel(level: number): void {
  if (!(level > 0 && level < 1)) {
    throw new StatsError(`Cannot make an interval: the confidence level must lie between 0 and 1, it is ${level}`);
  }
}

/** `successes` of `n` images make a share. */
export function checkCounts(successes: number, n: number): void {
  if (!(n >= 1) || !Number.isFinite(n)) {
    throw new StatsError(`Cannot make an interval: at least 1 image is needed, there are ${n}`);
  }
  if (!(successes >= 0 && successes <= n)) {
    throw new StatsError(`Cannot make an interval: successes must lie between 0 and ${n}, they are ${successes}`);
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

/** A class, or any other index, is a whole number from 0 to `below` − 1. */
export function checkClass(action: string, name: string, index: number, value: number, below: number): void {
  if (Number.isInteger(value) && value >= 0 && value < below) return;
  throw new StatsError(`Cannot ${action}: classes run from 0 to ${below - 1}, ${name}[${index}] is ${value}`);
}
