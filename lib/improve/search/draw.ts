import { Random } from "../../stats/mod.ts";
import type { Parameter, Setting, Settings } from "./types.ts";

/**
 * Draws trials at random, the same for the same seed; a longer list begins with the shorter one, so more time goes on
 * from where less time ended. Random draws try more values of the few hyperparameters that matter than a grid of the
 * same size does.
 *
 * @param parameters The space.
 * @param count How many.
 * @returns All different, fewer than `count` where the space has not so many.
 *
 * Bergstra and Bengio (2012), Random search for hyper-parameter optimization. JMLR 13, 281–305.
 */
export function draw(parameters: readonly Parameter[], count: number, seed: number | string): Settings[] {
  const random = new Random(`${seed}/search`);
  const drawn = new Map<string, Settings>();
  // Doubles are drawn again. A space that small is used up long before.
  for (let tries = 0; drawn.size < count && tries < 50 * count; tries++) {
    const settings = Object.fromEntries(parameters.map((one) => [one.name, value(one, random)]));
    drawn.set(JSON.stringify(settings), settings);
  }
  return [...drawn.values()];
}

function value(parameter: Parameter, random: Random): Setting {
  if (parameter.kind === "choice") return parameter.values[random.integer(parameter.values.length)];
  const { low, high } = parameter;
  return Number((low * (high / low) ** random.next()).toPrecision(2));
}
