import type { Figure } from "./record.ts";

/**
 * How numbers are written, everywhere:
 *
 * - an estimate with an interval keeps the digits that give half the interval's width two significant ones, two
 *   decimals at most: ±12 points "27 %", ±3.4 "27.1 %", ±0.4 "27.13 %"; its bounds have the same decimals;
 * - negative numbers have a true minus sign (U+2212), differences always a sign;
 * - a no-break space stands between a number and its unit, a narrow one (U+202F) between thousands.
 */
const SPACE = "\u00a0";
const THIN_SPACE = "\u202f";
const MINUS = "\u2212";

/** What is shown where there is no number. */
export const NO_VALUE = "–";

/** What decides how many digits a share is worth. */
export interface Precision {
  /** Half the width of its interval, as a share. */
  readonly halfWidth?: number;
  /** Number of images behind it, where it has no interval: below 100 images, decimals would be make-believe. */
  readonly n?: number;
  /** The share is known exactly, as a chance level is: "6.25 %". */
  readonly exact?: boolean;
}

/**
 * A share from 0 to 1 in per cent: "27.1 %". One decimal, unless `precision` knows better.
 */
export function formatShare(share: number, precision: Precision = {}): string {
  if (!Number.isFinite(share)) return NO_VALUE;
  if (precision.exact) return `${trimZeros(fixed(100 * share, 2))}${SPACE}%`;
  return `${fixed(100 * share, shareDecimals(precision))}${SPACE}%`;
}

/** A whole number with thin thousands separators: "12 345". Decimals, if any, are rounded away. */
export function formatCount(count: number): string {
  if (!Number.isFinite(count)) return NO_VALUE;
  return withThousands(fixed(count, 0));
}

/** A duration: "0.4 s", "43 s", "1 min 12 s", "2 h 5 min". */
export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return NO_VALUE;
  if (seconds < 0) return MINUS + formatSeconds(-seconds);
  if (seconds < 9.95) return `${fixed(seconds, 1)}${SPACE}s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}${SPACE}s`;
  if (whole < 3600) return join(Math.floor(whole / 60), "min", whole % 60, "s");
  const minutes = Math.round(seconds / 60);
  return join(Math.floor(minutes / 60), "h", minutes % 60, "min");
}

/** A plain number with at most three significant decimals and thin thousands separators. */
export function formatNumber(value: number, decimals?: number): string {
  if (!Number.isFinite(value)) return NO_VALUE;
  if (decimals !== undefined) return withThousands(fixed(value, decimals));
  const size = Math.abs(value);
  if (Number.isInteger(value) || size >= 1000) return withThousands(fixed(value, 0));
  if (size < 1e-4) return value.toExponential(1).replaceAll("-", MINUS).replace("e", `${SPACE}×${SPACE}10^`);
  return trimZeros(fixed(value, Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(size))))));
}

/** What `formatInterval` needs to know; `Interval` of `lib/stats` is one. */
export interface IntervalLike {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/**
 * An estimate with its bounds: "27.1 % [23.9, 30.6]", "+4.2 points [1.0, 7.4]".
 *
 * @param unit That of the estimate; shares and points run from 0 to 1.
 */
export function formatInterval(interval: IntervalLike, unit: Figure["unit"] = "share"): string {
  const { estimate, low, high } = interval;
  if (![estimate, low, high].every(Number.isFinite)) return formatValue(estimate, unit);
  if (unit === "seconds") return `${formatSeconds(estimate)} [${formatSeconds(low)}, ${formatSeconds(high)}]`;
  const scale = unit === "share" || unit === "points" ? 100 : 1;
  const decimals = unit === "count" || unit === "epoch" ? 0 : intervalDecimals(scale * (high - low) / 2, scale);
  const [middle, from, to] = [estimate, low, high].map((value) => withThousands(fixed(scale * value, decimals)));
  const bounds = `[${from}, ${to}]`;
  switch (unit) {
    case "share":
      return `${middle}${SPACE}% ${bounds}`;
    case "points":
      return `${signed(middle)}${SPACE}points ${bounds}`;
    case "epoch":
      return `epoch${SPACE}${middle} ${bounds}`;
    default:
      return `${middle} ${bounds}`;
  }
}

/** A figure's value with its bounds, where it has them. What it is the value of is its `label`. */
export function formatFigure(figure: Figure): string {
  const { value, low, high, unit, n } = figure;
  if (low !== undefined && high !== undefined) return formatInterval({ estimate: value, low, high }, unit);
  if (unit === "share") return formatShare(value, n === undefined ? { exact: true } : { n });
  return formatValue(value, unit);
}

/** What a figure rests on: "750 images, 402 groups; bootstrap over groups". Empty where nothing is known. */
export function formatBasis({ n, groups, method }: Pick<Figure, "n" | "groups" | "method">): string {
  const counts = [
    ...(n === undefined ? [] : [`${formatCount(n)}${SPACE}${n === 1 ? "image" : "images"}`]),
    ...(groups === undefined ? [] : [`${formatCount(groups)}${SPACE}${groups === 1 ? "group" : "groups"}`]),
  ].join(", ");
  return [counts, method ?? ""].filter((part) => part !== "").join("; ");
}

/** A value without bounds, in its unit. */
export function formatValue(value: number, unit: Figure["unit"]): string {
  if (!Number.isFinite(value)) return NO_VALUE;
  switch (unit) {
    case "share":
      return formatShare(value);
    case "points":
      return `${signed(fixed(100 * value, 1))}${SPACE}points`;
    case "count":
      return formatCount(value);
    case "epoch":
      return `epoch${SPACE}${formatCount(value)}`;
    case "seconds":
      return formatSeconds(value);
    case "number":
      return formatNumber(value);
  }
}

/** Decimals for values in per cent. */
function shareDecimals({ halfWidth, n }: Precision): number {
  if (halfWidth !== undefined) return intervalDecimals(100 * halfWidth, 100);
  return n !== undefined && n < 100 ? 0 : 1;
}

/** Decimals that leave two significant digits of `halfWidth`; per cent have two at most. */
function intervalDecimals(halfWidth: number, scale: number): number {
  const most = scale === 100 ? 2 : 6;
  if (!(halfWidth > 0)) return Math.min(1, most);
  return Math.min(most, Math.max(0, 1 - Math.floor(Math.log10(halfWidth))));
}

/** Like `toFixed`, with a true minus sign and no "−0". */
function fixed(value: number, decimals: number): string {
  const digits = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(digits) !== 0 ? MINUS + digits : digits;
}

function signed(number: string): string {
  return number.startsWith(MINUS) || /^[0.]*$/.test(number) ? number : `+${number}`;
}

function trimZeros(number: string): string {
  return number.includes(".") ? number.replace(/\.?0+$/, "") : number;
}

function withThousands(number: string): string {
  const [whole, decimals] = number.split(".");
  const grouped = whole.replace(/\d(?=(?:\d{3})+$)/g, `$&${THIN_SPACE}`);
  return decimals === undefined ? grouped : `${grouped}.${decimals}`;
}

function join(major: number, majorUnit: string, minor: number, minorUnit: string): string {
  const first = `${major}${SPACE}${majorUnit}`;
  return minor === 0 ? first : `${first}${SPACE}${minor}${SPACE}${minorUnit}`;
}
