import { layers } from "../engine/mod.ts";
import type { ModelSpec } from "../model/mod.ts";

/** What the last layer of a model becomes. */
type Head = (classes: number) => { units: number; activation?: "softmax" | "linear" | "sigmoid" };

/** The model with another last layer. It goes by a name of its own, since it is another experiment. */
export function withHead(spec: ModelSpec, name: string, head: Head): ModelSpec {
  return {
    name: `${spec.name}-${name}`,
    description: `${spec.description} Its last layer is another.`,
    config: { ...spec.config, head: name },
    build(input) {
      const whole = spec.build(input);
      const before = whole.layers[whole.layers.length - 2].output as layers.SymbolicTensor;
      whole.layers[whole.layers.length - 1].dispose();
      const last = layers.layers.dense({
        name: "other_head",
        activation: "softmax",
        kernelInitializer: layers.initializers.glorotUniform({ seed: input.seed }),
        ...head(input.classes),
      });
      return layers.model({ inputs: whole.inputs, outputs: last.apply(before) as layers.SymbolicTensor });
    },
  };
}
