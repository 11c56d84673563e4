import { layers, tf } from "../../engine/mod.ts";
import { BackboneError } from "../backbone/types.ts";
import type { Cut } from "./_cuts.ts";
import { UnitAverage, unitAverage } from "./_layers.ts";
import { multiplicationsOf } from "./_multiplications.ts";
import type { Tail, TrainableBlocks } from "./types.ts";

/** A layer with weights of its own, and the ones that it was published with. */
export interface Weighted {
  readonly step: string;
  readonly layer: layers.layers.Layer;
  readonly weights: readonly tf.Tensor[];
}

/** A network that can be cut, whatever its format. */
export interface CutNetwork {
  /** The last first. */
  readonly cuts: readonly Cut[];
  /** Names of the steps whose output is used. */
  readonly taps: readonly string[];
  /** Outputs of these steps, from pixels 0..255 [n, size, size, 3]. */
  run(pixels: tf.Tensor4D, steps: readonly string[]): tf.Tensor[];
  /**
   * The steps behind a cut as layers.
   *
   * @param known Outputs by step; that of the cut is there, the others are added.
   */
  rebuild(behind: readonly string[], known: Map<string, layers.SymbolicTensor>): Weighted[];
}

/** Computed together, as the backbones do: one graph is compiled, the last images are padded. */
const BATCH = 8;

/**
 * @param blocks How many of the last blocks are trained.
 * @throws BackboneError where the network cannot be cut there.
 */
export function assembled(
  network: CutNetwork,
  { backbone, version, size, blocks, from }: {
    readonly backbone: string;
    readonly version: string;
    readonly size: number;
    readonly blocks: number;
    readonly from?: string;
  },
): Tail {
  const { cuts, taps } = network;
  const place = from === undefined ? blocks - 1 : cuts.findIndex((one) => one.from === from);
  const cut = cuts[place];
  if (cut === undefined) {
    const where = cuts.slice(0, 4).map((one) => `"${one.from}"`).join(", ");
    throw new BackboneError(
      cuts.length === 0
        ? `Cannot fine-tune ${backbone}: no place was found where its last block can be cut off`
        : from === undefined
        ? `Cannot fine-tune the last ${blocks} blocks of ${backbone}: it has ${cuts.length}`
        : `Cannot fine-tune ${backbone} from "${from}": blocks begin at ${where}`,
    );
  }
  const behind = new Set(cut.behind);
  const early = taps.filter((tap) => !behind.has(tap)), late = taps.filter((tap) => behind.has(tap));
  const wanted = [...new Set([cut.at, ...early])]; // the cut may be a tap itself
  const frontOf = (pixels: tf.Tensor4D): [tf.Tensor4D, tf.Tensor2D | null] => {
    const outputs = network.run(pixels, wanted);
    const taps = early.map((tap) => unitAverage(outputs[wanted.indexOf(tap)]));
    return [outputs[0] as tf.Tensor4D, taps.length === 0 ? null : tf.concat2d(taps, 1)];
  };
  const [cutShape, fixed] = tf.tidy(() => {
    const [map, extra] = frontOf(tf.zeros([1, size, size, 3]));
    if (map.rank !== 4) throw new BackboneError(`Cannot fine-tune ${backbone}: what its last block reads is no map`);
    return [map.shape.slice(1) as [number, number, number], extra?.shape[1] ?? 0];
  });
  const build = () => built(network, cut, cuts.slice(0, place), late, cutShape, fixed);
  const { model } = build();
  const dimensions = model.outputs[0].shape[1]!;
  const multiplications = multiplicationsOf(model);
  model.dispose();
  const frontMultiplications = multiplicationsBefore(network, cut, size);
  return {
    backbone,
    version: `${version}, cut before ${cut.from}, 1`,
    size,
    from: cut.from,
    cut: cutShape,
    fixed,
    dimensions,
    multiplications,
    frontMultiplications,
    frontOf,
    build,
    front: (pixels, n) => front(frontOf, pixels, n, size, cutShape.reduce((a, b) => a * b) + fixed),
  };
}

/** Of all that can be rebuilt before a cut: from the first place where the network can be cut, which is near its input. */
function multiplicationsBefore(network: CutNetwork, cut: Cut, size: number): number {
  const first = network.cuts.at(-1)!;
  if (first === cut) return 0;
  try {
    const [shape] = tf.tidy(() => network.run(tf.zeros([1, size, size, 3]), [first.at]).map(({ shape }) => shape));
    const input = layers.input({ shape: shape.slice(1) });
    const known = new Map([[first.at, input]]);
    const trained = new Set(cut.behind);
    network.rebuild(first.behind.filter((step) => !trained.has(step)), known);
    const model = layers.model({ inputs: input, outputs: known.get(cut.at)! });
    const sum = multiplicationsOf(model);
    model.dispose();
    return sum;
  } catch {
    return 0; // an operation that has no layer: only the estimate of the time suffers
  }
}

async function front(
  frontOf: Tail["frontOf"],
  pixels: Uint8Array,
  n: number,
  size: number,
  width: number,
): Promise<Float32Array> {
  const stride = size * size * 3;
  if (!Number.isInteger(n) || pixels.length !== n * stride) {
    throw new BackboneError(
      `Cannot compute activations of ${n} images: that takes ${n} x ${size} x ${size} x 3 bytes, got ${pixels.length}`,
    );
  }
  const values = new Float32Array(n * width);
  for (let start = 0; start < n; start += BATCH) {
    const count = Math.min(BATCH, n - start);
    const input = new Float32Array(BATCH * stride);
    input.set(pixels.subarray(start * stride, (start + count) * stride));
    const output = tf.tidy(() => {
      const [map, fixed] = frontOf(tf.tensor4d(input, [BATCH, size, size, 3]));
      const flat = tf.reshape(map, [BATCH, -1]);
      return fixed === null ? flat : tf.concat([flat, fixed], 1);
    });
    const rows = await output.data() as Float32Array;
    output.dispose();
    values.set(rows.subarray(0, count * width), start * width);
  }
  return values;
}

function built(
  network: CutNetwork,
  cut: Cut,
  later: readonly Cut[],
  taps: readonly string[],
  shape: readonly [number, number, number],
  fixed: number,
): TrainableBlocks {
  const input = layers.input({ shape: [...shape], name: "cut" });
  const known = new Map([[cut.at, input]]);
  const weighted = network.rebuild(cut.behind, known);
  const averages = taps.map((tap, i) =>
    new UnitAverage({ name: `tap_${i}` }).apply(known.get(tap)!) as layers.SymbolicTensor
  );
  const inputs = [input, ...(fixed === 0 ? [] : [layers.input({ shape: [fixed], name: "fixed" })])];
  const all = [...inputs.slice(1), ...averages];
  const output = all.length === 1
    ? all[0]
    : layers.layers.concatenate({ name: "features" }).apply(all) as layers.SymbolicTensor;
  const model = layers.model({ inputs, outputs: output });
  for (const { layer, weights } of weighted) layer.setWeights([...weights]);
  // A layer belongs to the last cut that it lies behind.
  const depth = (step: string) => {
    const found = later.findIndex(({ behind }) => behind.includes(step));
    return found < 0 ? later.length : found;
  };
  const blocks = Array.from(
    { length: later.length + 1 },
    (_, block) => weighted.filter(({ step }) => depth(step) === block).map(({ layer }) => layer.name),
  );
  return { model, blocks };
}
