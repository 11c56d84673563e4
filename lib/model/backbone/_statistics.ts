import { type Convention, CONVENTIONS } from "./_conventions.ts";
import type { Network } from "./_network.ts";
import { naturalPictures } from "./_pictures.ts";
import { prepared } from "./_preprocess.ts";

/** Pictures that are looked at. */
const PICTURES = 4;

/** Whoever fits must fit so many times as well as the next. */
const CLEAR = 2;

/** A way of preparing pixels, judged by what a network learnt of them. */
export interface Fitting {
  readonly convention: Convention;
  /** Whether the others fit far worse. */
  readonly clear: boolean;
}

/**
 * The convention under which pictures with the statistics of photographs give the first batch normalisation the means
 * and variances that it learnt. Means tell the range and the centre, variances the scale; blue first or last is not told.
 *
 * @returns Null where the network has no such normalisation, as where it was folded into the convolution.
 */
export async function fittingConvention(
  network: Network,
  { size, layout }: { readonly size: number; readonly layout: "NHWC" | "NCHW" },
): Promise<Fitting | null> {
  if (network.firstNorm === null) return null;
  const { input, mean, variance } = network.firstNorm;
  const rows = network.inputShape[0] ?? PICTURES;
  const pictures = naturalPictures(PICTURES, size);
  const stride = size * size * 3;
  const shape = layout === "NHWC" ? [rows, size, size, 3] : [rows, 3, size, size];
  const scores: { convention: Convention; score: number }[] = [];
  for (const convention of Object.values(CONVENTIONS)) {
    const channels = mean.length;
    const [sums, squares] = [new Float64Array(channels), new Float64Array(channels)];
    let pixels = 0;
    for (let start = 0; start < PICTURES; start += rows) {
      const count = Math.min(rows, PICTURES - start);
      const values = prepared(
        pictures.subarray(start * stride, (start + count) * stride),
        count,
        { ...convention, size, layout },
        new Float32Array(rows * stride),
      );
      const [map] = await network.run(values, shape, [{ name: input }]);
      if (map === null || map.channels !== channels) return null;
      const area = map.height * map.width;
      for (let i = 0; i < count * area * channels; i++) {
        const channel = map.channelsFirst ? Math.floor(i / area) % channels : i % channels;
        sums[channel] += map.values[i];
        squares[channel] += map.values[i] ** 2;
      }
      pixels += count * area;
    }
    const divergence = Array.from({ length: channels }, (_, c) => {
      const m = sums[c] / pixels;
      const ratio = (squares[c] / pixels - m * m + 1e-9) / (variance[c] + 1e-9);
      return (ratio - 1 - Math.log(ratio) + (m - mean[c]) ** 2 / (variance[c] + 1e-9)) / 2;
    });
    // The median: a filter that never fires says nothing.
    scores.push({ convention, score: divergence.sort((a, b) => a - b)[channels >> 1] });
  }
  scores.sort((a, b) => a.score - b.score);
  return { convention: scores[0].convention, clear: scores[1].score > CLEAR * scores[0].score };
}
