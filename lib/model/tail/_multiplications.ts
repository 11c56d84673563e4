import type { layers } from "../../engine/mod.ts";

/** Multiplications of a model's convolutions and dense layers for one image. */
export function multiplicationsOf(model: layers.LayersModel): number {
  let sum = 0;
  for (const layer of model.layers) {
    const [kernel] = layer.weights.map(({ shape }) => shape);
    if (kernel === undefined) continue;
    const size = kernel.reduce<number>((product, side) => product * side!, 1);
    if (kernel.length === 2) sum += size;
    if (kernel.length !== 4) continue;
    const [, height, width] = layer.outputShape as number[];
    sum += height * width * size;
  }
  return sum;
}
