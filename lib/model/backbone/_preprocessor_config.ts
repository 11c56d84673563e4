import type { PartialCard } from "./card.ts";

/**
 * What a `preprocessor_config.json`, as Hugging Face's networks for images come with, says of a card. What it leaves out
 * or says in another way stays out.
 *
 * @param fault Makes an error of a clause that says what is wrong with it.
 */
export function preprocessorCard(text: string, fault: (what: string) => Error): PartialCard {
  let config: Record<string, unknown>;
  try {
    config = JSON.parse(text);
  } catch (error) {
    throw fault(`it must be JSON, but ${(error as Error).message}`);
  }
  if (typeof config !== "object" || config === null) throw fault("it must be one JSON object");
  const size = sizeOf(config.do_center_crop === false ? undefined : config.crop_size) ?? sizeOf(config.size);
  const factor = config.do_rescale === false
    ? 1
    : typeof config.rescale_factor === "number"
    ? config.rescale_factor
    : 1 / 255;
  const low = config.rescale_offset === true ? -1 : 0;
  const plain = config.do_normalize === false;
  const mean = plain ? [0, 0, 0] : config.image_mean;
  const std = plain ? [1, 1, 1] : config.image_std;
  return {
    ...(size === undefined ? {} : { size }),
    channels: config.do_flip_channel_order === true ? "BGR" : "RGB",
    ...(threeNumbers(mean) && threeNumbers(std)
      ? { range: [low, low + Number((255 * factor).toPrecision(6))] as const, mean, std }
      : {}),
  };
}

/** A number, or {height, width} or {shortest_edge} of the same. */
function sizeOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "object" || value === null) return undefined;
  const { height, width, shortest_edge: edge } = value as Record<string, unknown>;
  const side = height === width && typeof height === "number" ? height : edge;
  return typeof side === "number" ? side : undefined;
}

function threeNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.length === 3 && value.every(Number.isFinite);
}
