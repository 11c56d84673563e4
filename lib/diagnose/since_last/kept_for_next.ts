import { escapeHtml, type Judged, type ResultRecord, Shown } from "../../display/mod.ts";
import { type Comparable } from "../compare.ts";
import { scored } from "../scored.ts";
import { counted, listed } from "../_words.ts";

/** Images that are known by content; `Dataset` of `lib/dataset` is one. */
export interface HashedImages {
  readonly records: readonly { readonly hash: string }[];
}

/** What models said of images, for the next report. Displays itself as the sentence that says so. */
export class KeptForNext extends Shown {
  readonly judged: readonly Judged[];

  constructor(judged: readonly Judged[]) {
    super();
    this.judged = judged;
  }

  get sentence(): string {
    const most = Math.max(0, ...this.judged.map(({ images }) => images.length));
    return `Kept for the next report in the same folder: what ${listed(this.judged.map(({ name }) => name))} said of ` +
      `${counted(most, "image")}.`;
  }

  override html(): string {
    return `<p class="plateau-note">${escapeHtml(this.sentence)}</p>`;
  }

  override text(): string {
    return this.sentence;
  }

  override record(): ResultRecord {
    return { judged: this.judged };
  }
}

/**
 * Keeps what these models said of images that they were not trained on, so that the next report of the same data set can
 * say what has changed on the images that both have. Of a cross-validation that was repeated, the first repeat counts.
 *
 * @param names For people, in the order of `models`; their own by default.
 * @throws DiagnosisError as `compare` does for runs that do not belong together.
 */
export function keptForNext(
  models: readonly Comparable[],
  { records }: HashedImages,
  names: readonly string[] = [],
): KeptForNext {
  return new KeptForNext(models.map((model, i) => {
    const { name, images, correct, folds } = scored("byRepeat" in model ? model.byRepeat[0] : model);
    return { name: names[i] ?? name, folds, images: images.map((image) => records[image].hash), correct };
  }));
}
