import type { Dataset } from "../../dataset/mod.ts";
import { TableView } from "../../display/mod.ts";
import { type Offer, offer } from "../../pipeline/mod.ts";
import { accuracyOf, asPredictions } from "./_scored.ts";

/**
 * Keeps what a notebook found for the verdict, and shows what it kept.
 *
 * @param offered Null stands for what was not worth offering.
 * @throws FileError when an offer cannot be written.
 */
export async function keepOffers(
  dataset: Dataset,
  offered: readonly (Offer | null)[],
  options: { readonly seed?: number } = {},
): Promise<TableView> {
  const list = offered.filter((one) => one !== null);
  for (const one of list) await offer(dataset, one);
  return new TableView({
    id: "offers",
    title: "Kept for the verdict",
    columns: [
      { key: "lever", label: "What" },
      { key: "accuracy", label: "Accuracy", unit: "share", bounds: ["low", "high"] },
      { key: "n", label: "Images", unit: "count" },
    ],
    rows: list.map(({ name, lever, images, probabilities, folds }) => {
      const predictions = asPredictions(name, images, probabilities, folds, dataset);
      const { estimate, low, high, n } = accuracyOf(predictions, dataset, options.seed ?? 1);
      return { lever, accuracy: estimate, low, high, n };
    }),
  });
}
