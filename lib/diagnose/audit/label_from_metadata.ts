import type { Dataset, ImageRecord } from "../../dataset/mod.ts";
import { type Figure, formatInterval } from "../../display/mod.ts";
import { finding } from "../finding.ts";
import { accuracyOf } from "../_measured.ts";
import { pause } from "../_pause.ts";
import { percent } from "../_words.ts";
import { auditFolds } from "./_audit_folds.ts";
import { type LookingRule, thinned } from "./_context.ts";
import { type Clue, coded, type Told, toldFrom } from "./_told_from.ts";
import { bounds } from "../_bounds.ts";

const FOLDS = 5;
/** Development images that are looked at. */
const MOST = 4000;
const DAY = 86_400_000;

/**
 * From which on it is told, as share of the way from chance to perfect, by the lower bound of the accuracy's interval.
 * How well pictures compress depends a little on what they show (up to 0.1 on clean sets), so that much is no surprise.
 */
const T = { noted: 0.12, warned: 0.3, extreme: 0.5, level: 0.01 } as const;

/** A clue, and what it means when it tells the class. */
interface Metadatum extends Clue {
  /** Whether pixels may carry it, so that a network can learn it instead of the thing. */
  readonly inPixels: boolean;
}

/**
 * Whether the class can be told without looking at the picture: from its size, shape, compression, format, source folder,
 * date or number. Where it can, the classes come from different sources, and a network may learn the source.
 */
export const labelFromMetadata: LookingRule = async ({ dataset }) => {
  const images = thinned(dataset.development, MOST);
  if (images.length < 2 * FOLDS) return [];
  const clues = await cluesOf(dataset, images);
  const task = taskOf(dataset, images);
  const codes = clues.map(coded);
  const each: { clue: Metadatum; told: Told }[] = [];
  for (const [c, clue] of clues.entries()) {
    each.push({ clue, told: toldFrom([codes[c]], task) });
    await pause();
  }
  if (each.length === 0) return [];
  const together = toldFrom(codes, task);
  const rows = each.map(({ clue, told }) => ({ clue, ...judged(dataset, images, told) }))
    .sort((a, b) => b.surely - a.surely);
  const all = judged(dataset, images, together);
  const [strongest] = rows;
  const evidence: Figure[] = [
    figure("audit.metadata", "Class told from all of that together", all),
    ...rows.slice(0, 3).map((row) =>
      figure(`audit.metadata.${slug(row.clue.name)}`, `… from ${row.clue.name} alone`, row)
    ),
    {
      id: "audit.metadata.chance",
      label: "Told with the classes dealt out at random",
      value: together.chance,
      unit: "share",
    },
  ];
  const surely = Math.max(all.surely, strongest.surely);
  // The best of several was chosen on these images.
  const sure = Math.min(all.p, strongest.p * rows.length) <= T.level;
  if (!sure || surely < T.noted) {
    return [finding({
      code: "metadata-says-little",
      severity: "good",
      sentence: `Size, shape, format and the like hardly tell the class: ${formatInterval(all.interval)} right, where ${
        percent(together.chance)
      } is chance.`,
      evidence: [evidence[0]],
    })];
  }
  const warned = rows.some((row) => row.clue.inPixels && row.surely >= T.warned && row.p <= T.level);
  return [finding({
    code: "label-from-metadata",
    severity: warned ? "warning" : "info",
    sentence:
      `The class can be told without looking at the picture: ${formatInterval(all.interval)} right from facts ` +
      `about the file, where ${percent(together.chance)} is chance. The strongest is ${strongest.clue.name}: ${
        formatInterval(strongest.interval)
      } alone.`,
    evidence,
    remedy: strongest.clue.inPixels
      ? "The classes seem to come from different sources: bring all images to one size, shape and format, and get " +
        "images of each class from each source, or a network may learn the source."
      : "If that follows the order of collecting, the classes were photographed on different occasions: check that light, " +
        "place and background do not differ with the class.",
  })];
};

/** The same for brightness and colour alone: part of what there is to see, but little of it. */
export const labelFromBrightness: LookingRule = ({ dataset, tones }) => {
  const images = thinned(dataset.development, MOST);
  if (images.length < 2 * FOLDS) return [];
  const clue: Clue = {
    name: "mean brightness",
    values: images.map((i) => (tones[4 * i] + tones[4 * i + 1] + tones[4 * i + 2]) / 3),
  };
  const told = toldFrom([coded(clue)], taskOf(dataset, images));
  const row = judged(dataset, images, told);
  const evidence = [figure("audit.brightness-alone", "Class told from mean brightness alone", row)];
  if (row.p > T.level || row.surely < T.noted) {
    return [finding({
      code: "brightness-says-little",
      severity: "good",
      sentence: `Brightness alone hardly tells the class: ${formatInterval(row.interval)} right, where ${
        percent(told.chance)
      } is chance.`,
      evidence,
    })];
  }
  return [finding({
    code: "label-from-brightness",
    severity: row.surely >= T.extreme ? "warning" : "info",
    sentence: `How bright a picture is tells its class for ${formatInterval(row.interval)} of the images, where ${
      percent(told.chance)
    } is chance.`,
    evidence,
    remedy: "If brightness belongs to the thing, that is fine; if it is the light of the day each class was " +
      "photographed on, vary the brightness of training images.",
  })];
};

function taskOf(dataset: Dataset, images: readonly number[]) {
  return {
    labels: dataset.labels(images),
    classes: dataset.classes.length,
    folds: auditFolds(dataset, images, FOLDS, 1),
    of: FOLDS,
    units: images.map((i) => dataset.grouped ? dataset.records[i].group : i),
  };
}

function judged(dataset: Dataset, images: readonly number[], told: Told) {
  const interval = accuracyOf(told.correct, { images, folds: FOLDS, dataset, seed: 1 });
  return { interval, p: told.p, surely: (interval.low - told.chance) / (1 - told.chance) };
}

/** Only what differs between images can tell anything. */
async function cluesOf(dataset: Dataset, images: readonly number[]): Promise<Metadatum[]> {
  const records = images.map((i) => dataset.records[i]);
  const stamps = await dataset.stamps(images);
  const numbers = (name: string, inPixels: boolean, values: readonly number[]): Metadatum => ({
    name,
    inPixels,
    values,
  });
  const taken = stamps.map((stamp) => stamp.taken);
  const changed = stamps.map((stamp) => stamp.changed);
  const all: Metadatum[] = [
    numbers("width", true, records.map(({ width }) => width)),
    numbers("height", true, records.map(({ height }) => height)),
    numbers("width / height", true, records.map(({ width, height }) => width / height)),
    numbers("file size", true, records.map(({ bytes }) => bytes)),
    numbers("bytes per pixel", true, records.map(({ bytes, width, height }) => bytes / width / height)),
    { name: "file format", inPixels: true, values: records.map(({ format }) => format) },
    { name: "sub-folder", inPixels: true, values: records.map(subFolder) },
    ...(taken.every((time) => time !== null) ? [numbers("date and time taken", true, taken)] : []),
    ...(spreadOverDays(changed)
      ? [numbers("day the file was changed", false, changed.map((t) => Math.floor(t! / DAY)))]
      : []),
    ...numbersIn(records),
  ];
  return all.filter(({ values }) => new Set(values).size > 1);
}

/** What of the path lies below the class's folder. */
function subFolder({ path, part }: ImageRecord): string {
  const folders = path.split("/").slice(0, -1);
  return folders.slice(part === null ? 1 : 2).join("/");
}

/** Files unpacked or copied in one go have dates that say in which order, and nothing else. */
function spreadOverDays(times: readonly (number | null)[]): boolean {
  if (times.some((time) => time === null)) return false;
  const sorted = (times as number[]).toSorted((a, b) => a - b);
  return sorted[Math.floor(0.9 * sorted.length)] - sorted[Math.floor(0.1 * sorted.length)] > 3 * DAY;
}

/** How cameras and phones number or date what they take; other numbers are mostly somebody's way of counting. */
const CAMERA = /^(?:img|dsc[nf]?|_mg|pxl|gopr?|sam|mvi|wp|photo|screenshot)?[_-]?(\d{3,}(?:[_-]\d{4,})?)/i;

/** The camera's number in each file's name, where nearly all have one. */
function numbersIn(records: readonly ImageRecord[]): Metadatum[] {
  const values = records.map(({ path }) => {
    const stem = stemOf(path);
    // A name of nothing but a few digits is no camera's.
    const match = /^\d{1,7}$/.test(stem) ? null : CAMERA.exec(stem);
    return match === null ? NaN : Number(match[1].replace(/[_-]/, ""));
  });
  if (values.filter(Number.isFinite).length < 0.95 * values.length) return [];
  const known = values.map((value) => Number.isFinite(value) ? value : 0);
  return [{ name: "the camera's number in the file name", inPixels: false, values: known }];
}

function stemOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).replace(/\.[^.]*$/, "");
}

function figure(id: string, label: string, { interval }: ReturnType<typeof judged>): Figure {
  return { id, label, ...bounds(interval), unit: "share" };
}

function slug(name: string): string {
  return name.replaceAll(/[^a-z]+/gi, "-");
}
