import { createHash } from "node:crypto";
import { Buffer } from "node:buffer";
import sharp from "sharp";
import { type Chart, embeddingMap as drawMap, type MapPoint } from "../../chart/mod.ts";
import { type Dataset, decoder } from "../../dataset/mod.ts";
import { ChartedResult, finding, predictedClasses } from "../../diagnose/mod.ts";
import {
  escapeHtml,
  type Figure,
  type FindingRecord,
  formatCount,
  formatShare,
  onInterrupt,
  Shown,
  type Table,
} from "../../display/mod.ts";
import * as engine from "../../engine/mod.ts";
import { features, Interrupted, kernelOf, mirroredFeatures, standardOf } from "../../train/mod.ts";
import { keep, kept } from "./_kept.ts";
import { cellsOf, umapLayout } from "./_layout.ts";
import type { Heads } from "./heads.ts";

/** More would be a blur, and take minutes. */
const MOST_IMAGES = 1000;

/** Height and width of a picture on the map, in pixels; of the map in pictures. */
const PICTURE = 40, COLUMNS = 40, ROWS = 32;

/** Images as a network sees them: those alike to it lie close together. */
export class EmbeddingMap extends ChartedResult {
  constructor(
    readonly points: readonly MapPoint[],
    readonly classes: readonly string[],
    /** Share of the images whose nearest neighbour on the map is of their class. */
    readonly neighbours: number,
    /** The map made of pictures, a JPEG; its height and width. */
    readonly picture: { readonly jpeg: string; readonly width: number; readonly height: number },
  ) {
    super();
  }

  /** The same with pictures instead of points, as one image. */
  pictures(): Shown {
    return new PictureMap(this);
  }

  override chart(): Chart {
    return drawMap(this.points, this.classes, { record: { figures: this.figures(), tables: [this.table()] } });
  }

  override figures(): Figure[] {
    return [{
      id: "embedding-map.neighbours",
      label: "Images whose nearest neighbour on the map is of their class",
      value: this.neighbours,
      unit: "share",
      n: this.points.length,
    }];
  }

  override table(): Table {
    return {
      id: "embedding-map",
      title: "Where the images lie on the map",
      columns: [
        { key: "path", label: "File" },
        { key: "class", label: "Class" },
        { key: "said", label: "Said" },
        { key: "x", label: "x", unit: "number" },
        { key: "y", label: "y", unit: "number" },
      ],
      rows: this.points.map(({ path, label, said, x, y }) => ({
        path,
        class: this.classes[label],
        said: this.classes[said],
        x: Number(x.toFixed(3)),
        y: Number(y.toFixed(3)),
      })),
    };
  }

  protected override list(): FindingRecord[] {
    const { neighbours, points, classes } = this;
    return [finding({
      code: "embedding-map",
      severity: "info",
      sentence: `On the map, the nearest neighbour of ${formatShare(neighbours, { n: points.length })} of ${
        formatCount(points.length)
      } images is of their class; by chance it would be about ${
        formatShare(chanceOf(points, classes.length), { n: 1 })
      }. The map shows what lies together, it measures no classifier.`,
      evidence: this.figures(),
      chart: "embedding-map",
    })];
  }
}

/** That two images drawn at random are of one class. */
function chanceOf(points: readonly MapPoint[], classes: number): number {
  const counts = new Array(classes).fill(0);
  for (const { label } of points) counts[label]++;
  return counts.reduce((sum, count) => sum + (count / points.length) ** 2, 0);
}

class PictureMap extends Shown {
  constructor(readonly map: EmbeddingMap) {
    super();
  }

  override html(): string {
    const { jpeg, width, height } = this.map.picture;
    // Twice as many pixels as points; where there is less room it scrolls.
    return `<p class="plateau-title">${escapeHtml(this.#title())}</p>` +
      `<div style="max-width:100%;overflow-x:auto" tabindex="0" role="region" aria-label="${
        escapeHtml(this.#title())
      }">` +
      `<img src="data:image/jpeg;base64,${jpeg}" width="${width / 2}" height="${height / 2}" ` +
      `alt="${escapeHtml(this.#alt())}"></div>`;
  }

  override text(): string {
    return `${this.#title()}\n${this.#alt()}`;
  }

  #title(): string {
    return "The images as the network sees them: a frame and a cross are a mistake";
  }

  #alt(): string {
    const { points } = this.map;
    const wrong = points.filter(({ label, said }) => label !== said).length;
    return `${points.length} small pictures, near each other where the network finds them alike; ${wrong} are framed ` +
      "and crossed as mistakes.";
  }
}

/**
 * A map of the images through the features that `heads` chose, with the mistakes of its out-of-fold predictions. Where
 * there are too many, an even part of them is shown. Kept on disk.
 *
 * @throws Interrupted when the person stopped it.
 */
export async function embeddingMap(
  dataset: Dataset,
  heads: Heads,
  options: { readonly seed?: number } = {},
): Promise<EmbeddingMap> {
  const { seed = 1 } = options;
  const { records, classes, development } = dataset;
  const { set } = heads.row("chosen").final!;
  const source = heads.backbone.choose(set);
  const step = Math.max(1, development.length / MOST_IMAGES);
  const shown = Array.from({ length: Math.floor(development.length / step) }, (_, i) => Math.floor(i * step));
  const images = shown.map((row) => development[row]);
  const { images: judged, probabilities } = heads.predictions;
  const predicted = predictedClasses(probabilities, classes.length);
  const saidOf = new Map(judged.map((image, i) => [image, predicted[i]]));
  const said = images.map((image) => saidOf.get(image) ?? records[image].label);

  const hash = (content: unknown) => createHash("sha256").update(JSON.stringify(content)).digest("hex");
  const seen = ["map 1", source.version, set.mirrored, engine.current().label, decoder, seed];
  const key = hash([seen, images.map((i) => records[i].hash)]);
  const places = await kept<number[][]>("map", key) ?? await (async () => {
    using stop = onInterrupt();
    const pause = async () => {
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (stop.stopRequested()) throw new Interrupted("Stopped while a map was drawn; features are kept");
    };
    const { values, dimensions } = await (set.mirrored ? mirroredFeatures : features)(dataset, source);
    const taken = new Float32Array(shown.length * dimensions);
    shown.forEach((row, i) => taken.set(values.subarray(row * dimensions, (row + 1) * dimensions), i * dimensions));
    const kernel = await kernelOf(taken, standardOf(taken, dimensions, [...shown.keys()]));
    const made = await umapLayout(kernel, seed, pause);
    await keep("map", key, made);
    return made;
  })();

  const points = images.map((image, i): MapPoint => {
    const { label, path } = records[image];
    return { x: places[i][0], y: places[i][1], label, said: said[i], path };
  });
  const pictureKey = hash([key, PICTURE, COLUMNS, points.map(({ label, said }) => label !== said)]);
  type Picture = EmbeddingMap["picture"];
  const picture = await kept<Picture>("map-pictures", pictureKey) ?? await composed(dataset, images, points);
  await keep("map-pictures", pictureKey, picture);
  return new EmbeddingMap(points, classes, nearestShare(points), picture);
}

function nearestShare(points: readonly MapPoint[]): number {
  const hits = points.filter((a, i) => {
    let best = -1, nearest = Infinity;
    for (const [j, b] of points.entries()) {
      const away = (a.x - b.x) ** 2 + (a.y - b.y) ** 2;
      if (j !== i && away < nearest) [best, nearest] = [j, away];
    }
    return best >= 0 && points[best].label === a.label;
  });
  return hits.length / points.length;
}

/** All pictures laid on one, each in a cell of its own as near to its place as there is one. */
async function composed(dataset: Dataset, images: readonly number[], points: readonly MapPoint[]) {
  const unit = (values: readonly number[]) => {
    const low = Math.min(...values), span = Math.max(...values) - low || 1;
    return values.map((value) => (value - low) / span);
  };
  const xs = unit(points.map(({ x }) => x)), ys = unit(points.map(({ y }) => -y));
  const cells = cellsOf(xs.map((x, i) => [x, ys[i]]), COLUMNS, ROWS);
  const crossed = Buffer.from(
    `<svg width="${PICTURE}" height="${PICTURE}"><g fill="none" stroke="#d55e00"><rect x="1" y="1" width="${
      PICTURE - 2
    }" height="${PICTURE - 2}" stroke-width="2"/><path d="M${PICTURE - 9} ${
      PICTURE - 9
    }l6 6m0 -6l-6 6" stroke-width="2.5"/></g></svg>`,
  );
  const width = COLUMNS * PICTURE, height = ROWS * PICTURE;
  const layers = [];
  for (const [i, image] of images.entries()) {
    const left = cells[i] % COLUMNS * PICTURE, top = Math.floor(cells[i] / COLUMNS) * PICTURE;
    const place = { left, top };
    layers.push({ input: Buffer.from(await dataset.thumbnail(image, PICTURE - 2)), left: left + 1, top: top + 1 });
    if (points[i].label !== points[i].said) layers.push({ input: crossed, ...place });
  }
  const jpeg = await sharp({ create: { width, height, channels: 3, background: "#ffffff" } })
    .composite(layers).jpeg({ quality: 72 }).toBuffer();
  return { jpeg: jpeg.toString("base64"), width, height };
}
