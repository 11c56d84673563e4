import type { Dataset } from "../dataset/mod.ts";
import * as diagnose from "../diagnose/mod.ts";
import type { FindingRecord } from "../display/mod.ts";

/** What looks for wrong labels, as `lib/diagnose` offers it. */
type Detector = (
  images: Dataset,
  options: { readonly seed: number },
) => Promise<{ readonly findings: readonly FindingRecord[] | { readonly findings: readonly FindingRecord[] } }>;

/** Findings on wrong labels, from frozen features of all training and validation images; null where nothing looks. */
export async function labelErrors(images: Dataset, seed: number): Promise<readonly FindingRecord[] | null> {
  const detector = (diagnose as { readonly labelErrors?: Detector }).labelErrors;
  if (detector === undefined) return null;
  const { findings } = await detector(images, { seed });
  return "findings" in findings ? findings.findings : findings;
}
