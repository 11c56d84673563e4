import type { Dataset } from "../../dataset/mod.ts";
import { predictedClasses, type Predictions } from "../../diagnose/mod.ts";
import {
  escapeHtml,
  escapeTerminal,
  formatCount,
  formatShare,
  type GridImage,
  ImageGrid,
  type ResultRecord,
  Shown,
  type Table,
  tableText,
} from "../../display/mod.ts";
import { overlay, plain } from "./_overlay.ts";
import type { HeatMap } from "./heat_map.ts";

/** Makes maps of an image: where it speaks for each of `labels`. */
export interface Mapper {
  /** How the maps are made, as a clause: "class activation on the frozen features". */
  readonly method: string;
  map(image: number, labels: readonly number[]): Promise<readonly HeatMap[]>;
}

/** Images whose mistakes are mapped; `Dataset` of `lib/dataset` is one. */
export type MappedImages = Pick<Dataset, "classes" | "pixels" | "records">;

/** A mistake with its maps. */
export interface MappedMistake {
  /** Index into the data set's records. */
  readonly image: number;
  readonly path: string;
  /** Names of the classes. */
  readonly truth: string;
  readonly said: string;
  /** Probability of the class that was said. */
  readonly confidence: number;
  /** Where the image speaks for the class that was said, and for the true one. */
  readonly maps: readonly [said: HeatMap, truth: HeatMap];
}

/** The surest mistakes of a classifier, each with what in the image spoke for either class. */
export class MistakeMaps extends Shown {
  constructor(
    readonly name: string,
    readonly mistakes: readonly MappedMistake[],
    /** All images classified wrong, and all measured. */
    readonly counts: { readonly wrong: number; readonly measured: number },
    readonly method: string,
    readonly grid: ImageGrid,
  ) {
    super();
  }

  override html(): string {
    return `${this.grid.html()}<p class="plateau-note">${escapeHtml(this.#note())}</p>`;
  }

  override text(): string {
    return `${tableText(this.table())}\n${escapeTerminal(this.#note())}`;
  }

  override record(): ResultRecord {
    return { tables: [this.table()] };
  }

  table(): Table {
    return {
      id: "mistake-maps",
      title: `Where ${this.name} looks when it is sure and wrong`,
      columns: [
        { key: "path", label: "File" },
        { key: "truth", label: "True class" },
        { key: "said", label: "Said" },
        { key: "confidence", label: "Confidence", unit: "share" },
        { key: "saidAt", label: "Speaks most for what was said" },
        { key: "truthAt", label: "Speaks most for the truth" },
      ],
      rows: this.mistakes.map(({ path, truth, said, confidence, maps }) => ({
        path,
        truth,
        said,
        confidence,
        saidAt: strongest(maps[0]),
        truthAt: strongest(maps[1]),
      })),
    };
  }

  #note(): string {
    const { wrong, measured } = this.counts;
    return `${formatCount(wrong)} of ${formatCount(measured)} images are classified wrong; here are the ` +
      `${this.mistakes.length} said with the highest confidence. The maps show ${this.method}: grey does not speak for ` +
      `the class, yellow most. They show what the classifier goes by, not what it should go by.`;
  }
}

/** Sharp enough for screens with two pixels to a point. */
const PIXELS = 160;

/**
 * Maps the mistakes that a classifier is surest of: does it look at the thing, or at what stands beside it?
 *
 * @param predictions Out-of-fold.
 * @param mapper Must use, for each image, a model that did not train on it.
 * @param options `most` images are shown, 8 by default.
 */
export async function mistakeMaps(
  predictions: Predictions,
  dataset: MappedImages,
  mapper: Mapper,
  { most = 8 }: { readonly most?: number } = {},
): Promise<MistakeMaps> {
  const { images, probabilities, name } = predictions;
  const { classes, records } = dataset;
  const K = classes.length;
  const said = predictedClasses(probabilities, K);
  const wrong = images.flatMap((image, i) => {
    const label = records[image].label;
    return said[i] < 0 || said[i] === label
      ? []
      : [{ image, label, said: said[i], confidence: probabilities[i * K + said[i]] }];
  }).toSorted((a, b) => b.confidence - a.confidence);
  const mistakes: MappedMistake[] = [], rows = [];
  for (const { image, label, said, confidence } of wrong.slice(0, most)) {
    const { path } = records[image];
    const [ofSaid, ofTruth] = await mapper.map(image, [said, label]);
    const mistake = { image, path, truth: classes[label], said: classes[said], confidence };
    mistakes.push({ ...mistake, maps: [ofSaid, ofTruth] });
    rows.push({
      label: `Is ${mistake.truth}, said ${mistake.said} (${formatShare(confidence, { n: 1 })})`,
      images: await pictures(dataset, mistake, ofSaid, ofTruth),
    });
  }
  const grid = new ImageGrid({
    title: rows.length === 0 ? `${name} classifies no image wrong` : `Where ${name} looks when it is sure and wrong`,
    alt:
      `${rows.length} images that are classified wrong, each beside what in it speaks for the class that was said and ` +
      `for the true one`,
    rows,
  });
  return new MistakeMaps(name, mistakes, { wrong: wrong.length, measured: images.length }, mapper.method, grid);
}

async function pictures(
  dataset: MappedImages,
  { image, path, said, truth }: Omit<MappedMistake, "maps">,
  ofSaid: HeatMap,
  ofTruth: HeatMap,
): Promise<GridImage[]> {
  const pixels = await dataset.pixels([image], { size: PIXELS, keep: false });
  // One scale for both: what hardly speaks for the truth is to look so.
  const most = Math.max(...ofSaid.values, ...ofTruth.values);
  const mime = "image/jpeg" as const;
  return [
    { src: await plain(pixels, PIXELS), mime, alt: `${truth}: ${path}`, caption: path },
    {
      src: await overlay(pixels, PIXELS, ofSaid, most),
      mime,
      alt: `What speaks for ${said} in ${path}: most of it ${strongest(ofSaid)}`,
      caption: `for ${said}`,
    },
    {
      src: await overlay(pixels, PIXELS, ofTruth, most),
      mime,
      alt: `What speaks for ${truth} in ${path}: most of it ${strongest(ofTruth)}`,
      caption: `for ${truth}`,
    },
  ];
}

/** Where in the image a map is strongest, in words: the middle of all that is at least half as strong as the strongest. */
export function strongest({ height, width, values }: HeatMap): string {
  const most = Math.max(...values);
  if (!(most > 0)) return "nowhere";
  let sum = 0, y = 0, x = 0;
  values.forEach((value, at) => {
    if (value < most / 2) return;
    sum += value;
    y += value * (Math.floor(at / width) + 0.5) / height;
    x += value * (at % width + 0.5) / width;
  });
  const third = (at: number) => Math.min(2, Math.floor(3 * at / sum));
  const down = ["at the top", "in the middle", "at the bottom"][third(y)];
  return down + [" left", "", " right"][third(x)];
}
