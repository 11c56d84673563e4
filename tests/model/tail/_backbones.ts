import { join } from "node:path";
import * as engine from "../../../lib/engine/mod.ts";
import { type Backbone, loadBackbone } from "../../../lib/model/mod.ts";
import { Random } from "../../../lib/stats/mod.ts";

/** Height and width of the pictures that {@link tinyBackbone} takes. */
export const SIZE = 16;

/** A small layers model on disk, with a card: two blocks of convolution, batch normalisation and ReLU, the second residual. */
export async function tinyBackbone(folder: string): Promise<Backbone> {
  const { layers } = engine;
  const init = (seed: number) => layers.initializers.heNormal({ seed });
  const input = layers.input({ shape: [SIZE, SIZE, 3], name: "image" });
  const apply = (layer: unknown, of: unknown) => (layer as { apply(of: unknown): engine.SymbolicTensor }).apply(of);
  const block = (of: engine.SymbolicTensor, n: number, strides: number) => {
    const conv = apply(
      layers.layers.conv2d({
        name: `conv_${n}`,
        filters: 8,
        kernelSize: 3,
        strides,
        padding: "same",
        kernelInitializer: init(n),
      }),
      of,
    );
    const norm = apply(layers.layers.batchNormalization({ name: `norm_${n}` }), conv);
    return apply(layers.layers.reLU({ name: `relu_${n}` }), norm);
  };
  const first = block(input, 1, 2);
  const sum = apply(layers.layers.add({ name: "sum" }), [block(first, 2, 1), first]);
  const output = apply(
    layers.layers.conv2d({ name: "mix", filters: 12, kernelSize: 1, activation: "relu", kernelInitializer: init(3) }),
    sum,
  );
  const model = layers.model({ inputs: input, outputs: output });
  await model.save({
    async save({ modelTopology, weightSpecs, weightData }) {
      const weightsManifest = [{ paths: ["weights.bin"], weights: weightSpecs }];
      await Deno.writeTextFile(join(folder, "model.json"), JSON.stringify({ modelTopology, weightsManifest }));
      await Deno.writeFile(join(folder, "weights.bin"), new Uint8Array(weightData as ArrayBuffer));
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
    },
  });
  const card = {
    size: SIZE,
    layout: "NHWC",
    channels: "BGR",
    range: [0, 1],
    mean: [0.1, 0.2, 0.3],
    std: [0.5, 0.5, 0.5],
    taps: ["relu_1", "mix"],
  };
  await Deno.writeTextFile(join(folder, "card.json"), JSON.stringify(card));
  return await loadBackbone(join(folder, "model.json"));
}

/** Pictures of noise. */
export function noise(n: number, size: number): Uint8Array {
  const random = new Random("noise");
  return Uint8Array.from({ length: n * size * size * 3 }, () => random.integer(256));
}
