import { createHash } from "node:crypto";
import type { Dataset, Fold } from "../dataset/mod.ts";
import type { Figure } from "../display/mod.ts";
import * as engine from "../engine/mod.ts";
import { applyTemperature, fitTemperature } from "../stats/mod.ts";
import { Classifier, type ClassifierContent } from "./classifier.ts";
import { PipelineError } from "./errors.ts";
import type { FoldEmbedding } from "./fitted.ts";
import { fitRecipe, foldEmbeddings, identityOf } from "./kinds/mod.ts";
import { loadFitted, saveFitted } from "./save.ts";
import type { Offer, Recipe } from "./types.ts";
import { confidenceRule, distanceRule, references, type UnlikeRule } from "./unlike.ts";

/** What else a classifier is made of. */
export interface FitOptions {
  /** As "frozen-head"; the recipe's kind by default. */
  readonly name?: string;
  /** Predictions of the same recipe, each by a classifier that did not see the image: they give the temperature. */
  readonly outOfFold?: Pick<Offer, "images" | "probabilities">;
  /** The folds of those predictions: they say what is unlike anything in training. Within `indices`. */
  readonly folds?: readonly Fold[];
  readonly metrics?: readonly Figure[];
  /** 1 by default. */
  readonly seed?: number;
}

/** Raise it when fits of the same recipe give something else than before. */
const VERSION = 1;

/**
 * Fits a classifier anew on these images, or takes it from the disk: the same recipe on the same images is never fitted
 * twice. Needs an engine in use.
 *
 * @param indices Development images, each once.
 * @throws PipelineError for a recipe that cannot be fitted, or images that are not for training.
 * @throws Interrupted when the person stopped it.
 * @throws FileError where it cannot be kept.
 */
export async function fit(
  images: Dataset,
  indices: readonly number[],
  recipe: Recipe,
  options: FitOptions = {},
): Promise<Classifier> {
  const { name = recipe.kind, outOfFold, folds, metrics = [], seed = 1 } = options;
  refuseOthers(images, indices);
  const id = await idOf(images, indices, recipe, options);
  const kept = await loadFitted(id);
  if (kept !== null) return (await Classifier.open({ ...kept, name })).withMetrics(metrics);
  const start = performance.now();
  const fitted = await fitRecipe(images, indices, recipe);
  const classes = images.classes.length;
  const labels = outOfFold && Int32Array.from(outOfFold.images, (i) => images.records[i].label);
  const temperature = outOfFold && labels ? fitTemperature(outOfFold.probabilities, labels, classes) : 1;
  const { rule, reference } = await unlikeRule(images, indices, recipe, temperature, { outOfFold, folds, seed });
  const perClass = images.classes.map((_, label) => indices.filter((i) => images.records[i].label === label).length);
  const content: ClassifierContent = {
    id,
    name,
    classes: images.classes,
    size: images.size,
    fitted,
    identity: await identityOf(recipe),
    temperature,
    unlike: rule,
    reference,
    facts: {
      dataset: images.name,
      fingerprint: images.fingerprint,
      images: indices.length,
      perClass,
      groups: images.grouped ? new Set(indices.map((i) => images.records[i].group)).size : null,
      engine: engine.current().label,
      seconds: (performance.now() - start) / 1000,
      metrics,
    },
  };
  await saveFitted(content);
  return await Classifier.open(content);
}

function refuseOthers({ development, name }: Dataset, indices: readonly number[]): void {
  const allowed = new Set(development);
  const other = indices.find((i) => !allowed.has(i));
  if (other !== undefined) {
    throw new PipelineError(`Cannot fit on image ${other} of "${name}": it is in the sealed test set`);
  }
  if (indices.length === 0) throw new PipelineError(`Cannot fit on no images of "${name}"`);
}

async function idOf(images: Dataset, indices: readonly number[], recipe: Recipe, options: FitOptions): Promise<string> {
  const content = (part: readonly number[]) => part.map((i) => `${images.records[i].hash}:${images.records[i].label}`);
  const { outOfFold, folds = [], seed = 1 } = options;
  const hash = createHash("sha256").update(JSON.stringify([
    VERSION,
    recipe,
    await identityOf(recipe),
    images.size,
    images.classes,
    content(indices),
    folds.map(({ train, validation }) => [content(train), content(validation)]),
    outOfFold === undefined ? null : content(outOfFold.images),
    engine.current().label,
    seed,
  ]));
  if (outOfFold) hash.update(new Uint8Array(outOfFold.probabilities.slice().buffer));
  return hash.digest("hex");
}

async function unlikeRule(
  images: Dataset,
  indices: readonly number[],
  recipe: Recipe,
  temperature: number,
  { outOfFold, folds, seed }: Pick<FitOptions, "outOfFold" | "folds"> & { readonly seed: number },
): Promise<{ rule: UnlikeRule | null; reference: Float32Array }> {
  const none = new Float32Array(0);
  const parts: FoldEmbedding[] = [];
  for (const fold of folds ?? []) {
    const embedding = await foldEmbeddings(images, fold, recipe);
    if (embedding === null) break;
    parts.push(embedding);
  }
  if (folds && folds.length > 0 && parts.length === folds.length) {
    const { dimensions } = parts[0];
    const whole = await foldEmbeddings(
      images,
      { ...folds[0], train: indices, validation: indices.slice(0, 1) },
      recipe,
    );
    return { rule: distanceRule(parts, seed), reference: references(whole!.train, dimensions, seed) };
  }
  if (outOfFold === undefined) return { rule: null, reference: none };
  const classes = images.classes.length;
  const calibrated = applyTemperature(outOfFold.probabilities, classes, temperature);
  return { rule: confidenceRule(calibrated, classes), reference: none };
}
