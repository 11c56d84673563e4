import { type Tensor, type Tensor4D, tf } from "../../engine/mod.ts";
import { asMap, type RawMap, type Want } from "./_network.ts";

/**
 * Values of TensorFlow.js as maps, pooled before they are read where that is wanted.
 *
 * @param compute Gives the values of these names, in order; whatever else it makes is disposed.
 */
export async function mapsOf(
  wants: readonly Want[],
  compute: (names: string[]) => Tensor | Tensor[],
): Promise<(RawMap | null)[]> {
  const outputs = tf.tidy(() => {
    const names = [...new Set(wants.map(({ name }) => name))];
    const values = [compute(names)].flat();
    return wants.map((want) => pooled(values[names.indexOf(want.name)], want));
  });
  try {
    return await Promise.all(outputs.map(async (output) => {
      return asMap(output.shape, await output.data() as Float32Array, false);
    }));
  } finally {
    tf.dispose(outputs);
  }
}

function pooled(map: Tensor, { pooled }: Want): Tensor {
  if (pooled === undefined) return tf.clone(map); // a value that is wanted twice is disposed twice
  const { pooling, height, width } = pooled;
  if (pooling === "average") return tf.mean(map, [1, 2], true);
  if (pooling === "max") return tf.max(map, [1, 2], true);
  const [down, right] = [Math.ceil(height / 2), Math.ceil(width / 2)];
  const strides: [number, number] = [Math.max(1, height - down), Math.max(1, width - right)];
  return tf.avgPool(map as Tensor4D, [down, right], strides, "valid");
}
