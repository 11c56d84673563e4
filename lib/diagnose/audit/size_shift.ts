import { type Figure, type FindingRecord, formatNumber } from "../../display/mod.ts";
import type { ImageRecord } from "../../dataset/mod.ts";
import { holm } from "../../stats/mod.ts";
import { finding } from "../finding.ts";
import { percent } from "../_words.ts";
import { type LookingRule, type Sides, sidesOf } from "./_context.ts";
import { ksDistance, permutationTest, ranksOf } from "./_two_sides.ts";

const MEASURES: readonly {
  readonly name: string;
  readonly of: (record: ImageRecord) => number;
  readonly larger: string;
  readonly smaller: string;
}[] = [
  { name: "size in pixels", of: ({ width, height }) => width * height, larger: "larger", smaller: "smaller" },
  // Rounded, since scaling moves the ratio a little.
  {
    name: "width / height",
    of: ({ width, height }) => Math.round(50 * width / height) / 50,
    larger: "wider for their height",
    smaller: "higher for their width",
  },
  {
    name: "bytes per pixel",
    of: ({ bytes, width, height }) => bytes / (width * height),
    larger: "less compressed",
    smaller: "more compressed",
  },
];

/** Largest distance of the cumulative distributions that passes, and from which on it is a warning. */
const T = { noted: 0.25, warned: 0.5, level: 0.01 } as const;

/** Whether size, shape, compression and format are the same on both sides: other cameras and sources show there first. */
export const sizeShift: LookingRule = (source) => sidesOf(source).map((sides) => compare(source, sides));

function compare({ dataset }: Parameters<LookingRule>[0], sides: Sides): FindingRecord {
  const records = [...sides.a, ...sides.b].map((i) => dataset.records[i]);
  const rows = [...records.keys()];
  const first = rows.slice(0, sides.a.length), second = rows.slice(sides.a.length);
  const measured = MEASURES.map(({ of, ...rest }) => {
    const values = records.map(of);
    const { ranks, of: distinct } = ranksOf(values);
    return {
      ...rest,
      values,
      distance: ksDistance(ranks, distinct, first, second),
      p: permutationTest(dataset, sides, (a, b) => Math.abs(ksDistance(ranks, distinct, a, b))),
    };
  });
  const formats = formatDistance(records, first, second);
  const formatP = permutationTest(dataset, sides, (a, b) => formatDistance(records, a, b).distance);
  const [pOfFormat, ...ps] = holm([formatP, ...measured.map(({ p }) => p)]);
  const shifted = measured.filter(({ distance }, m) => ps[m] < T.level && Math.abs(distance) >= T.noted)
    .sort((x, y) => Math.abs(y.distance) - Math.abs(x.distance));
  const otherFormat = pOfFormat < T.level && formats.distance >= T.noted;
  if (shifted.length === 0 && !otherFormat) {
    return finding({
      code: "same-sizes",
      severity: "good",
      sentence: `The ${sides.images} have about the same sizes, shapes and formats as the others.`,
    });
  }
  const strongest = Math.max(...shifted.map(({ distance }) => Math.abs(distance)), otherFormat ? formats.distance : 0);
  const evidence: Figure[] = shifted.flatMap(({ name, values }) => [
    median(`audit.${slug(name)}.${sides.name}`, `Median ${name} of the ${sides.images}`, values, second),
    median(`audit.${slug(name)}.${sides.name}.others`, `Median ${name} of the others`, values, first),
  ]);
  const said = [
    ...shifted.map(({ distance, larger, smaller }) => distance > 0 ? larger : smaller),
    ...(otherFormat
      ? [
        `more often ${formats.format} files (${percent(formats.b)} against ${percent(formats.a)})`,
      ]
      : []),
  ];
  return finding({
    code: "size-shift",
    severity: strongest >= T.warned ? "warning" : "info",
    sentence: `The ${sides.images} are ${said.join(" and ")} than the others.` +
      (shifted.length === 0
        ? ""
        : ` Their median ${shifted[0].name} is ${said1(shifted[0].values, second)} against ${
          said1(shifted[0].values, first)
        }.`),
    evidence,
    remedy: `They may come from another source. If new images will be like them, get some of that kind for training; ` +
      `else draw ${sides.set} from the same source as the others.`,
  });
}

/** The format whose share differs most, and by how much. */
function formatDistance(records: readonly ImageRecord[], a: readonly number[], b: readonly number[]) {
  const share = (rows: readonly number[], format: string) =>
    rows.reduce((sum, i) => sum + Number(records[i].format === format), 0) / rows.length;
  const all = [...new Set(records.map(({ format }) => format))].map((format) => {
    const one = share(a, format), other = share(b, format);
    return { format, a: one, b: other, distance: other - one };
  });
  return all.reduce((best, next) => next.distance > best.distance ? next : best);
}

function medianOf(values: readonly number[], rows: readonly number[]): number {
  return rows.map((i) => values[i]).sort((a, b) => a - b)[rows.length >> 1];
}

function said1(values: readonly number[], rows: readonly number[]): string {
  return formatNumber(Number(medianOf(values, rows).toPrecision(3)));
}

function median(id: string, label: string, values: readonly number[], rows: readonly number[]): Figure {
  return { id, label, value: Number(medianOf(values, rows).toPrecision(3)), unit: "number", n: rows.length };
}

function slug(name: string): string {
  return name.replaceAll(/[^a-z]+/g, "-");
}
