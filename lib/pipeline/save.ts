import { createHash } from "node:crypto";
import { join } from "node:path";
import { cacheRoot, writeWhole } from "../files/mod.ts";
import { Classifier, type ClassifierContent } from "./classifier.ts";
import { PipelineError } from "./errors.ts";
import { backbonesOf, backboneText } from "./export/describe.ts";
import type { Fitted, Numbers } from "./fitted.ts";
import { identityOf } from "./kinds/mod.ts";

/** Raise it when what is kept changes. */
const VERSION = 2;

/** Where classifiers lie: one folder each, and the name of the one that predicts. */
function root(): string {
  return join(cacheRoot(), "pipeline");
}

/** Keeps a fitted classifier, by its id: `pipeline.json`, and beside it the numbers, which the JSON names by hash. */
export async function saveFitted(content: ClassifierContent): Promise<string> {
  const folder = join(root(), content.id.slice(0, 16));
  const numbers = new Packed();
  const { fitted, reference, ...rest } = content;
  const description = {
    version: VERSION,
    ...rest,
    fitted: described(fitted, numbers),
    reference: numbers.add(reference),
  };
  const bytes = numbers.bytes();
  const weights = { sha256: sha256(bytes), bytes: bytes.length };
  await writeWhole(join(folder, `weights-${weights.sha256.slice(0, 16)}.bin`), bytes);
  await writeWhole(join(folder, "pipeline.json"), JSON.stringify({ ...description, weights }, null, 1) + "\n");
  return folder;
}

/** A classifier that was kept, or null where there is none, or where a part of it is missing or damaged. */
export async function loadFitted(id: string): Promise<ClassifierContent | null> {
  return await read(join(root(), id.slice(0, 16)), id);
}

/**
 * Makes a classifier the one that `deno task predict` and `deno task export` use.
 *
 * @returns Its folder.
 * @throws FileError when it cannot be written.
 */
export async function save(classifier: Classifier): Promise<string> {
  const { content } = classifier;
  const folder = await saveFitted(content);
  await writeWhole(join(root(), "current"), `${content.id.slice(0, 16)}\n`);
  return folder;
}

/**
 * The classifier that was saved last, on the engine in use.
 *
 * @throws PipelineError where there is none, where it cannot be read, or where a network that it needs has changed.
 * @throws BackboneError where such a network is gone.
 */
export async function loadSaved(): Promise<Classifier> {
  const name = await Deno.readTextFile(join(root(), "current")).then((text) => text.trim(), () => null);
  if (name === null) {
    throw new PipelineError(
      "Cannot predict: there is no pipeline yet. `deno task report` fits one and saves it (notebook 10)",
    );
  }
  const content = await read(join(root(), name), null);
  if (content === null) {
    throw new PipelineError(
      "Cannot predict: the saved pipeline is damaged or from another version. `deno task report --only 10` saves it again",
    );
  }
  const { recipe } = content.fitted;
  if (await identityOf(recipe) !== content.identity) {
    const names = backbonesOf(recipe).map(backboneText).join(", ");
    throw new PipelineError(
      `Cannot predict: the pre-trained network ${names} is not what it was when the pipeline was fitted. ` +
        "`deno task report` fits it again",
    );
  }
  return await Classifier.open(content);
}

async function read(folder: string, id: string | null): Promise<ClassifierContent | null> {
  try {
    const { version, weights, fitted, reference, ...rest } = JSON.parse(
      await Deno.readTextFile(join(folder, "pipeline.json")),
    );
    if (version !== VERSION || (id !== null && rest.id !== id)) return null;
    const bytes = await Deno.readFile(join(folder, `weights-${weights.sha256.slice(0, 16)}.bin`));
    if (sha256(bytes) !== weights.sha256) return null;
    return { ...rest, fitted: restored(fitted, bytes), reference: array(reference, bytes) as Float32Array };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return null;
    throw error;
  }
}

const TYPES = { float32: Float32Array, float64: Float64Array, int32: Int32Array } as const;

/** Where numbers lie in the file. */
interface Place {
  readonly type: keyof typeof TYPES;
  readonly at: number;
  readonly length: number;
}

/** Arrays one after the other, each at a multiple of 8 bytes. */
class Packed {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  add(values: Numbers): Place {
    const place: Place = {
      type: values instanceof Float64Array ? "float64" : values instanceof Int32Array ? "int32" : "float32",
      at: this.#length,
      length: values.length,
    };
    const padded = new Uint8Array(Math.ceil(values.byteLength / 8) * 8);
    padded.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    this.#parts.push(padded);
    this.#length += padded.length;
    return place;
  }

  bytes(): Uint8Array {
    const all = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}

interface DescribedFit {
  readonly recipe: Fitted["recipe"];
  readonly arrays: Readonly<Record<string, Place>>;
  readonly facts: Fitted["facts"];
  readonly members: readonly DescribedFit[];
}

function described({ recipe, arrays, facts, members }: Fitted, numbers: Packed): DescribedFit {
  return {
    recipe,
    facts,
    arrays: Object.fromEntries(Object.entries(arrays).map(([name, values]) => [name, numbers.add(values)])),
    members: members.map((member) => described(member, numbers)),
  };
}

function restored({ recipe, arrays, facts, members }: DescribedFit, bytes: Uint8Array): Fitted {
  return {
    recipe,
    facts,
    arrays: Object.fromEntries(Object.entries(arrays).map(([name, place]) => [name, array(place, bytes)])),
    members: members.map((member) => restored(member, bytes)),
  };
}

function array({ type, at, length }: Place, bytes: Uint8Array): Numbers {
  const Type = TYPES[type];
  return new Type(bytes.slice(at, at + length * Type.BYTES_PER_ELEMENT).buffer);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
