import type { BackboneCard } from "./card.ts";
import type { Network, RawMap, Want } from "./_network.ts";
import { pool, POOLED_LENGTH } from "./_pool.ts";
import { prepared } from "./_preprocess.ts";
import type { SizedTap } from "./_taps.ts";
import {
  type Backbone,
  BackboneError,
  type BackboneGuess,
  type FeatureMap,
  type FeaturePart,
  POOLINGS,
} from "./types.ts";

/** What a backbone is made of. */
export interface Parts {
  readonly name: string;
  readonly path: string;
  /** The network; taken when features are first wanted. */
  readonly network: () => Promise<Pick<Network, "run" | "source">>;
  /** What names its content, in {@link Backbone.version}. */
  readonly fingerprint: string;
  /** Images computed together: always as many, the last ones padded, so that an image gets the same bits in any company. */
  readonly batch: number;
  readonly card: BackboneCard;
  readonly available: readonly SizedTap[];
  readonly guesses: readonly BackboneGuess[];
  readonly verified: readonly string[];
}

/** Raise it when the same network, card, taps and poolings give other features. */
const REVISION = 2;

/**
 * A backbone out of a network and its card.
 *
 * @throws BackboneError for a tap that the network does not have.
 */
export function assembled(parts: Parts): Backbone {
  const { name, path, network, fingerprint, batch, card, available, guesses, verified } = parts;
  const { size, poolings, description } = card;
  const subject = path === "" ? name : path;
  const taps = card.taps.map((node) => tapOf(node, available, subject));
  const layout = partsOf(taps, poolings, subject);
  const dimensions = layout.reduce((sum, { length }) => sum + length, 0);
  const preparation = [card.layout, card.channels, card.range, card.mean, card.std];
  const names = taps.map(({ node }) => node);

  /** Calls back with the maps of each batch, and which images of it count. */
  async function run(
    pixels: Uint8Array,
    n: number,
    wants: readonly Want[],
    each: (maps: RawMap[], start: number, count: number) => void,
  ) {
    const stride = size * size * 3;
    if (!Number.isInteger(n) || pixels.length !== n * stride) {
      throw new BackboneError(
        `Cannot compute features of ${n} images: that takes ${n} x ${size} x ${size} x 3 bytes, got ${pixels.length}`,
      );
    }
    const ready = await network();
    const shape = card.layout === "NHWC" ? [batch, size, size, 3] : [batch, 3, size, size];
    const input = new Float32Array(batch * stride);
    for (let start = 0; start < n; start += batch) {
      const count = Math.min(batch, n - start);
      prepared(pixels.subarray(start * stride, (start + count) * stride), count, card, input);
      each(await ready.run(input, shape, wants) as RawMap[], start, count);
    }
  }

  return {
    name,
    version: `${fingerprint}; ${size} px; ${JSON.stringify([preparation, names, poolings])}; ${REVISION}`,
    description,
    size,
    taps: taps.map(({ node, channels }) => ({ node, channels })),
    poolings,
    parts: layout,
    dimensions,
    available: available.map(({ node, channels }) => ({ node, channels })),
    path,
    card,
    guesses,
    verified,
    async features(pixels, n) {
      const values = new Float32Array(n * dimensions);
      // Pooled where the maps are: what is left to do here are a few numbers.
      const wants = layout.map(({ tap, pooling }): Want => {
        const { height, width } = taps[names.indexOf(tap)];
        return height > 1 && width > 1 ? { name: tap, pooled: { pooling, height, width } } : { name: tap };
      });
      await run(pixels, n, wants, (maps, start, count) => {
        for (const [i, { pooling, offset, length }] of layout.entries()) {
          const map = maps[i];
          for (let image = 0; image < count; image++) {
            const at = (start + image) * dimensions + offset;
            pool(map, image, pooling, values.subarray(at, at + length));
          }
        }
      });
      return values;
    },
    async maps(pixels, n) {
      let all: FeatureMap[] = [];
      await run(pixels, n, names.map((name) => ({ name })), (maps, start, count) => {
        if (start === 0) {
          all = maps.map(({ height, width, channels }, i) => {
            return { tap: names[i], height, width, channels, values: new Float32Array(n * height * width * channels) };
          });
        }
        maps.forEach((map, i) => copyImages(map, count, all[i].values, start));
      });
      return all;
    },
    async source() {
      return (await network()).source;
    },
    choose({ taps = names, poolings = card.poolings }) {
      return assembled({ ...parts, card: { ...card, taps, poolings } });
    },
  };
}

function tapOf(node: string, available: readonly SizedTap[], subject: string): SizedTap {
  const tap = available.find((each) => each.node === node);
  if (tap) return tap;
  const some = available.slice(-6).map(({ node }) => node).join(", ");
  throw new BackboneError(
    `Cannot use the tap "${node}" of the backbone "${subject}": it must be one of its ${available.length} layers that ` +
      `give maps; the last ones are ${some}`,
  );
}

function partsOf(taps: readonly SizedTap[], poolings: Backbone["poolings"], subject: string): FeaturePart[] {
  if (taps.length === 0 || poolings.length === 0) {
    throw new BackboneError(`Cannot use the backbone "${subject}" with no ${taps.length === 0 ? "tap" : "pooling"}`);
  }
  let offset = 0;
  return taps.flatMap(({ node, channels }) =>
    poolings.map((pooling): FeaturePart => {
      if (!POOLINGS.includes(pooling)) {
        throw new BackboneError(`Cannot pool by "${pooling}": it must be one of ${POOLINGS.join(", ")}`);
      }
      const length = POOLED_LENGTH[pooling] * channels;
      offset += length;
      return { tap: node, pooling, offset: offset - length, length };
    })
  );
}

/** Copies the first images of a map into [n, height, width, channels], from image `start` on. */
function copyImages(map: RawMap, count: number, target: Float32Array, start: number): void {
  const { height, width, channels, channelsFirst, values } = map;
  const stride = height * width * channels;
  if (!channelsFirst) {
    target.set(values.subarray(0, count * stride), start * stride);
    return;
  }
  for (let image = 0; image < count; image++) {
    for (let c = 0; c < channels; c++) {
      const from = image * stride + c * height * width;
      const to = (start + image) * stride + c;
      for (let i = 0; i < height * width; i++) target[to + i * channels] = values[from + i];
    }
  }
}
