import { pathToFileURL } from "node:url";
import { layers } from "../../engine/mod.ts";
import { ModelError } from "../errors.ts";
import type { Builder } from "./_reproducible.ts";

const WANTED = "a function ({ size, classes, seed }) that returns a tf.LayersModel";

/**
 * The default export of a TypeScript or JavaScript file.
 *
 * @param version Of the file's content: a changed file is imported again, where the kernel lives on.
 * @throws ModelError naming the file.
 */
export async function fromScript(path: string, version: string): Promise<Builder> {
  let exported: { readonly default?: unknown };
  try {
    exported = await import(`${pathToFileURL(path).href}?${version}`);
  } catch (error) {
    throw new ModelError(`Cannot use the model "${path}": importing it failed: ${messageOf(error)}`, { cause: error });
  }
  const build = exported.default;
  if (build === undefined) {
    throw new ModelError(`Cannot use the model "${path}": it needs a default export, ${WANTED}, and has none`);
  }
  if (typeof build !== "function") {
    throw new ModelError(`Cannot use the model "${path}": its default export must be ${WANTED}, it is ${kind(build)}`);
  }
  return (input) => {
    let model: unknown;
    try {
      model = build({ ...input });
    } catch (error) {
      throw new ModelError(
        `Cannot use the model "${path}": for { size: ${input.size}, classes: ${input.classes}, seed: ${input.seed} } ` +
          `its default export throws: ${messageOf(error)}`,
        { cause: error },
      );
    }
    if (model instanceof layers.LayersModel) return model;
    throw new ModelError(
      `Cannot use the model "${path}": its default export must be ${WANTED}, it returns ${kind(model)}`,
    );
  };
}

function kind(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (value instanceof layers.LayersModel) return "a model: put it into a function, which is called for every training";
  if (value instanceof Promise) return "a promise: what it must wait for can be awaited outside of the function";
  const name = (value as { constructor?: { name?: string } }).constructor?.name ?? "";
  if (/^(Sequential|LayersModel|Functional)$/.test(name)) {
    return `a ${name} of another TensorFlow.js: import it with import { engine } from "plateau"`;
  }
  return typeof value === "object" ? `an object (${name})` : `a ${typeof value}`;
}

/** Its first line, in plain text: Deno goes on with coloured places in the code. */
function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  // deno-lint-ignore no-control-regex -- colours begin with one
  return message.replaceAll(/\x1b\[[\d;]*m/g, "").trim().split("\n")[0];
}
