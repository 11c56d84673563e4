import { layers, type Tensor, tf } from "../../engine/mod.ts";

/** `scale` times the input plus `offset`: what the constants of a frozen graph do. */
export class Affine extends layers.layers.Layer {
  static className = "PlateauAffine";
  readonly #scale: number;
  readonly #offset: number;

  constructor(config: { readonly scale?: number; readonly offset?: number; readonly name?: string }) {
    super(config as never);
    this.#scale = config.scale ?? 1;
    this.#offset = config.offset ?? 0;
    this.supportsMasking = true;
  }

  override computeOutputShape(shape: layers.Shape): layers.Shape {
    return shape;
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tf.tidy(() => {
      const [x] = [inputs].flat();
      if (this.#scale === 1) return tf.add(x, this.#offset);
      const scaled = tf.mul(x, this.#scale);
      return this.#offset === 0 ? scaled : tf.add(scaled, this.#offset);
    });
  }

  override getConfig() {
    return { ...super.getConfig(), scale: this.#scale, offset: this.#offset };
  }
}

/** Averages [n, height, width, channels] over space, where it is a map, and scales each row to length 1: as `Backbone.features` does. */
export class UnitAverage extends layers.layers.Layer {
  static className = "PlateauUnitAverage";

  override computeOutputShape(shape: layers.Shape): layers.Shape {
    return [shape[0], shape.at(-1)!];
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tf.tidy(() => unitAverage([inputs].flat()[0]));
  }
}

/** See {@link UnitAverage}. */
export function unitAverage(map: tf.Tensor): tf.Tensor2D {
  const mean = map.rank === 4 ? tf.mean(map, [1, 2]) : map;
  // Not tf.norm: the gradient of its square root is not a number where a row is all zeros.
  const length = tf.sqrt(tf.add(tf.sum(tf.square(mean), 1, true), 1e-24));
  return tf.div(mean, length) as tf.Tensor2D;
}

tf.serialization.registerClass(Affine as never);
tf.serialization.registerClass(UnitAverage as never);
