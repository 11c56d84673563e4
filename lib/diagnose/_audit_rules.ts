import type { AuditFacts, DuplicateSet } from "../dataset/mod.ts";
import { type Figure, type FindingRecord, formatNumber, type Severity } from "../display/mod.ts";
import { finding } from "./finding.ts";
import { groupsUnknown } from "./_groups_unknown.ts";
import { counted, listed } from "./_words.ts";

/** Looks at the facts of an audit; says what it found, good or bad. */
export type AuditRule = (facts: AuditFacts) => FindingRecord[];

/** When a fact is worth a word. Judgements, not laws. */
export const AUDIT_THRESHOLDS = {
  /** Images of the largest class for one of the smallest: accuracy and balanced accuracy begin to differ. */
  uneven: 1.5,
  /** From here on the small classes are learnt visibly worse. */
  veryUneven: 3,
  /** With fewer, a fold of five measures a class on less than four images. */
  tinyClass: 20,
  /** With fewer on average, simple methods rival a network trained from scratch (Arora et al. 2020: below some 64). */
  fewPerClass: 100,
  /** Difference of brightness in standard deviations between images (0.2 is called small: Cohen 1988) … */
  shift: 0.3,
  /** … and in standard errors. */
  shiftSure: 3,
} as const;

const T = AUDIT_THRESHOLDS;

const unreadable: AuditRule = ({ skipped, counts }) => {
  const images = total(counts);
  if (skipped.length === 0) {
    return [good("files-readable", `All ${counted(images, "image file")} could be read.`)];
  }
  const reasons = [...new Set(skipped.map(({ reason }) => reason))];
  const named = listed(skipped.map(({ path, reason }) => `${path} (${reason})`), 3);
  return [finding({
    code: "unreadable-files",
    severity: "warning",
    sentence: `${counted(skipped.length, "file is", "files are")} left out: ${named}.`,
    evidence: [
      count("audit.skipped", "Files left out", skipped.length),
      count("audit.images", "Images that could be read", images),
    ],
    remedy: reasons.length === 1 && skipped.length > 1
      ? sentenceOf(skipped[0].remedy)
      : "What to do about each is in the table of the audit; the first: " + sentenceOf(skipped[0].remedy),
  })];
};

const duplicates: AuditRule = ({ duplicates: found, counts }) => {
  const { sameClass, acrossClasses, developmentAndTest, trainAndValidation } = found;
  if ([sameClass, acrossClasses, developmentAndTest, trainAndValidation].every(({ length }) => length === 0)) {
    return [good("no-duplicates", `No exact duplicates among ${counted(total(counts), "image")}.`)];
  }
  const about = (sets: readonly DuplicateSet[], code: string, severity: Severity, what: string, remedy: string) =>
    sets.length === 0 ? [] : [finding({
      code,
      severity,
      sentence: `${counted(sets.length, "picture is", "pictures are")} ${what}: ${
        listed(sets.map(({ paths }) => listed(paths, 2)), 2)
      }.`,
      evidence: [count(`audit.${code}`, "Pictures", sets.length)],
      remedy,
    })];
  return [
    ...about(
      developmentAndTest,
      "duplicates-across-splits",
      "error",
      "both in the test set and outside of it",
      "Keep one copy, or give the copies the same group: a test on images that were trained on measures nothing.",
    ),
    ...about(
      trainAndValidation,
      "duplicates-across-folders",
      "error",
      "both in the training and in the validation folder",
      "Keep one copy, or give the copies the same group: else validation measures what was learnt by heart.",
    ),
    ...about(
      acrossClasses,
      "duplicates-across-classes",
      "error",
      "there more than once with different labels",
      "Decide which class is right and delete the other copies: at least one label is wrong.",
    ),
    ...about(
      sameClass,
      "duplicates-in-class",
      "warning",
      "there more than once in the same class",
      "Keep one copy of each: copies can end up on both sides of a split and flatter the score.",
    ),
  ];
};

const imbalance: AuditRule = ({ counts: { classes, development }, imbalance: ratio }) => {
  const smallest = at(development, Math.min), largest = at(development, Math.max);
  const range = `${development[smallest]} to ${counted(development[largest], "image")} per class`;
  if (ratio <= T.uneven) return [good("classes-even", `The classes are even: ${range} for training and validation.`)];
  const severe = ratio >= T.veryUneven;
  return [finding({
    code: "class-imbalance",
    severity: severe ? "warning" : "info",
    sentence: `The classes are uneven: ${classes[largest]} has ${counted(development[largest], "image")}, ${
      classes[smallest]
    } has ${development[smallest]}.`,
    evidence: [{
      id: "audit.imbalance",
      label: "Images of the largest class for one of the smallest",
      value: Number(ratio.toPrecision(2)),
      unit: "number",
    }],
    chart: "class-counts",
    remedy: "Look at balanced accuracy beside accuracy" +
      (severe ? ", and collect images of the small classes or weight them higher in training." : "."),
  })];
};

const tinyClasses: AuditRule = ({ counts: { classes, development } }) => {
  const tiny = classes.filter((_, k) => development[k] < T.tinyClass);
  if (tiny.length === 0) return [];
  return [finding({
    code: "tiny-classes",
    severity: "warning",
    sentence:
      `${counted(tiny.length, "class has", "classes have")} fewer than ${T.tinyClass} images for training and ` +
      `validation: ${listed(tiny)}. What is measured on them is mostly chance.`,
    evidence: tiny.slice(0, 6).map((name) =>
      count(`audit.images.${name}`, `Images of ${name}`, development[classes.indexOf(name)])
    ),
    remedy: "Collect more images of them, or merge them with a similar class.",
    chart: "class-counts",
  })];
};

const fewImages: AuditRule = ({ counts: { classes, development } }) => {
  const perClass = sum(development) / classes.length;
  if (perClass >= T.fewPerClass) return [];
  return [finding({
    code: "few-images-per-class",
    severity: "info",
    sentence: `There are about ${Math.round(perClass)} images per class for training and validation: few to train a ` +
      "network from scratch.",
    evidence: [count("audit.images-per-class", "Images per class, on average", Math.round(perClass))],
    remedy: "Cross-validate instead of holding out once, vary the training images, and try a pre-trained network.",
    chart: "class-counts",
  })];
};

const smallImages: AuditRule = ({ sizes: { odd, workingSize } }) => {
  const small = odd.filter(({ width, height }) => Math.min(width, height) < workingSize);
  const strange = odd.filter((image) => !small.includes(image));
  return [
    ...(small.length === 0 ? [] : [finding({
      code: "images-smaller-than-working-size",
      severity: "warning",
      sentence:
        `${counted(small.length, "image is", "images are")} smaller than the ${workingSize} pixels that all are ` +
        `brought to, so ${small.length === 1 ? "it is" : "they are"} enlarged and blurred: ${shapes(small)}.`,
      evidence: [count("audit.small-images", "Images that are enlarged", small.length)],
      remedy: "Find larger originals, or work at a smaller size.",
    })]),
    ...(strange.length === 0 ? [] : [finding({
      code: "odd-sizes",
      severity: "info",
      sentence: `${counted(strange.length, "image differs", "images differ")} much from the others in size or shape: ${
        shapes(strange)
      }.`,
      evidence: [count("audit.odd-sizes", "Images of odd size or shape", strange.length)],
      remedy: "Look at them: cutting to a square may cut off what matters, and they may come from another source.",
    })]),
  ];
};

const groups: AuditRule = ({ groups: { known, n, sizes, spanning, acrossClasses } }) => {
  if (!known) return [groupsUnknown()];
  const mixed = acrossClasses === 0 ? [] : [finding({
    code: "groups-across-classes",
    severity: "info",
    sentence: `${counted(acrossClasses, "group has", "groups have")} images of several classes.`,
    evidence: [count("audit.groups-across-classes", "Groups with several classes", acrossClasses)],
    remedy: "That is as it should be where a group is a person or a place; where it is a thing, labels may be wrong.",
  })];
  if (spanning.length === 0) {
    const most = sizes.max === 1 ? "" : ` (of up to ${counted(sizes.max, "image")} each)`;
    return [
      ...mixed,
      good("groups-kept-together", `None of ${counted(n, "group")}${most} is on both sides of the test seal.`),
    ];
  }
  return [
    finding({
      code: "groups-across-splits",
      severity: "error",
      sentence: `${
        counted(spanning.length, "group has", "groups have")
      } images both in the test set and outside of it: ${listed(spanning.map(({ group }) => group), 3)}.`,
      evidence: [count("audit.groups-across-splits", "Groups on both sides", spanning.length)],
      remedy:
        "Move each of these groups to one side, or take the test folder away and let the test set be drawn by group.",
    }),
    ...mixed,
  ];
};

const brightnessShift: AuditRule = ({ colour: { development, sealed } }) => {
  if (development.n < 2 || sealed.n < 2) return [];
  const difference = sealed.brightness - development.brightness;
  const spread = Math.sqrt((development.brightnessSd ** 2 + sealed.brightnessSd ** 2) / 2);
  const error = Math.sqrt(development.brightnessSd ** 2 / development.n + sealed.brightnessSd ** 2 / sealed.n);
  const clear = Math.abs(difference) > T.shift * spread && Math.abs(difference) > T.shiftSure * error;
  const figures: Figure[] = [["development", development], ["test", sealed]].map((pair) => {
    const [name, { brightness, n }] = pair as [string, typeof sealed];
    return {
      id: `audit.brightness.${name}`,
      label: `Mean brightness of the ${name} images (0 to 255)`,
      value: Math.round(brightness),
      unit: "number",
      n,
    };
  });
  if (!clear) {
    return [good("same-brightness", "The test images are about as bright as the others.", figures)];
  }
  return [finding({
    code: "brightness-shift",
    severity: "warning",
    sentence: `The test images are ${difference > 0 ? "brighter" : "darker"} than the others: ${
      formatNumber(sealed.brightness, 0)
    } against ${formatNumber(development.brightness, 0)} of 255 on average. They may come from another source.`,
    evidence: figures,
    remedy:
      "If new images will look like the test images, get some of that kind for training; else draw the test set " +
      "at random.",
  })];
};

export const AUDIT_RULES: readonly AuditRule[] = [
  duplicates,
  groups,
  unreadable,
  tinyClasses,
  imbalance,
  smallImages,
  brightnessShift,
  fewImages,
];

function good(code: string, sentence: string, evidence: readonly Figure[] = []): FindingRecord {
  return finding({ code, severity: "good", sentence, evidence });
}

function count(id: string, label: string, value: number): Figure {
  return { id, label, value, unit: "count" };
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}

function total({ development, sealed }: AuditFacts["counts"]): number {
  return sum(development) + sum(sealed);
}

function at(values: readonly number[], pick: (...values: number[]) => number): number {
  return values.indexOf(pick(...values));
}

function shapes(images: AuditFacts["sizes"]["odd"]): string {
  return listed(images.map(({ path, width, height }) => `${path} (${width}×${height})`), 3);
}

/** A clause as a sentence: "delete it" becomes "Delete it." */
function sentenceOf(clause: string): string {
  const text = clause.trim();
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");
}
