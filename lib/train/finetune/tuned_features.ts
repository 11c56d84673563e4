import type { DecodableImages } from "../features.ts";
import { outputs } from "./_tuning_loop.ts";
import { activations } from "./activations.ts";
import type { TunedNetwork } from "./tuned_network.ts";

/**
 * What the head of a tuned network sees of development images, [n, D] row by row: from what the frozen part made of them,
 * which is kept.
 *
 * @throws Interrupted, FileError as `activations` does.
 */
export async function tunedFeatures(
  dataset: DecodableImages,
  network: TunedNetwork,
  images: readonly number[],
): Promise<Float32Array> {
  const seen = await activations(dataset, network.tail, images, { mirror: false });
  return await outputs(network, seen, [...images.keys()], "features");
}
