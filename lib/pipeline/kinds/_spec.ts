import { layers } from "../../engine/mod.ts";
import { load, type ModelSpec, type PortableModel, smallCnn, threadCnn } from "../../model/mod.ts";
import { PipelineError } from "../errors.ts";

/**
 * The specification of a model that is there as data, so that it can be trained again.
 *
 * @throws PipelineError, ModelError where there is no such model any more.
 */
export async function specOf(model: PortableModel): Promise<ModelSpec> {
  const { name, config } = model;
  switch (model.from) {
    case "library": {
      const spec = [threadCnn(), threadCnn({ asPosted: true }), smallCnn()].find((one) => one.name === name);
      if (spec === undefined || JSON.stringify(spec.config) !== JSON.stringify(config)) {
        throw new PipelineError(`Cannot build the model "${name}" again: it is not what it was`);
      }
      return spec;
    }
    case "file":
      return await load(model.path, { size: model.size, classes: model.classes });
    case "layers":
      return {
        name,
        description: "",
        config,
        source: { from: "layers" },
        build: () => layers.Sequential.fromConfig(layers.Sequential, model.sequential as never) as layers.Sequential,
      };
  }
}
