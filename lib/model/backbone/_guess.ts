import type { BackboneCard, PartialCard } from "./card.ts";
import { conventionOf, CONVENTIONS } from "./_conventions.ts";
import type { Network } from "./_network.ts";
import type { Fault } from "./_onnx_network.ts";
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
export function completed(network: Network, card: PartialCard, fault: Fault): Completed {
  const guesses: BackboneGuess[] = [];
  const { layout, size } = shapeOf(network, card, guesses, fault);
  const { channels, range, mean, std } = preparationOf(network, card, guesses);
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

function preparationOf({ hints }: Network, card: PartialCard, guesses: BackboneGuess[]) {
  const { channels, range, mean, std } = card;
  if (channels && range && mean && std) return { channels, range, mean, std };
  const named = conventionOf(hints);
  const { words, ...convention } = named?.convention ?? CONVENTIONS.standardised;
  guesses.push({
    entry: "channels, range, mean, std",
    value: words,
    because: named?.because ?? "it is the most common way",
    sureness: named ? "likely" : "unsure",
  });
  return {
    channels: channels ?? convention.channels,
    range: range ?? convention.range,
    mean: mean ?? convention.mean,
    std: std ?? convention.std,
  };
}
