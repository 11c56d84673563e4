import { layers } from "../../engine/mod.ts";
import type { ModelSpec } from "../../model/mod.ts";

/** A layer as `Sequential` writes it down: enough to build it again, with the same initial weights. */
interface LayerConfig {
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** What becomes of the list of layers; null where the change does not apply. */
type Change = (list: readonly LayerConfig[], input: { classes: number; seed: number }) => LayerConfig[] | null;

/**
 * The model with its list of layers changed; everything else, initial weights included, stays as it was.
 *
 * @param name Of the change: part of the new model's name, and so of its experiments.
 * @param size Height and width to try it with.
 * @returns null where the model is no plain sequence of layers, or where the change does not apply to it.
 */
export function changed(
  spec: ModelSpec,
  name: string,
  change: Change,
  size: number,
  classes: number,
): ModelSpec | null {
  const input = { size, classes, seed: 1 };
  const tried = spec.build(input);
  try {
    if (tried.getClassName() !== "Sequential" || change(listOf(tried), input) === null) return null;
  } finally {
    tried.dispose();
  }
  return {
    name: `${spec.name}-${name}`,
    description: spec.description,
    config: { ...spec.config, remedy: name },
    // A person's file may have layers of its own, which nobody else could build from their configuration.
    ...(spec.source?.from === "library" || spec.source?.from === "layers"
      ? { source: { from: "layers" } as const }
      : {}),
    build(input) {
      const model = spec.build(input);
      const list = change(listOf(model), input)!;
      const config = { name: `${model.name}_changed`, layers: list };
      model.dispose();
      return layers.Sequential.fromConfig(layers.Sequential, config as never) as layers.Sequential;
    },
  };
}

function listOf(model: layers.LayersModel): readonly LayerConfig[] {
  return (model.getConfig() as unknown as { layers: readonly LayerConfig[] }).layers;
}

/** GlobalAveragePooling2D before the first dense layer. */
export const pooled: Change = (list) => {
  const dense = list.findIndex(({ className }) => className === "Dense");
  return dense < 1 ? null : [...list.slice(0, dense), averaging(), ...list.slice(dense)];
};

/** Dropout of one half before the last dense layer (Srivastava et al. 2014). */
export const droppedOut: Change = (list, { seed }) => {
  const dense = list.findLastIndex(({ className }) => className === "Dense");
  const dropout = { className: "Dropout", config: { name: "remedy_dropout", rate: 0.5, seed } };
  return dense < 1 ? null : [...list.slice(0, dense), dropout, ...list.slice(dense)];
};

/** Softmax over one unit per class at the end. */
export const softmaxHead: Change = (list, { classes }) => {
  const last = list.findLastIndex(({ className }) => className === "Dense");
  if (last < 0) return null;
  const { className, config } = list[last];
  return [...list.slice(0, last), { className, config: { ...config, units: classes, activation: "softmax" } }];
};

function averaging(): LayerConfig {
  return { className: "GlobalAveragePooling2D", config: { name: "remedy_average" } };
}
