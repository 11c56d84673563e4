import { tf } from "../../engine/mod.ts";
import type { Tail, TrainableBlocks } from "../../model/mod.ts";
import type { SoftmaxRegression } from "../softmax_regression.ts";

/** Rows of the front's output, as a batch for {@link TunedNetwork.logits}; inside a `tf.tidy`. */
export function batchOf(tail: Tail, rows: Float32Array, n: number): [cut: tf.Tensor4D, fixed: tf.Tensor2D | null] {
  const [height, width, channels] = tail.cut;
  const length = height * width * channels;
  const all = tf.tensor2d(rows, [n, length + tail.fixed]);
  const cut = tf.reshape(tf.slice(all, [0, 0], [n, length]), [n, height, width, channels]) as tf.Tensor4D;
  return [cut, tail.fixed === 0 ? null : tf.slice(all, [0, length], [n, tail.fixed])];
}

/** The last blocks of a backbone and a linear head: what is trained. */
export class TunedNetwork implements Disposable {
  readonly #blocks: TrainableBlocks;
  readonly #kernel: tf.Variable<tf.Rank.R2>;
  readonly #bias: tf.Variable<tf.Rank.R1>;

  constructor(readonly tail: Tail, readonly classes: number) {
    this.#blocks = tail.build();
    this.#kernel = tf.variable(tf.zeros([tail.dimensions, classes]), true) as tf.Variable<tf.Rank.R2>;
    this.#bias = tf.variable(tf.zeros([classes]), true) as tf.Variable<tf.Rank.R1>;
  }

  /** Takes a linear classifier of the features for the head. */
  setHead({ weights, biases, classes, dimensions }: SoftmaxRegression): void {
    tf.tidy(() => {
      this.#kernel.assign(tf.transpose(tf.tensor2d(Float32Array.from(weights), [classes, dimensions])));
      this.#bias.assign(tf.tensor1d(Float32Array.from(biases)));
    });
  }

  /** [n, D]. Batch normalisation keeps its statistics: few images would make them worse. */
  features(cut: tf.Tensor4D, fixed: tf.Tensor2D | null): tf.Tensor2D {
    const inputs = fixed === null ? cut : [cut, fixed];
    return this.#blocks.model.apply(inputs, { training: false }) as tf.Tensor2D;
  }

  /** The head's scores [n, K] of features [n, D]. */
  headOf(features: tf.Tensor2D): tf.Tensor2D {
    return tf.add(tf.matMul(features, this.#kernel), this.#bias);
  }

  /** Scores [n, K]. */
  logits(cut: tf.Tensor4D, fixed: tf.Tensor2D | null): tf.Tensor2D {
    return this.headOf(this.features(cut, fixed));
  }

  /**
   * What it makes of pictures.
   *
   * @param pixels RGB bytes [n, size, size, 3].
   * @returns `features` [n, D] that the head sees, and `probabilities` [n, K], row by row.
   * @throws BackboneError where the pixels are not of n images.
   */
  async look(pixels: Uint8Array, n: number): Promise<{ features: Float32Array; probabilities: Float32Array }> {
    const rows = await this.tail.front(pixels, n);
    const [features, probabilities] = tf.tidy(() => {
      const seen = this.features(...batchOf(this.tail, rows, n));
      return [seen, tf.softmax(this.headOf(seen))];
    });
    try {
      return {
        features: await features.data() as Float32Array,
        probabilities: await probabilities.data() as Float32Array,
      };
    } finally {
      tf.dispose([features, probabilities]);
    }
  }

  /** The same as one tensor program, for an export: from pixels 0..255 [n, size, size, 3]; inside a `tf.tidy`. */
  program(pixels: tf.Tensor4D): { features: tf.Tensor2D; probabilities: tf.Tensor2D } {
    const features = this.features(...this.tail.frontOf(pixels));
    return { features, probabilities: tf.softmax(this.headOf(features)) };
  }

  /** What learns together: the head, then block by block, the last one first. Moving statistics are not among it. */
  groups(): tf.Variable[][] {
    const { model, blocks } = this.#blocks;
    return [
      [this.#kernel, this.#bias],
      ...blocks.map((names) =>
        names.flatMap((name) => model.getLayer(name).trainableWeights.map((weight) => weight.read() as tf.Variable))
      ),
    ];
  }

  /** All weights, one array after the other. */
  async take(): Promise<Float32Array> {
    const parts = await Promise.all(this.#all().map((tensor) => tensor.data()));
    const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  /**
   * Puts back what {@link take} took.
   *
   * @throws RangeError where the numbers are not as many as the network has.
   */
  put(values: Float32Array): void {
    const all = this.#all();
    const size = all.reduce((sum, tensor) => sum + tensor.size, 0);
    if (values.length !== size) {
      throw new RangeError(
        `Cannot use these weights for ${this.tail.backbone}: it has ${size} of them behind the cut and in its head, got ` +
          `${values.length}`,
      );
    }
    let at = 0;
    const parts = all.map(({ size, shape }) => tf.tensor(values.slice(at, at += size), shape));
    const [kernel, bias, ...others] = parts;
    this.#kernel.assign(kernel as tf.Tensor2D);
    this.#bias.assign(bias as tf.Tensor1D);
    this.#blocks.model.setWeights(others);
    tf.dispose(parts);
  }

  #all(): tf.Tensor[] {
    return [this.#kernel, this.#bias, ...this.#blocks.model.getWeights()];
  }

  [Symbol.dispose](): void {
    this.#blocks.model.dispose();
    tf.dispose([this.#kernel, this.#bias]);
  }
}
