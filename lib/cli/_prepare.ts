import { formatCount } from "../display/mod.ts";

/** What the report must know of the data before any notebook runs. */
export interface PreparedData {
  readonly name: string;
  /** Of the content. */
  readonly fingerprint: string;
  /** One line for the terminal. */
  readonly summary: string;
}

/**
 * Opens the data once, before any kernel starts: what is wrong with it is said once and early, and the notebooks find
 * its pixels decoded.
 *
 * @param folder Empty for the sample, which is built where it is missing.
 * @throws DatasetError as `dataset.open` does.
 */
export async function prepare(folder: string, seed: number): Promise<PreparedData> {
  const { open } = await import("../dataset/mod.ts"); // late: a typing error on the command line need not wait for it
  const dataset = await open(folder, { seed });
  const images = formatCount(dataset.records.length);
  const skipped = dataset.skipped.slice(0, 5).map(({ path, reason }) => `\n  left out: ${path} (${reason})`).join("");
  const more = dataset.skipped.length > 5 ? `\n  and ${dataset.skipped.length - 5} more, see the report` : "";
  return {
    name: dataset.name,
    fingerprint: dataset.fingerprint,
    summary: `${dataset.name}: ${images} images in ${dataset.classes.length} classes${skipped}${more}`,
  };
}
