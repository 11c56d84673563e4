import type { Backbone, Pooling } from "../../model/mod.ts";
import { type DecodableImages, features, mirroredFeatures } from "../../train/mod.ts";

/** One way of turning an image into numbers with a backbone. */
export interface FeatureSet {
  /** In words, as "7 taps, average and max, mirrored too". */
  readonly label: string;
  readonly taps: readonly string[];
  readonly poolings: readonly Pooling[];
  readonly mirrored: boolean;
}

/** The sets that are tried, and the backbone that gives all of them at once. */
export interface FeatureSets {
  readonly wide: Backbone;
  readonly sets: readonly FeatureSet[];
}

/** At most as many taps, and numbers an image of them averaged. */
const MOST_TAPS = 7, MOST_CHANNELS = 6000;

/**
 * What is tried: the usual taps, and those with others of the later half of the network; averages alone, and with the
 * largest values; images as they are, and with their mirror images.
 *
 * @param options `brief`: without mirror images, which take as long again.
 */
export function featureSets(backbone: Backbone, options: { readonly brief?: boolean } = {}): FeatureSets {
  const usual = backbone.taps.map(({ node }) => node);
  const all = widerTaps(backbone);
  const poolings: readonly Pooling[] = ["average", "max"];
  const choices = [
    { taps: usual, poolings: ["average"] as const },
    ...(all.length > usual.length ? [{ taps: all, poolings: ["average"] as const }] : []),
    { taps: all, poolings },
  ];
  const sets = [false, ...(options.brief ? [] : [true])].flatMap((mirrored) =>
    choices.map(({ taps, poolings }): FeatureSet => ({
      label: `${taps.length} ${taps.length === 1 ? "tap" : "taps"}, ${poolings.join(" and ")}` +
        (mirrored ? ", mirrored too" : ""),
      taps,
      poolings,
      mirrored,
    }))
  );
  return { wide: backbone.choose({ taps: all, poolings }), sets };
}

/** The usual taps with others of the later half, evenly spread, in the order of the network. */
function widerTaps({ available, taps }: Backbone): string[] {
  const chosen = new Set(taps.map(({ node }) => node));
  let channels = taps.reduce((sum, tap) => sum + tap.channels, 0);
  const last = available.findLastIndex(({ node }) => chosen.has(node));
  const others = available.slice(0, last).filter(({ node, channels }, i) =>
    !chosen.has(node) && channels >= 32 && (i >= last / 2 || available.length <= MOST_TAPS)
  );
  const count = Math.min(others.length, MOST_TAPS - chosen.size);
  for (let i = 0; i < count; i++) {
    const tap = others[others.length - 1 - Math.floor(i * others.length / count)];
    if (channels + tap.channels > MOST_CHANNELS) continue;
    channels += tap.channels;
    chosen.add(tap.node);
  }
  return available.filter(({ node }) => chosen.has(node)).map(({ node }) => node);
}

/** What images look like through each set: [n, D], in the order of `images.development`. */
export class SeenImages {
  readonly #wide: Backbone;
  readonly #values: ReadonlyMap<boolean, Float32Array>;
  readonly images: readonly number[];

  private constructor(wide: Backbone, images: readonly number[], values: ReadonlyMap<boolean, Float32Array>) {
    this.#wide = wide;
    this.images = images;
    this.#values = values;
  }

  /** Computes what is not kept yet. */
  static async of(dataset: DecodableImages, { wide, sets }: FeatureSets): Promise<SeenImages> {
    const values = new Map<boolean, Float32Array>();
    let images: readonly number[] = dataset.development;
    for (const mirror of new Set(sets.map(({ mirrored }) => mirrored))) {
      const seen = await (mirror ? mirroredFeatures : features)(dataset, wide);
      values.set(mirror, seen.values);
      images = seen.images;
    }
    return new SeenImages(wide, images, values);
  }

  /** Features of one set [n, D], and D. */
  through(set: FeatureSet): { readonly values: Float32Array; readonly dimensions: number } {
    const { parts, dimensions: width } = this.#wide;
    const taken = parts.filter(({ tap, pooling }) => set.taps.includes(tap) && set.poolings.includes(pooling));
    const dimensions = taken.reduce((sum, { length }) => sum + length, 0);
    const all = this.#values.get(set.mirrored)!;
    const values = new Float32Array(this.images.length * dimensions);
    this.images.forEach((_, i) => {
      let at = i * dimensions;
      for (const { offset, length } of taken) {
        values.set(all.subarray(i * width + offset, i * width + offset + length), at);
        at += length;
      }
    });
    return { values, dimensions };
  }
}
