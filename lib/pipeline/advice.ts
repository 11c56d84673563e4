import { join } from "node:path";
import type { FindingRecord } from "../display/mod.ts";
import { writeWhole } from "../files/mod.ts";
import { folderOf, type OfferedImages } from "./offers.ts";

/** Something that could be done next, and what it is measured or expected to bring. */
export interface Advice {
  /** The notebook that says so, as "08". */
  readonly notebook: string;
  /** Why, with its numbers; what to do; and what that brings, where somebody measured it. */
  readonly finding: Pick<FindingRecord, "code" | "sentence" | "remedy" | "expectedGain">;
  /** What it takes: minutes of the machine, and images that somebody must collect or look at; null where nobody knows. */
  readonly minutes: number | null;
  readonly images: number | null;
}

/** What it takes, where it is known. */
export interface AdviceCost {
  readonly minutes?: number;
  readonly images?: number;
}

/**
 * Keeps for the verdict what a notebook's findings advise: those that measured what their remedy brings. It belongs to the
 * content and the labels of the development images; what the notebook said before is replaced.
 *
 * @param costs By the finding's code.
 * @throws FileError when it cannot be written.
 */
export async function advise(
  images: OfferedImages,
  notebook: string,
  findings: readonly FindingRecord[],
  costs: Readonly<Record<string, AdviceCost>> = {},
): Promise<void> {
  const list = findings.filter(({ expectedGain, remedy }) => expectedGain !== undefined && remedy !== "")
    .map(({ code, sentence, remedy, expectedGain }): Advice => ({
      notebook,
      finding: { code, sentence, remedy, expectedGain },
      minutes: costs[code]?.minutes ?? null,
      images: costs[code]?.images ?? null,
    }));
  await writeWhole(join(folderOf(images), "advice", `${notebook}.json`), JSON.stringify(list, null, 1) + "\n");
}

/** What notebooks have advised for these images, in their order. Files that cannot be read count as missing. */
export async function advice(images: OfferedImages): Promise<Advice[]> {
  const folder = join(folderOf(images), "advice");
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) if (/^\d+\.json$/.test(name)) names.push(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const lists = await Promise.all(
    names.sort().map(async (name): Promise<Advice[]> => {
      try {
        return JSON.parse(await Deno.readTextFile(join(folder, name)));
      } catch {
        return [];
      }
    }),
  );
  return lists.flat();
}
