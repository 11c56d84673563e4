import { formatCount, formatShare } from "../display/mod.ts";

/** "a", "a and b", "a, b and c"; with more than `most` names "a, b, c and 9 more". */
export function listed(names: readonly string[], most = 6): string {
  if (names.length > most + 1) return `${names.slice(0, most).join(", ")} and ${names.length - most} more`;
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
}

/** "1 image", "1 100 images". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** Large counts as people say them: "1.38 million", "98 thousand", "812". */
export function roughly(count: number): string {
  const short = (value: number) => Number(value.toPrecision(3)).toString();
  if (count >= 999_500) return `${short(count / 1e6)} million`;
  if (count >= 9_995) return `${short(count / 1e3)} thousand`;
  return formatCount(count);
}

/** A share in whole per cent, where decimals would be noise. */
export function percent(share: number): string {
  return formatShare(share, { n: 1 });
}
