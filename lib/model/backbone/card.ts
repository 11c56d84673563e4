import { type Pooling, POOLINGS } from "./types.ts";

/**
 * How pixels are prepared for a network, and where it comes from: the file `card.json` beside it.
 *
 * A byte from 0 to 255 is first scaled to `range`, then the channel's `mean` is subtracted, then it is divided by the
 * channel's `std`. Means and deviations are in the order of `channels`.
 */
export interface BackboneCard {
  /** Height and width of the square input, in pixels. */
  readonly size: number;
  /** Whether channels come after the pixels or before. */
  readonly layout: "NHWC" | "NCHW";
  readonly channels: "RGB" | "BGR";
  readonly range: readonly [number, number];
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** Names of the layers whose outputs are features. */
  readonly taps: readonly string[];
  readonly poolings: readonly Pooling[];
  readonly description: string;
  /** As the source states it; empty where nobody said. */
  readonly licence: string;
}

/** A card as people write it: what it leaves out is guessed. */
export type PartialCard = Partial<BackboneCard>;

type Check = (value: unknown) => string | null;

const isText: Check = (value) => typeof value === "string" ? null : "must be a text";

const threeNumbers: Check = (value) =>
  Array.isArray(value) && value.length === 3 && value.every(Number.isFinite) ? null : "must be three numbers";

const oneOf = (...choices: string[]): Check => (value) =>
  choices.includes(value as string) ? null : `must be one of ${choices.join(", ")}`;

const names: Check = (value) =>
  Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === "string" && name !== "")
    ? null
    : "must be a list of names";

const CHECKS: Readonly<Record<keyof BackboneCard, Check>> = {
  size: (value) => Number.isInteger(value) && (value as number) >= 8 ? null : "must be a whole number from 8",
  layout: oneOf("NHWC", "NCHW"),
  channels: oneOf("RGB", "BGR"),
  range: (value) =>
    Array.isArray(value) && value.length === 2 && value.every(Number.isFinite) && value[0] < value[1]
      ? null
      : "must be two numbers, the smaller first",
  mean: threeNumbers,
  std: (value) =>
    threeNumbers(value) ?? ((value as number[]).every((each) => each > 0) ? null : "must be three positive numbers"),
  taps: names,
  poolings: (value) =>
    names(value) ??
      ((value as string[]).every((name) => (POOLINGS as string[]).includes(name))
        ? null
        : `must be some of ${POOLINGS.join(", ")}`),
  description: isText,
  licence: isText,
};

/**
 * Reads a card.
 *
 * @param text JSON.
 * @param fault Makes an error of a clause that says what is wrong with it.
 */
export function parseCard(text: string, fault: (what: string) => Error): PartialCard {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw fault(`it must be JSON, but ${(error as Error).message}`);
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw fault("it must be one JSON object");
  const card: Record<string, unknown> = {};
  for (const [typed, value] of Object.entries(json)) {
    const name = typed === "license" ? "licence" : typed;
    if (!Object.hasOwn(CHECKS, name)) {
      throw fault(`it has the entry "${typed}", there are ${Object.keys(CHECKS).join(", ")}`);
    }
    const wrong = CHECKS[name as keyof BackboneCard](value);
    if (wrong !== null) throw fault(`its "${typed}" ${wrong}, it is ${JSON.stringify(value)}`);
    card[name] = value;
  }
  return card as PartialCard;
}
