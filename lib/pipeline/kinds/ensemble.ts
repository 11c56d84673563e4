import { PipelineError } from "../errors.ts";
import { Nodes } from "../export/resize_nodes.ts";
import type { Fitted, Kind, Look, Pictures, Predictor, Written } from "../fitted.ts";
import type { EnsembleRecipe } from "../types.ts";
import { fitRecipe, foldEmbeddings, identityOf, openFitted, writeFitted } from "./mod.ts";

/** Several classifiers, whose probabilities are averaged. The first with an embedding gives that of them all. */
export const ensemble: Kind<EnsembleRecipe> = {
  async identity({ members }) {
    return JSON.stringify(await Promise.all(members.map(identityOf)));
  },

  async fit(images, indices, recipe) {
    if (recipe.members.length === 0) {
      throw new PipelineError("Cannot fit an ensemble: it needs at least 1 member, has 0");
    }
    const members: Fitted[] = [];
    for (const member of recipe.members) members.push(await fitRecipe(images, indices, member));
    return { recipe, arrays: {}, facts: {}, members };
  },

  async open({ members }, facts) {
    return new EnsemblePredictor(await Promise.all(members.map((member) => openFitted(member, facts))));
  },

  async write({ members }, facts, prefix) {
    const written: Written[] = [];
    for (const [i, member] of members.entries()) written.push(await writeFitted(member, facts, `${prefix}m${i}/`));
    const opsets = [...new Set(written.map(({ opset }) => opset))];
    if (opsets.length > 1) {
      throw new PipelineError(
        `Cannot export: the ensemble's members are written in versions ${
          opsets.join(" and ")
        } of ONNX's operators, and ` +
          "one file has one",
      );
    }
    const g = new Nodes(`${prefix}mean/`);
    const sum = g.add("Sum", written.map(({ probabilities }) => probabilities));
    return {
      inputs: written.flatMap(({ inputs }) => inputs),
      probabilities: g.add("Div", [sum, g.number(written.length)]),
      embedding: written.find(({ embedding }) => embedding !== null)?.embedding ?? null,
      opset: opsets[0],
      domains: Object.assign({}, ...written.map(({ domains }) => domains)),
      functions: written.flatMap(({ functions = [] }) => functions),
      nodes: [...written.flatMap(({ nodes }) => nodes), ...g.nodes],
      constants: [...written.flatMap(({ constants }) => constants), ...g.constants],
    };
  },

  async embeddings(images, fold, { members }) {
    for (const member of members) {
      const found = await foldEmbeddings(images, fold, member);
      if (found !== null) return found;
    }
    return null;
  },
};

class EnsemblePredictor implements Predictor {
  constructor(readonly members: readonly Predictor[]) {}

  async look(pictures: Pictures): Promise<Look> {
    const looks: Look[] = [];
    for (const member of this.members) looks.push(await member.look(pictures));
    const probabilities = new Float64Array(looks[0].probabilities.length);
    for (const look of looks) look.probabilities.forEach((value, i) => probabilities[i] += value / looks.length);
    return { probabilities, embedding: looks.find(({ embedding }) => embedding !== null)?.embedding ?? null };
  }

  dispose(): void {
    this.members.forEach((member) => member.dispose());
  }
}
