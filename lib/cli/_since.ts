import type { RememberedImage, SinceLast } from "../diagnose/mod.ts";
import type { NotebookResult, ReportFolder, ReportSettings } from "../report/mod.ts";
import { settingsText } from "../report/mod.ts";

/**
 * Compares this report with the last one in the folder, and keeps what the next one will be compared with.
 *
 * @param images Of the data set, the sealed ones too.
 * @param results Of all notebooks on these images; what one with other settings measured does not count.
 * @returns Null where the folder held no report of this data set on other images or with other settings.
 */
export async function since(
  folder: ReportFolder,
  settings: ReportSettings,
  images: readonly RememberedImage[],
  results: readonly NotebookResult[],
  at: string,
): Promise<SinceLast | null> {
  const { nextStates, sinceLast } = await import("../diagnose/mod.ts"); // late: it takes a second to load
  const { dataset, seed, budget, engine } = settings;
  const judged = new Map(
    results.filter((result) => settingsText(result.settings) === settingsText(settings))
      .flatMap((result) => result.judged ?? []).map((one) => [one.name, one]),
  );
  const states = nextStates(await folder.kept(), dataset, {
    at,
    settings: { seed: String(seed), budget, engine },
    images,
    judged: [...judged.values()],
  });
  await folder.keep(states);
  return sinceLast(states);
}
