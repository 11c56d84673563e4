import { type Figure, type FindingRecord, formatNumber } from "../../display/mod.ts";
import { holm } from "../../stats/mod.ts";
import { finding } from "../finding.ts";
import { percent } from "../_words.ts";
import { type LookingRule, type Sides, sidesOf } from "./_context.ts";
import { moments, permutationTest, standardised } from "./_two_sides.ts";

/** What is compared: means over an image's pixels, of 255. */
const MEASURES = [
  { name: "colourfulness", of: (t: Float32Array, i: number) => t[4 * i + 3], more: "more colourful", less: "paler" },
  { name: "redness", of: (t: Float32Array, i: number) => t[4 * i] - t[4 * i + 1], more: "redder", less: "greener" },
  {
    name: "yellowness",
    of: (t: Float32Array, i: number) => (t[4 * i] + t[4 * i + 1]) / 2 - t[4 * i + 2],
    more: "yellower",
    less: "bluer",
  },
] as const;

/** Differences from which on a shift is named. */
const T = {
  /** In standard deviations between images: half of one is called medium (Cohen 1988). */
  effect: 0.5,
  /** Of 255: what nobody can see is no shift, however sure. */
  visible: 3,
  /** In the share of grey images. */
  grey: 0.15,
  level: 0.01,
} as const;

/** Below that an image is grey: encoding leaves about one shade of colour in grey pictures. */
const GREY = 3;

/** Whether the colours of the sealed test set (or of the validation folder) are those of the other images. */
export const colourShift: LookingRule = (source) => sidesOf(source).map((sides) => compare(source, sides));

function compare({ dataset, tones }: Parameters<LookingRule>[0], sides: Sides): FindingRecord {
  const images = [...sides.a, ...sides.b];
  const first = images.slice(0, sides.a.length).map((_, row) => row);
  const second = images.slice(sides.a.length).map((_, row) => row + sides.a.length);
  const measured = MEASURES.map((measure) => {
    const values = Float64Array.from(images, (i) => measure.of(tones, i));
    const test = (a: readonly number[], b: readonly number[]) => Math.abs(standardised(values, a, b));
    return {
      ...measure,
      values,
      effect: standardised(values, first, second),
      difference: moments(values, second).mean - moments(values, first).mean,
      p: permutationTest(dataset, sides, test),
    };
  });
  const grey = Float64Array.from(images, (i) => Number(tones[4 * i + 3] < GREY));
  const greyShare = [first, second].map((rows) => moments(grey, rows).mean);
  const greyP = permutationTest(
    dataset,
    sides,
    (a, b) => Math.abs(moments(grey, b).mean - moments(grey, a).mean),
  );
  const [pOfGrey, ...ps] = holm([greyP, ...measured.map(({ p }) => p)]);
  const greyer = pOfGrey < T.level && greyShare[1] - greyShare[0] > T.grey;
  const shifted = measured.filter(({ effect, difference }, m) =>
    ps[m] < T.level && Math.abs(effect) > T.effect && Math.abs(difference) > T.visible
  ).sort((x, y) => Math.abs(y.effect) - Math.abs(x.effect));
  const evidence: Figure[] = [
    share(`audit.grey.${sides.name}`, `Grey ${sides.images}`, greyShare[1], second.length),
    share(`audit.grey.${sides.name}.others`, "Grey images among the others", greyShare[0], first.length),
    ...(greyer ? [] : shifted).flatMap(({ name, values }) => [
      number(`audit.${name}.${sides.name}`, `Mean ${name} of the ${sides.images}`, values, second),
      number(`audit.${name}.${sides.name}.others`, `Mean ${name} of the others`, values, first),
    ]),
  ];
  if (!greyer && shifted.length === 0) {
    return finding({
      code: "same-colours",
      severity: "good",
      sentence: `The ${sides.images} have about the same colours as the others.`,
      evidence,
    });
  }
  return finding({
    code: "colour-shift",
    severity: "warning",
    sentence: greyer
      ? `${percent(greyShare[1])} of the ${sides.images} are grey, and ${percent(greyShare[0])} of the others.`
      : `The ${sides.images} are ${
        shifted.map(({ effect, more, less }) => effect > 0 ? more : less).join(" and ")
      } than the others, by ${formatNumber(Math.abs(shifted[0].effect), 1)} standard deviations of ${shifted[0].name}.`,
    evidence,
    remedy: `If new images will look like the ${sides.images}, train on images of that kind, or vary the colours ` +
      `of the training images; else draw ${sides.set} from the same source as the others.`,
  });
}

function share(id: string, label: string, value: number, n: number): Figure {
  return { id, label, value, unit: "share", n };
}

function number(id: string, label: string, values: Float64Array, rows: readonly number[]): Figure {
  return { id, label, value: Number(moments(values, rows).mean.toFixed(1)), unit: "number", n: rows.length };
}
