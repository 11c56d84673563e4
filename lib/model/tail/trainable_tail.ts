import { layers, tf } from "../../engine/mod.ts";
import { loadGraph } from "../backbone/_graph_model.ts";
import { bundledBackbone } from "../backbone/bundled.ts";
import { assembled } from "./_assembled.ts";
import { graphNetwork } from "./graph_network.ts";
import type { Tail } from "./types.ts";

export interface TailOptions {
  readonly blocks?: number;
  readonly from?: string;
}

export async function trainableTail({ blocks = 1, from }: TailOptions = {}): Promise<Tail> {
  const { name, version, size, taps } = bundledBackbone();
  const loaded = await loadGraph(new URL("../models/centernet.json", import.meta.resolve("@vladmandic/human")));
  return await assembled(graphNetwork(loaded, taps), { backbone: name, version, size, blocks, from });
}
