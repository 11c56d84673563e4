import {
  Audit,
  type AuditFacts,
  type ColourFacts,
  type DuplicateSet,
  type OddSize,
  type Spread,
} from "./audit_facts.ts";
import type { Dataset } from "./dataset.ts";
import { PixelCache } from "./_pixel_cache.ts";
import type { ImageRecord } from "./types.ts";

/** Times the median from which on an image's shape stands out. */
const ODD_ASPECT = 2;
/** The same for its size (the square root of its area). */
const ODD_SIZE = 4;
/** Images whose pixels are in memory at a time. */
const CHUNK = 512;

/**
 * Counts what is in a data set: classes, damaged files, sizes, duplicates, groups, colours. Reads the pixels of the
 * sealed test set, never its labels beyond their number, and writes that into the ledger.
 *
 * @throws FileError where the cache or the ledger cannot be written.
 */
export async function audit(dataset: Dataset): Promise<Audit> {
  const { classes, records, development, skipped, others } = dataset;
  const sealed = await dataset.test.open("audit", "duplicates across the split, size and colour shifts");
  const perClass = dataset.imagesPerClass();
  const sealedPerClass = new Array<number>(classes.length).fill(0);
  for (const i of sealed) sealedPerClass[records[i].label]++;
  return new Audit({
    counts: { classes, development: perClass, sealed: sealedPerClass },
    imbalance: Math.max(...perClass) / Math.min(...perClass),
    skipped,
    others,
    formats: formats(records),
    sizes: sizes(records, dataset.size),
    duplicates: await duplicates(dataset, new Set(sealed)),
    groups: groups(dataset, new Set(sealed)),
    colour: {
      development: await colour(dataset, development),
      sealed: await colour(dataset, sealed),
    },
    ledger: dataset.test.ledger(),
  });
}

function formats(records: readonly ImageRecord[]): AuditFacts["formats"] {
  const counts = new Map<string, number>();
  for (const { format } of records) counts.set(format, (counts.get(format) ?? 0) + 1);
  return [...counts].map(([format, n]) => ({ format, n })).sort((a, b) => b.n - a.n || (a.format < b.format ? -1 : 1));
}

function sizes(records: readonly ImageRecord[], workingSize: number): AuditFacts["sizes"] {
  const aspect = spread(records.map(({ width, height }) => width / height));
  const side = spread(records.map(sideOf));
  const odd = records.flatMap((record): OddSize[] => {
    const why = oddity(record, aspect.median, side.median, workingSize);
    const { path, width, height } = record;
    return why === null ? [] : [{ path, width, height, why }];
  });
  return {
    width: spread(records.map(({ width }) => width)),
    height: spread(records.map(({ height }) => height)),
    aspect,
    workingSize,
    odd,
  };
}

function oddity(record: ImageRecord, aspect: number, side: number, workingSize: number): string | null {
  const { width, height } = record;
  if (Math.min(width, height) < workingSize) return `smaller than ${workingSize} pixels, so it is enlarged`;
  if (width / height > aspect * ODD_ASPECT) return "more than twice as wide for its height as most";
  if (width / height < aspect / ODD_ASPECT) return "more than twice as high for its width as most";
  if (sideOf(record) > side * ODD_SIZE) return "more than four times as large as most";
  if (sideOf(record) < side / ODD_SIZE) return "less than a quarter as large as most";
  return null;
}

async function duplicates(dataset: Dataset, sealed: ReadonlySet<number>): Promise<AuditFacts["duplicates"]> {
  const { records, classes, size } = dataset;
  const byContent = new Map<string, number[]>();
  const cache = new PixelCache();
  try {
    for (const [i, { hash }] of records.entries()) {
      // Equal files have equal pixels, so one key serves both kinds.
      const key = cache.digestOf(hash, size) ?? hash;
      const members = byContent.get(key);
      if (members) members.push(i);
      else byContent.set(key, [i]);
    }
  } finally {
    await cache.close();
  }
  const found = [...byContent.values()].filter((members) => members.length > 1).map((members) => ({
    members,
    set: {
      paths: members.map((i) => records[i].path),
      classes: [...new Set(members.map((i) => classes[records[i].label]))],
      same: new Set(members.map((i) => records[i].hash)).size === 1 ? "file" : "pixels",
    } satisfies DuplicateSet,
  }));
  const where = (condition: (members: readonly number[]) => boolean) =>
    found.filter(({ members }) => condition(members)).map(({ set }) => set);
  const hasPart = (members: readonly number[], part: string) => members.some((i) => records[i].part === part);
  return {
    sameClass: where((members) => new Set(members.map((i) => records[i].label)).size < members.length),
    acrossClasses: where((members) => new Set(members.map((i) => records[i].label)).size > 1),
    developmentAndTest: where((members) => members.some((i) => sealed.has(i)) && members.some((i) => !sealed.has(i))),
    trainAndValidation: where((members) => hasPart(members, "train") && hasPart(members, "val")),
  };
}

function groups({ records, grouped }: Dataset, sealed: ReadonlySet<number>): AuditFacts["groups"] {
  const found = new Map<string, { development: number; sealed: number; labels: Set<number> }>();
  for (const [i, { group, label }] of records.entries()) {
    if (!found.has(group)) found.set(group, { development: 0, sealed: 0, labels: new Set() });
    const entry = found.get(group)!;
    entry[sealed.has(i) ? "sealed" : "development"]++;
    entry.labels.add(label);
  }
  return {
    known: grouped,
    n: found.size,
    sizes: spread([...found.values()].map((entry) => entry.development + entry.sealed)),
    spanning: [...found].filter(([, entry]) => entry.development > 0 && entry.sealed > 0)
      .map(([group, entry]) => ({ group, development: entry.development, sealed: entry.sealed })),
    acrossClasses: [...found.values()].filter(({ labels }) => labels.size > 1).length,
  };
}

async function colour(dataset: Dataset, indices: readonly number[]): Promise<ColourFacts> {
  const pixelsPerImage = dataset.size ** 2;
  const sum = [0, 0, 0];
  let brightness = 0;
  let squares = 0;
  for (let first = 0; first < indices.length; first += CHUNK) {
    const chunk = indices.slice(first, first + CHUNK);
    const pixels = await dataset.pixels(chunk, { opened: indices });
    for (let image = 0; image < chunk.length; image++) {
      const own = [0, 0, 0];
      for (let p = image * pixelsPerImage * 3, end = p + pixelsPerImage * 3; p < end; p += 3) {
        own[0] += pixels[p];
        own[1] += pixels[p + 1];
        own[2] += pixels[p + 2];
      }
      const mean = (own[0] + own[1] + own[2]) / (3 * pixelsPerImage);
      brightness += mean;
      squares += mean ** 2;
      for (let channel = 0; channel < 3; channel++) sum[channel] += own[channel] / pixelsPerImage;
    }
  }
  const n = indices.length;
  const [red, green, blue] = sum.map((value) => value / n);
  const mean = brightness / n;
  const brightnessSd = n > 1 ? Math.sqrt(Math.max(0, (squares - n * mean ** 2) / (n - 1))) : 0;
  return { n, red, green, blue, brightness: mean, brightnessSd };
}

function spread(values: readonly number[]): Spread {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { min: sorted[0], median, max: sorted[sorted.length - 1] };
}

function sideOf({ width, height }: ImageRecord): number {
  return Math.sqrt(width * height);
}
