import type { Dataset } from "../dataset/mod.ts";
import { formatCount } from "../display/mod.ts";

/** What the report must know of the data before any notebook runs. */
export interface PreparedData {
  readonly name: string;
  /** Of the content. */
  readonly fingerprint: string;
  /** One line for the terminal. */
  readonly summary: string;
}

/** What a person brings of their own, as paths; empty for none. */
export interface OwnFiles {
  readonly model: string;
  readonly history: string;
  readonly predictions: string;
}

/**
 * Opens the data once, before any kernel starts: what is wrong with it, or with a person's own files, is said once and
 * early, and the notebooks find its pixels decoded.
 *
 * @param folder Empty for the sample, which is built where it is missing.
 * @throws DatasetError as `dataset.open` does.
 * @throws ModelError, DiagnosisError for an own file that cannot be used.
 */
export async function prepare(folder: string, seed: number, own?: OwnFiles): Promise<PreparedData> {
  const { open } = await import("../dataset/mod.ts"); // late: a typing error on the command line need not wait for it
  const dataset = await open(folder, { seed });
  if (own !== undefined) await tryOwnFiles(own, dataset);
  const images = formatCount(dataset.records.length);
  const skipped = dataset.skipped.slice(0, 5).map(({ path, reason }) => `\n  left out: ${path} (${reason})`).join("");
  const more = dataset.skipped.length > 5 ? `\n  and ${dataset.skipped.length - 5} more, see the report` : "";
  return {
    name: dataset.name,
    fingerprint: dataset.fingerprint,
    summary: `${dataset.name}: ${images} images in ${dataset.classes.length} classes${skipped}${more}`,
  };
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
