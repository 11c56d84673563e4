import type { BackboneCard, PartialCard } from "./card.ts";
import { colourOrder } from "./_colour_order.ts";
import { type Convention, conventionOf, CONVENTIONS } from "./_conventions.ts";
import type { Network } from "./_network.ts";
import type { Fault } from "./_onnx_network.ts";
import { ownScaling } from "./_own_scaling.ts";
import { fittingConvention } from "./_statistics.ts";
import type { BackboneGuess } from "./types.ts";

/** What most networks for images were trained at. */
const USUAL_SIZE = 224;

/** A card without what only running the network tells: its taps. */
export type Prepared = Omit<BackboneCard, "taps">;

/** What a card leaves open, concluded from the network. */
export interface Completed {
  readonly card: Prepared;
  readonly guesses: readonly BackboneGuess[];
}

/**
 * Completes a card by the network's own words and the conventions of the field.
 *
 * @param fault Makes an error of a clause: thrown where the card contradicts the network's shape.
 */
export async function completed(network: Network, card: PartialCard, fault: Fault): Promise<Completed> {
  const guesses: BackboneGuess[] = [];
  const { layout, size } = shapeOf(network, card, guesses, fault);
  const { channels, range, mean, std } = await preparationOf(network, card, { layout, size }, guesses);
  return {
    card: {
      size,
      layout,
      channels,
      range,
      mean,
      std,
      poolings: card.poolings ?? ["average"],
      description: card.description ?? `Your ${network.format}, of which no card says what it was trained on.`,
      licence: card.licence ?? "",
    },
    guesses,
  };
}

/** Layout and size, by the shape of the input; what the card says must fit it. */
function shapeOf({ input, inputShape }: Network, card: PartialCard, guesses: BackboneGuess[], fault: Fault) {
  const shown = `[${inputShape.map((extent) => extent ?? "any").join(", ")}]`;
  if (inputShape.length !== 0 && inputShape.length !== 4) {
    throw fault(
      `its input "${input}" must take images [batch, height, width, 3] or [batch, 3, height, width], it takes ${shown}`,
    );
  }
  const [, second, , fourth] = inputShape.length === 0 ? [null, null, null, null] : inputShape;
  const possible = (["NCHW", "NHWC"] as const).filter((layout) =>
    [3, null].includes(layout === "NCHW" ? second : fourth)
  );
  const fixed = [second, fourth].includes(3)
    ? possible.filter((each) => (each === "NCHW" ? second : fourth) === 3)
    : possible;
  if (fixed.length === 0) throw fault(`its input "${input}" must take 3 colour channels, it takes ${shown}`);
  if (card.layout !== undefined && !fixed.includes(card.layout)) {
    throw fault(`its card says layout ${card.layout}, its input "${input}" takes ${shown}`);
  }
  const layout = card.layout ?? fixed[0];
  if (card.layout === undefined) {
    guesses.push({
      entry: "layout",
      value: layout,
      because: fixed.length === 1 ? `its input takes ${shown}` : "it is the layout of its format",
      sureness: fixed.length === 1 ? "sure" : "likely",
    });
  }
  const [height, width] = inputShape.length === 0
    ? [null, null]
    : layout === "NCHW"
    ? inputShape.slice(2)
    : inputShape.slice(1, 3);
  if (height !== null && width !== null && height !== width) {
    throw fault(`its input "${input}" must take square images, it takes ${shown}`);
  }
  const asked = height ?? width;
  if (card.size !== undefined && asked !== null && card.size !== asked) {
    throw fault(`its card says size ${card.size}, its input "${input}" takes ${shown}`);
  }
  const size = card.size ?? asked ?? USUAL_SIZE;
  if (card.size === undefined) {
    guesses.push({
      entry: "size",
      value: `${size}`,
      because: asked === null ? "it takes any size, and this is the usual one" : `its input takes ${shown}`,
      sureness: asked === null ? "likely" : "sure",
    });
  }
  return { layout, size };
}

/**
 * How pixels are prepared: what the names say, and what the first normalisation learnt, which counts where it is clear;
 * the order of colours, where no name says it, by the first filters.
 */
async function preparationOf(
  network: Network,
  card: PartialCard,
  image: { readonly layout: BackboneCard["layout"]; readonly size: number },
  guesses: BackboneGuess[],
) {
  const { channels, range, mean, std } = card;
  if (channels && range && mean && std) return { channels, range, mean, std };
  const scales = ownScaling(network);
  const named = scales === null ? conventionOf(network.hints) : { convention: CONVENTIONS.raw, because: scales };
  const fitting = await fittingConvention(network, image);
  const learnt = "the first normalisation learnt means and variances that photographs have then";
  const agree = fitting !== null && named !== null && fitting.convention.range.join() === named.convention.range.join();
  const [convention, because, sureness]: [Convention, string, BackboneGuess["sureness"]] = fitting?.clear && !agree
    ? [fitting.convention, learnt, "likely"]
    : named !== null
    ? [named.convention, agree ? `${named.because}, and ${learnt}` : named.because, "likely"]
    : [CONVENTIONS.standardised, "it is the most common way", "unsure"];
  const told = convention === named?.convention && scales === null;
  const order = told ? null : colourOrder(network);
  const turned = order !== null && order !== convention.channels;
  guesses.push({ entry: "range, mean, std", value: convention.words, because, sureness });
  guesses.push({
    entry: "channels",
    value: order ?? convention.channels,
    because: order === null ? because : "its first filters weigh the colours so, as networks do with red and blue",
    sureness: order === null ? sureness : "likely",
  });
  return {
    channels: channels ?? order ?? convention.channels,
    range: range ?? convention.range,
    mean: mean ?? (turned ? convention.mean.toReversed() : convention.mean),
    std: std ?? (turned ? convention.std.toReversed() : convention.std),
  };
}
