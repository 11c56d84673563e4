import { layers } from "../engine/mod.ts";
import { ModelError } from "./errors.ts";
import { load } from "./own/load.ts";
import { smallCnn, type SmallCnnOptions } from "./small_cnn.ts";
import { smallResNet } from "./small_res_net.ts";
import { threadCnn } from "./thread_cnn.ts";
import type { ModelInput, ModelSpec } from "./types.ts";

/** A model as plain data, for whoever trains it in another thread or process. */
export type PortableModel =
  & { readonly name: string; readonly config: ModelSpec["config"] }
  & (
    | { readonly from: "library"; readonly options?: Readonly<Record<string, unknown>> }
    | { readonly from: "file"; readonly path: string; readonly size: number; readonly classes: number }
    /** The configuration of a `Sequential`, made for one input. */
    | { readonly from: "layers"; readonly sequential: unknown }
  );

/** The library's models, each with the options that it takes. */
const LIBRARY = (options: SmallCnnOptions): readonly ModelSpec[] => [
  threadCnn(),
  threadCnn({ asPosted: true }),
  smallCnn(options),
  smallResNet(options),
];

/**
 * The model as data, from which {@link rebuild} makes the same one, bit for bit.
 *
 * @returns null where its specification does not say how (one made in a notebook cell, say).
 */
export function portable(spec: ModelSpec, input: ModelInput): PortableModel | null {
  const { name, config, source } = spec;
  if (source === undefined) return null;
  if (source.from !== "layers") return { name, config, ...source };
  const model = spec.build(input);
  try {
    return { name, config, from: "layers", sequential: JSON.parse(JSON.stringify(model.getConfig())) };
  } finally {
    model.dispose();
  }
}

/**
 * The specification of what {@link portable} described, so that it can be trained again.
 *
 * @throws ModelError where a file changed or is gone, or where the library has no such model.
 */
export async function specOf(model: PortableModel): Promise<ModelSpec> {
  const { name, config } = model;
  if (model.from === "layers") {
    const sequential = model.sequential as { layers: { config: { batchInputShape?: (number | null)[] } }[] };
    return {
      name,
      description: "",
      config,
      inputSize: sequential.layers[0].config.batchInputShape?.[1] ?? undefined,
      source: { from: "layers" },
      build: () => layers.Sequential.fromConfig(layers.Sequential, model.sequential as never) as layers.Sequential,
    };
  }
  const spec = model.from === "file"
    ? await load(model.path, { size: model.size, classes: model.classes })
    : LIBRARY(model.options ?? {}).find(({ name }) => name === model.name);
  if (spec === undefined) {
    const names = LIBRARY({}).map(({ name }) => name).join(", ");
    throw new ModelError(`Cannot build the model "${model.name}": there are ${names}`);
  }
  if (JSON.stringify(spec.config) !== JSON.stringify(model.config)) {
    throw new ModelError(`Cannot build the model "${model.name}": it is not what it was when its training was planned`);
  }
  return spec;
}

/**
 * Builds what {@link portable} described, on the current engine.
 *
 * @param input What it was described for.
 * @throws ModelError as {@link specOf}.
 */
export async function rebuild(model: PortableModel, input: ModelInput): Promise<layers.LayersModel> {
  return (await specOf(model)).build(input);
}
