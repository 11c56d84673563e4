import type { Dataset } from "../../dataset/mod.ts";
import { escapeHtml, escapeTerminal, formatShare, type ResultRecord, Shown } from "../../display/mod.ts";
import { type Classifier, fit, loadSaved, recipeText, save, trainNetworks } from "../../pipeline/mod.ts";
import type { Levers } from "./levers.ts";
import type { SealedVerdict } from "./sealed.ts";

/** That the best pipeline is saved, what it is, and how it is used. */
export class SavedPipeline extends Shown {
  constructor(readonly classifier: Classifier) {
    super();
  }

  override html(): string {
    return this.#sentences().map((text) => `<p class="plateau-note">${escapeHtml(text)}</p>`).join("");
  }

  override text(): string {
    return this.#sentences().map(escapeTerminal).join("\n");
  }

  override record(): ResultRecord {
    const { content } = this.classifier;
    return {
      figures: [{ id: "pipeline.temperature", label: "Temperature", value: content.temperature, unit: "number" }],
      footer: { "Pipeline": `${content.name}, ${content.id.slice(0, 16)}` },
    };
  }

  #sentences(): string[] {
    const { name, fitted, temperature, unlike, facts } = this.classifier.content;
    return [
      `Saved: ${name}. ${recipeText(fitted.recipe)}, fitted on all ${facts.images} training and validation images.`,
      `Its probabilities are calibrated on images that it was not trained on (temperature ${temperature.toFixed(2)}).` +
      (unlike === null
        ? ""
        : ` It says when a picture is unlike anything in training, by ${
          unlike.kind === "distance" ? "how far it is from the nearest training images" : "how unsure it is"
        }; of pictures of the same kind that happens to about ${formatShare(unlike.falseAlarms, { exact: true })}.`),
      "`deno task predict FILE|DIR…` says what is in other pictures. `deno task export DIR` writes it as one ONNX file, " +
      "with its model card, for Python and browsers.",
    ];
  }
}

/**
 * Fits the best of the levers on all development images, or takes it from the disk, and saves it for `deno task predict`
 * and `deno task export`, with what was measured of it.
 *
 * @param sealed What the sealed test set said, where it was opened.
 * @throws Interrupted when the person stopped it.
 * @throws FileError when it cannot be written.
 */
export async function saveBest(
  images: Dataset,
  levers: Levers,
  sealed: SealedVerdict | null,
  options: { readonly seed?: number } = {},
): Promise<SavedPipeline> {
  const { seed = 1 } = options;
  const { offer } = levers.steps[levers.best];
  await trainNetworks(images, images.development, [offer.recipe]);
  const wanted = [`lever.${offer.name}`, "best-of-many", `sealed.${offer.name}`];
  const metrics = [...levers.figures(), ...(sealed?.figures() ?? [])].filter(({ id }) => wanted.includes(id))
    .map(({ id, label, value, low, high, unit, n, groups, method }) => ({
      id,
      label: id.startsWith("lever.") ? "Accuracy on unseen images, cross-validated" : label,
      value,
      low,
      high,
      unit,
      n,
      groups,
      method,
    }));
  const classifier = await fit(images, images.development, offer.recipe, {
    name: offer.name,
    outOfFold: offer,
    folds: images.folds(offer.folds, { seed }),
    metrics,
    seed,
  });
  // What the sealed test set said of the same pipeline in an earlier report stays on its card.
  const before = await loadSaved().catch(() => null);
  const kept = before?.content.id === classifier.content.id
    ? before.content.facts.metrics.filter(({ id }) => id.startsWith("sealed.") && !metrics.some((one) => one.id === id))
    : [];
  before?.dispose();
  const described = classifier.withMetrics([...metrics, ...kept]);
  await save(described);
  return new SavedPipeline(described);
}
