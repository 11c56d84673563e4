import { join } from "node:path";
import { type Dataset, open } from "../../lib/dataset/mod.ts";
import { type Draft, draftOf, type Fault, FAULTS, writeDraft } from "../../lib/selftest/mod.ts";
import { Random } from "../../lib/stats/mod.ts";
import { imageFolder, inTempFolder } from "../_fixtures.ts";

export function faultNamed(name: string): Fault {
  return FAULTS.find((fault) => fault.name === name)!;
}

/** A clean data set of three classes, and a way to write and open a copy of it. */
export async function withClean(
  test: (clean: Dataset, draft: Draft, copy: (draft: Draft) => Promise<Dataset>, folder: string) => Promise<void>,
): Promise<void> {
  await inTempFolder(async (folder) => {
    const data = await imageFolder(join(folder, "data"), { ant: 30, bee: 30, cat: 30 });
    const clean = await open(data, { size: 32, onProgress: () => {} });
    let copies = 0;
    await test(clean, draftOf(clean, data), async (draft) => {
      const target = join(folder, `copy-${++copies}`);
      await writeDraft(draft, target);
      return await open(target, { size: 32, onProgress: () => {} });
    }, data);
  });
}

/** Opens a copy of the clean data set into which the fault is planted. */
export async function withPlanted(
  name: string,
  test: (planted: Dataset, clean: Dataset) => Promise<void> | void,
  seed = 1,
): Promise<void> {
  await withClean(async (clean, draft, copy) => {
    await faultNamed(name).plantData!(draft, new Random(seed));
    await test(await copy(draft), clean);
  });
}

/** Hashes of the images of one side of the seal, sorted. */
export function hashes({ records, development }: Dataset, side: "development" | "test"): string[] {
  const own = new Set(development);
  return records.filter((_, i) => own.has(i) === (side === "development")).map(({ hash }) => hash).sort();
}
