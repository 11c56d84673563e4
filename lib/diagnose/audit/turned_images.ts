import type { Figure, FindingRecord } from "../../display/mod.ts";
import { Random } from "../../stats/mod.ts";
import { finding } from "../finding.ts";
import { pause } from "../_pause.ts";
import { percent } from "../_words.ts";
import { auditFolds } from "./_audit_folds.ts";
import { type LookingRule, type Sides, sidesOf, thinned } from "./_context.ts";
import { discriminants, scoresOf } from "./_discriminant.ts";
import { permutationTest } from "./_two_sides.ts";
import { VIEW_LENGTH, viewInto } from "./_views.ts";

const TURNS = ["upright", "to the right", "upside down", "to the left"] as const;
const FOLDS = 4;
/** Images per side that are looked at; each is looked at in four turns. */
const MOST = 1500;
const RESAMPLES = 400;

const T = {
  /** Share of turned images that is worth a word: estimates of none stay below it. */
  share: 0.15,
  level: 0.005,
  /** Of the images that are as they were, the least share that must be told from turned ones for a verdict. */
  told: 0.35,
} as const;

/**
 * Whether images of one side are turned by a quarter or a half, as happens where one program heeds the EXIF orientation
 * and another does not. Nobody says which images are upright: the other side's images are turned all four ways, a small
 * model learns to tell the turns apart, and what it says of images it has not seen, as they are, should be the same on
 * both sides. From how often it mistakes a turn follows how many are turned: the mixture of turns that makes what it
 * said most likely (Saerens et al. 2002), with a bootstrap over images, or groups, of both sides.
 */
export const turnedImages: LookingRule = async (source) => {
  const all: FindingRecord[] = [];
  for (const sides of sidesOf(source)) {
    all.push(...await compare(source, { ...sides, a: thinned(sides.a, MOST), b: thinned(sides.b, MOST) }));
    await pause();
  }
  return all;
};

async function compare(source: Parameters<LookingRule>[0], sides: Sides): Promise<FindingRecord[]> {
  const { dataset } = source;
  const { known, other } = await judged(source, sides);
  // As they are: the turn said of each image, those of the first side first.
  const said = [...known.map((turns) => turns[0]), ...other];
  const right = known.reduce((sum, turns) => sum + turns.filter((turn, given) => turn === given).length, 0) /
    (4 * known.length);
  const upright = shareOf(known.map((turns) => turns[0]), 0);
  // Where pictures have no up and down, nothing can be said.
  if (right < T.told) return [];
  const estimate = mixture(confusion(known), counts(other));
  const p = permutationTest(dataset, sides, (a, b) => {
    const one = counts(a.map((row) => said[row])), two = counts(b.map((row) => said[row]));
    return one.reduce((sum, count, t) => sum + (count / a.length - two[t] / b.length) ** 2, 0);
  });
  const turned = 1 - estimate[0];
  const [low, high] = bounds(source, sides, known, other);
  const figure: Figure = {
    id: `audit.turned.${sides.name}`,
    label: `Turned among the ${sides.images}, estimated`,
    value: turned,
    low: Math.min(low, turned),
    high: Math.max(high, turned),
    unit: "share",
    n: other.length,
    method: "mixture of turns, bootstrap",
  };
  const evidence: Figure[] = [
    figure,
    {
      id: `audit.upright.${sides.name}`,
      label: `Said to be upright among the ${sides.images}`,
      value: shareOf(other, 0),
      unit: "share",
      n: other.length,
    },
    {
      id: `audit.upright.${sides.name}.others`,
      label: "Said to be upright among the others",
      value: upright,
      unit: "share",
      n: known.length,
    },
  ];
  if (p > T.level || turned < T.share || low <= 0 || shareOf(other, 0) >= upright) {
    return [finding({
      code: "same-way-up",
      severity: "good",
      sentence: `The ${sides.images} are the same way up as the others, as far as a small model can tell.`,
      evidence: evidence.slice(1),
    })];
  }
  const main = estimate.slice(1).reduce((best, share, t, shares) => share > shares[best] ? t : best, 0) + 1;
  return [finding({
    code: "turned-images",
    severity: "warning",
    sentence: `About ${percent(turned)} of the ${sides.images} seem to be turned, most ` +
      `${TURNS[main]}: a small model calls ${percent(shareOf(other, 0))} of them upright, and ${
        percent(upright)
      } of the others.`,
    evidence,
    remedy: `Look at some images of ${sides.set} in a program that ignores EXIF, turn them upright in the files, or ` +
      "train with turned images if new ones will come turned.",
  })];
}

/** The turn that is said of the first side's images in each of four turns, and of the second side's as they are. */
async function judged({ dataset, cells }: Parameters<LookingRule>[0], { a, b }: Sides) {
  const of = auditFolds(dataset, a, FOLDS, 1);
  const values = new Float32Array(4 * a.length * VIEW_LENGTH);
  const labels = new Int32Array(4 * a.length), folds = new Int32Array(4 * a.length);
  for (const [row, image] of a.entries()) {
    for (let turns = 0; turns < 4; turns++) {
      const at = 4 * row + turns;
      viewInto(cells, image, values.subarray(at * VIEW_LENGTH, (at + 1) * VIEW_LENGTH), { turns });
      labels[at] = turns;
      folds[at] = of[row];
    }
  }
  await pause();
  const models = discriminants({ values, labels, classes: 4, folds, of: FOLDS });
  const scores = new Float64Array(4);
  const say = (fold: number, rows: Float32Array, i: number) => {
    scoresOf(models[fold], rows, i, scores);
    return scores.indexOf(Math.max(...scores));
  };
  const known = a.map((_, row) => [0, 1, 2, 3].map((turns) => say(of[row], values, 4 * row + turns)));
  const view = new Float32Array(VIEW_LENGTH);
  // One fold's model each, so that both sides are judged by models of the same skill.
  const other = b.map((image, i) => {
    viewInto(cells, image, view);
    return say(i % FOLDS, view, 0);
  });
  return { known, other };
}

/** [given turn][said turn], each row summing to 1. */
function confusion(known: readonly (readonly number[])[]): number[][] {
  return [0, 1, 2, 3].map((given) => counts(known.map((turns) => turns[given])).map((c) => c / known.length));
}

function counts(turns: readonly number[]): number[] {
  const all = [0, 0, 0, 0];
  for (const turn of turns) all[turn]++;
  return all;
}

function shareOf(turns: readonly number[], turn: number): number {
  return counts(turns)[turn] / turns.length;
}

/** The shares of the four turns that make the said turns most likely, by expectation maximisation. */
function mixture(confused: readonly (readonly number[])[], said: readonly number[]): number[] {
  const n = said.reduce((sum, count) => sum + count, 0);
  let shares = [0.25, 0.25, 0.25, 0.25];
  for (let step = 0; step < 200; step++) {
    const next = [0, 0, 0, 0];
    for (let s = 0; s < 4; s++) {
      const likely = shares.map((share, given) => share * Math.max(confused[given][s], 1e-6));
      const all = likely.reduce((sum, value) => sum + value, 0);
      likely.forEach((value, given) => next[given] += said[s] / n * value / all);
    }
    const moved = Math.max(...next.map((share, t) => Math.abs(share - shares[t])));
    shares = next;
    if (moved < 1e-6) break;
  }
  return shares;
}

/** 95 % bounds of the share of turned images. */
function bounds(
  { dataset: { records, grouped } }: Parameters<LookingRule>[0],
  sides: Sides,
  known: readonly (readonly number[])[],
  other: readonly number[],
): [number, number] {
  const random = new Random("turned");
  const unitsOf = (
    images: readonly number[],
  ) => [...Map.groupBy(images.keys(), (row) => grouped ? records[images[row]].group : row).values()];
  const one = unitsOf(sides.a), two = unitsOf(sides.b);
  const drawn = (units: readonly number[][]) => units.flatMap(() => units[random.integer(units.length)]);
  const estimates = Array.from({ length: RESAMPLES }, () => {
    const confused = confusion(drawn(one).map((row) => known[row]));
    return 1 - mixture(confused, counts(drawn(two).map((row) => other[row])))[0];
  }).sort((x, y) => x - y);
  return [estimates[Math.floor(0.025 * RESAMPLES)], estimates[Math.ceil(0.975 * RESAMPLES) - 1]];
}
