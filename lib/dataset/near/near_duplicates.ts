import { LOOK_LENGTH, type Looks } from "../looks.ts";
import { type Embedding, embeddingPairs } from "./embedding.ts";
import { type Candidate, closePairs } from "./_hamming.ts";
import { hashesOf } from "./_hash.ts";
import { likeness } from "./_likeness.ts";
import { Union } from "./_union.ts";
import { type Fit, Views } from "./_views.ts";
import { cutouts, MIRRORED } from "./_window.ts";

/** Two images that are nearly the same. */
export interface NearPair {
  /** Indices into the data set's records, ascending. */
  readonly images: readonly [number, number];
  /** Correlation of the pixels after the best fit, or the cosine of the embeddings: up to 1. */
  readonly alike: number;
  /** Whether they are one picture but for encoding, scale, a small crop or brightness. */
  readonly identical: boolean;
  /** What they are alike in: "pixels", or the name of an embedding. */
  readonly by: string;
}

/**
 * When two pictures are nearly the same. Chosen on three clean sets and on copies of their images.
 *
 * The most alike pictures of different things correlate at 0.90 (1,100 drawn emoji), 0.95 (1,185 photographs of clothes,
 * leaving out one picture that is there twice) and 0.96 (1,200 hand signs on plain walls). Copies correlate, in 90 of
 * 100 cases, above 0.987 (JPEG of quality 15), 0.956 (half the size), 0.975 (cut by 6 to 8 %) and 0.95 (made brighter
 * until parts are white).
 */
export const NEAR = {
  /** Bits of the perceptual hash that may differ; of 64. */
  bits: 12,
  /** Correlation from which on pictures are worth a look … */
  alike: 0.97,
  /** … and from which on they are one picture, … */
  identical: 0.985,
  /** … unless one sixteenth of it differs by more than that (root mean square, of 255). */
  worstBlock: 28,
} as const;

/** Correlation at 8x8 below which two whole pictures cannot be one, even cut … */
const NO_HOPE = 0.6;
/** … and below which no refining of the best of the tried crops will help. */
const PROMISING = 0.93;
/** Up to so many images, cut and mirrored copies are looked for too: eleven times the comparisons. */
const MOST_FOR_CUTS = 6000;
/** Close pairs in memory at a time, and pairs that are laid over each other: the closest, for some 20 seconds. */
const MOST_CLOSE = 500_000;
const MOST_CANDIDATES = 40_000;

/**
 * Pairs of pictures that are nearly the same: by perceptual hash, confirmed pixel by pixel after the best fitting crop,
 * mirroring and brightness; and by an embedding, where there is one. Of more than two such pictures not every pair is
 * named, but enough to connect them.
 *
 * @param same Pairs that are known to be the same already (exact copies): left out.
 */
export async function nearPairs(
  looks: Looks,
  { same, embedding, onProgress = () => {} }: {
    readonly same?: (i: number, j: number) => boolean;
    readonly embedding?: Embedding;
    /** Told how far it is, from 0 to 1. */
    readonly onProgress?: (share: number) => void;
  } = {},
): Promise<NearPair[]> {
  const n = looks.length / LOOK_LENGTH;
  const candidates = await closestPairs(looks, new Views(looks));
  onProgress(0.5);
  const joined = new Union(n);
  const pairs: NearPair[] = [];
  const seen = new Set<number>();
  for (const [done, { i, j, fit }] of candidates.entries()) {
    if (done % 200 === 199) {
      onProgress(0.5 + 0.5 * done / candidates.length);
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    // What is one picture already need not be told so again.
    if (joined.find(i) === joined.find(j) || same?.(i, j)) continue;
    const { correlation, worstBlock } = likeness(looks, i, j, fit);
    if (correlation < NEAR.alike) continue;
    const identical = correlation >= NEAR.identical && worstBlock <= NEAR.worstBlock;
    if (identical) joined.join(i, j);
    pairs.push({ images: [j, i], alike: correlation, identical, by: "pixels" });
    seen.add(i * n + j);
  }
  for (const { i, j, cosine } of embedding ? await embeddingPairs(embedding, n) : []) {
    if (seen.has(i * n + j) || joined.find(i) === joined.find(j) || same?.(i, j)) continue;
    // Pixels alone say that it is one picture: an embedding puts two photographs of one thing just as close.
    pairs.push({ images: [j, i], alike: cosine, identical: false, by: embedding!.name });
  }
  onProgress(1);
  return pairs.sort((a, b) => b.alike - a.alike || a.images[0] - b.images[0] || a.images[1] - b.images[1]);
}

/** Sets of images that are connected by pairs. */
export function setsOf(pairs: readonly Pick<NearPair, "images">[], n: number): number[][] {
  const joined = new Union(n);
  for (const { images: [i, j] } of pairs) joined.join(i, j);
  return joined.sets();
}

/** Pairs whose hashes are close, the closest first. */
async function closestPairs(looks: Looks, views: Views): Promise<(Candidate & { readonly fit: Fit })[]> {
  const n = looks.length / LOOK_LENGTH;
  const whole = hashesOf(looks);
  const closest = new Map<number, number>();
  let radius: number = NEAR.bits;
  const keep = (least: number) => (i: number, j: number, bits: number) => {
    if (bits > radius || views.whole(i, j) < least) return;
    const key = i * n + j;
    const before = closest.get(key);
    if (before === undefined || bits < before) closest.set(key, bits);
    // Where everything looks alike, only the closest are worth the time.
    while (closest.size > MOST_CLOSE) {
      radius--;
      for (const [other, its] of closest) if (its > radius) closest.delete(other);
    }
  };
  await closePairs(whole, whole, NEAR.bits, keep(NO_HOPE));
  if (n <= MOST_FOR_CUTS) {
    for (const cut of cutouts(0.92)) await closePairs(whole, hashesOf(looks, cut), NEAR.bits, keep(NO_HOPE));
    await closePairs(whole, hashesOf(looks, MIRRORED), NEAR.bits, keep(-1));
  }
  return [...closest]
    .map(([key, bits]) => {
      const i = Math.floor(key / n), j = key % n;
      return { i, j, bits, fit: views.best(i, j) };
    })
    .filter(({ fit }) => fit.correlation >= PROMISING)
    .sort((a, b) => a.bits - b.bits || a.i - b.i || a.j - b.j).slice(0, MOST_CANDIDATES);
}
