import type { Dataset } from "../dataset/mod.ts";
import type { RememberedImage } from "../diagnose/mod.ts";
import { formatCount } from "../display/mod.ts";
import { outlook, outlookText } from "./_outlook.ts";

/** What the report must know of the data before any notebook runs. */
export interface PreparedData {
  readonly name: string;
  /** Of the content. */
  readonly fingerprint: string;
  /** All images by content, for the next report to compare itself with. */
  readonly images?: readonly RememberedImage[];
  /** One line for the terminal. */
  readonly summary: string;
  /** What is trained within the time, and how long the report will take; lines for the terminal. */
  readonly outlook?: string;
  /** What was asked for and cannot be had, though the report can do without it; lines for the terminal. */
  readonly problems?: readonly string[];
}

/** What decides how long the report takes. */
export interface TimeSettings {
  readonly budget: string;
  readonly engine: string;
  /** Experiments that are trained at the same time, in Workers; by default one after the other, in the thread that asks. */
  readonly workers?: number;
}

/** What a person brings of their own, as paths; empty for none. */
export interface OwnFiles {
  readonly model: string;
  readonly history: string;
  readonly predictions: string;
  /** Pre-trained networks, a comma between. */
  readonly backbone: string;
}

export type PrepareSettings = TimeSettings & OwnFiles;

/**
 * Opens the data once, before any kernel starts: what is wrong with it, or with a person's own files, is said once and
 * early, and the notebooks find its pixels decoded. How fast this machine trains is measured here too, so that the time
 * can be told.
 *
 * @param folder Empty for the sample, which is built where it is missing.
 * @throws DatasetError as `dataset.open` does.
 * @throws ModelError, DiagnosisError for an own file that cannot be used.
 */
export async function prepare(folder: string, seed: number, settings: PrepareSettings): Promise<PreparedData> {
  const { open } = await import("../dataset/mod.ts"); // late: a typing error on the command line need not wait for it
  const dataset = await open(folder, { seed });
  await tryOwnFiles(settings, dataset);
  const problems = await tryBackbone(settings);
  const images = formatCount(dataset.records.length);
  const skipped = dataset.skipped.slice(0, 5).map(({ path, reason }) => `\n  left out: ${path} (${reason})`).join("");
  const more = dataset.skipped.length > 5 ? `\n  and ${dataset.skipped.length - 5} more, see the report` : "";
  return {
    name: dataset.name,
    fingerprint: dataset.fingerprint,
    images: remembered(dataset),
    summary: `${dataset.name}: ${images} images in ${dataset.classes.length} classes${skipped}${more}`,
    outlook: await outlook(dataset, { ...settings, seed }).then(outlookText, notKnown),
    problems,
  };
}

/** What the next report must know of these images. */
export function remembered({ records, development, classes, grouped }: Dataset): RememberedImage[] {
  const open = new Set(development);
  const groups = new Map<string, number>();
  for (const { group } of records) if (!groups.has(group)) groups.set(group, groups.size);
  return records.map(({ hash, label, group }, i) => ({
    hash,
    class: classes[label],
    group: grouped ? groups.get(group)! : null,
    sealed: !open.has(i),
  }));
}

/** What is wrong with the data or the engine, the notebooks say in its place. */
function notKnown(error: Error): string {
  return `How long it will take cannot be told: ${error.message}`;
}

/** Reads them as the notebooks will, so that none of these has to fail over a file. */
async function tryOwnFiles({ model, history, predictions }: OwnFiles, dataset: Dataset): Promise<void> {
  if (history !== "" || predictions !== "") {
    const { importHistory, importPredictions } = await import("../diagnose/mod.ts");
    if (history !== "") await importHistory(history);
    if (predictions !== "") await importPredictions(predictions, dataset);
  }
  if (model !== "") {
    const [{ load }, engine] = await Promise.all([import("../model/mod.ts"), import("../engine/mod.ts")]);
    await engine.use("cpu"); // nothing is computed, and this one is there at once
    await load(model, { size: dataset.size, classes: dataset.classes.length });
  }
}

/** A network that cannot be used stops one section of one notebook, which says so: the rest is worth having. */
async function tryBackbone({ backbone, engine }: PrepareSettings): Promise<string[]> {
  if (backbone === "") return [];
  const [{ openBackbones }, { use }] = await Promise.all([import("../improve/mod.ts"), import("../engine/mod.ts")]);
  await use(engine);
  const reasons = (await openBackbones(backbone)).opened.flatMap(({ reason }) => reason === null ? [] : [reason]);
  return reasons.map((reason) => `${reason}\nThe report goes on without it; notebook 09 says what was not run.`);
}
