import { reluIntoConvolutions, reluIntoSums } from "./activations.ts";
import { channelAffine } from "./channel_affine.ts";
import { channelDots } from "./channel_dots.ts";
import { commonCalls } from "./common_calls.ts";
import { factorsBeforeScattering } from "./factors_before_scattering.ts";
import { factorsOntoFilters } from "./factors_onto_filters.ts";
import { gradientsIntoSums } from "./gradients_into_sums.ts";
import type { Graph } from "./graph.ts";
import { reluAfterPooling } from "./relu_after_pooling.ts";
import { poolingBeforeNorm } from "./pooling_before_norm.ts";

/**
 * The passes over recorded calls, in their order. Each gives a legal graph of the same targets: rewriting changes the
 * time and the last bits of values, and nothing else.
 */
export const passes = {
  commonCalls,
  reluAfterPooling,
  reluIntoConvolutions,
  channelDots,
  poolingBeforeNorm,
  factorsBeforeScattering,
  channelAffine,
  reluIntoSums,
  factorsOntoFilters,
  gradientsIntoSums,
} satisfies Record<string, (graph: Graph) => Graph>;

export type PassName = keyof typeof passes;

export const passNames = Object.keys(passes) as readonly PassName[];

/** Applies passes, those named only, in the order of {@link passes}. `after` sees the graph after each of them. */
export function rewrite(
  graph: Graph,
  names: readonly PassName[] = passNames,
  after?: (name: PassName, graph: Graph) => void,
): Graph {
  for (const name of passNames) {
    if (!names.includes(name)) continue;
    graph = passes[name](graph);
    after?.(name, graph);
  }
  return graph;
}
