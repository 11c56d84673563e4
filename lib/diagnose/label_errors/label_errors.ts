import {
  escapeHtml,
  type Figure,
  type FindingRecord,
  FindingView,
  formatCount,
  formatInterval,
  formatShare,
  ImageGrid,
  type ResultRecord,
  Shown,
  type Table,
  tableHtml,
  tableText,
} from "../../display/mod.ts";
import type { Fold } from "../../dataset/mod.ts";
import { applyTemperature, bootstrapInterval, fitTemperature, type Interval, Random } from "../../stats/mod.ts";
import type { ProbeableImages } from "../../train/mod.ts";
import { DiagnosisError } from "../errors.ts";
import { finding } from "../finding.ts";
import { groupsOf } from "../images.ts";
import { picture, type PicturedImages } from "../_pictures.ts";
import type { Predictions } from "../predictions.ts";
import { probe, type ProbeOptions } from "../probe.ts";
import { counted } from "../_words.ts";
import { canBeJudged, groupsAreOfOneClass, labelsAreToBlame, type NoiseEvidence, noiseEvidence } from "./_evidence.ts";
import { confidentJoint, estimatedErrors, suspectsOf } from "./confident_learning.ts";
import { bounds } from "../_bounds.ts";

/** Images that can be probed as well; `Dataset` of `lib/dataset` is one. */
export interface ProbedImages extends PicturedImages, ProbeableImages {
  readonly name: string;
  readonly records: readonly {
    readonly label: number;
    readonly group: string;
    readonly path: string;
    readonly hash: string;
  }[];
  folds(k: number, options: { readonly by: Fold["by"]; readonly seed: number }): Fold[];
}

/** How label errors are looked for. */
export interface LabelErrorOptions extends ProbeOptions {
  /** Out-of-fold predictions of any origin; by default a linear probe on folds by image. */
  readonly predictions?: Predictions;
  /** Of that probe; 5 by default. */
  readonly folds?: number;
}

/** An image whose label should be looked at. */
export interface LabelSuspect {
  /** Index into the data set's records. */
  readonly image: number;
  readonly given: number;
  readonly suggested: number;
  /** Probability of the given class, and of the suggested one. */
  readonly selfConfidence: number;
  readonly suggestedConfidence: number;
  /** Images of the same group, and how many of them have the suggested label; 0 where groups say nothing. */
  readonly mates: number;
  readonly matesForSuggested: number;
}

/** Pictures in a row of the gallery. */
const IN_A_ROW = 6;

/** What there is to know, for the constructor. */
interface Facts {
  readonly evidence: NoiseEvidence;
  /** Share of wrong labels by confident learning. */
  readonly estimated: Interval;
  /** Suspects that the same model would name if every label were as it says. */
  readonly expected: number;
  readonly source: string;
  readonly n: number;
}

/** Labels worth a second look. Displays itself as a table; `gallery()` shows the images, `findings` says it in words. */
export class LabelErrors extends Shown {
  /** The most suspect first. */
  readonly suspects: readonly LabelSuspect[];
  readonly evidence: NoiseEvidence;
  /** The share of labels that are wrong, by confident learning: too high where the model itself is often wrong. */
  readonly estimated: Interval;
  /** How many suspects this model would name by its own uncertainty alone. */
  readonly expected: number;
  readonly #facts: Facts;
  readonly #dataset: PicturedImages;

  constructor(suspects: readonly LabelSuspect[], facts: Facts, dataset: PicturedImages) {
    super();
    this.suspects = suspects;
    this.evidence = facts.evidence;
    this.estimated = facts.estimated;
    this.expected = facts.expected;
    this.#facts = facts;
    this.#dataset = dataset;
  }

  /** Whether so many labels are wrong that it has to be said. */
  get noisy(): boolean {
    return labelsAreToBlame(this.evidence);
  }

  get findings(): FindingView {
    return new FindingView([this.noisy ? this.#wrongLabels() : this.#worthALook()]);
  }

  /** The numbers that the findings rest on. */
  figures(): Figure[] {
    const { sure, farOff, contradicted } = this.evidence;
    return [
      {
        id: "label-errors.sure",
        label: "Surest quarter of predictions that agree with the given label",
        ...bounds(sure),
        unit: "share",
      },
      ...(farOff === null ? [] : [{
        id: "label-errors.far-off",
        label: "Wrong labels, by those that the surest quarter finds far off",
        ...bounds(farOff),
        unit: "share" as const,
      }]),
      ...(contradicted === null ? [] : [{
        id: "label-errors.contradicted",
        label: "Wrong labels, by group mates that disagree",
        ...bounds(contradicted),
        unit: "share" as const,
      }]),
      {
        id: "label-errors.estimated",
        label: "Wrong labels, by confident learning (the model's own mistakes included)",
        ...bounds(this.estimated),
        unit: "share",
      },
      { id: "label-errors.suspects", label: "Labels worth a look", value: this.suspects.length, unit: "count" },
      {
        id: "label-errors.expected",
        label: "As many by the model's uncertainty alone",
        value: Math.round(this.expected),
        unit: "count",
      },
    ];
  }

  /** One row per suspect: `report.json` and the CSV file have them all. */
  table(most = this.suspects.length): Table {
    const { classes, records } = this.#dataset;
    const mates = this.suspects.some((suspect) => suspect.mates > 0);
    return {
      id: "label-errors",
      title: most < this.suspects.length
        ? `Labels worth a look: the first ${most} of ${formatCount(this.suspects.length)}`
        : "Labels worth a look",
      columns: [
        { key: "path", label: "Image" },
        { key: "given", label: "Given label" },
        { key: "suggested", label: "Suggested" },
        { key: "pGiven", label: "p given", unit: "share" },
        { key: "pSuggested", label: "p suggested", unit: "share" },
        ...(mates ? [{ key: "mates", label: "Group mates for it" }] : []),
      ],
      rows: this.suspects.slice(0, most).map((suspect) => ({
        path: records[suspect.image].path,
        given: classes[suspect.given],
        suggested: classes[suspect.suggested],
        pGiven: suspect.selfConfidence,
        pSuggested: suspect.suggestedConfidence,
        ...(mates ? { mates: matesText(suspect) } : {}),
      })),
    };
  }

  /**
   * The most suspect images, the first ones first; below each the given label, the suggested one and how likely that is.
   *
   * @param options `most`: 24 by default.
   */
  async gallery({ most = 24 }: { readonly most?: number } = {}): Promise<ImageGrid> {
    const { classes } = this.#dataset;
    const images = await Promise.all(
      this.suspects.slice(0, most).map(({ image, given, suggested, suggestedConfidence }) =>
        picture(this.#dataset, image, `${classes[given]}, or ${classes[suggested]}? (${percent(suggestedConfidence)})`)
      ),
    );
    const rows = [];
    for (let start = 0; start < images.length; start += IN_A_ROW) {
      const row = images.slice(start, start + IN_A_ROW);
      rows.push({ label: row.length === 1 ? `${start + 1}` : `${start + 1} to ${start + row.length}`, images: row });
    }
    return new ImageGrid({
      title: images.length === 0 ? "No label looks wrong" : "Are these labels right? The most suspect first",
      alt: `${images.length} images whose given label a model and, where known, their group mates doubt`,
      rows,
    });
  }

  override html(): string {
    return this.suspects.length === 0
      ? `<p class="plateau-note">${escapeHtml("No label looks wrong.")}</p>`
      : tableHtml(this.table(15));
  }

  override text(): string {
    return this.suspects.length === 0 ? "No label looks wrong." : tableText(this.table(15));
  }

  override record(): ResultRecord {
    return { figures: this.figures(), ...(this.suspects.length === 0 ? {} : { tables: [this.table()] }) };
  }

  #wrongLabels(): FindingRecord {
    const { farOff, contradicted } = this.evidence;
    const by = [
      ...(farOff === null ? [] : [
        `${
          formatInterval(farOff)
        } judging by labels that do not fit at all among the ${farOff.n} images that ${this.#facts.source} is surest of`,
      ]),
      ...(contradicted === null ? [] : [`${formatInterval(contradicted)} judging by images of the same group`]),
    ];
    return finding({
      code: "label-errors",
      severity: "warning",
      sentence: `Many of the ${formatCount(this.#facts.n)} labels are probably wrong: ${by.join(", and ")}. A hard ` +
        `problem alone does not do that. ${counted(this.suspects.length, "label is", "labels are")} worth a look.`,
      evidence: this.figures(),
      remedy: "Look through the suspects, the first ones first, and correct them in a copy of the data. No model can " +
        "be measured above the share of right labels.",
    });
  }

  #worthALook(): FindingRecord {
    const { evidence, suspects } = this;
    const judged = canBeJudged(evidence);
    const { farOff, contradicted } = evidence;
    const seen = [
      ...(farOff === null ? [] : [`${formatInterval(farOff)} judging by the model's surest predictions`]),
      ...(contradicted === null ? [] : [`${formatInterval(contradicted)} judging by images of the same group`]),
    ].join(", ");
    return finding({
      code: judged ? "labels-worth-a-look" : "labels-cannot-be-judged",
      severity: judged && suspects.length === 0 ? "good" : "info",
      sentence: `${
        judged
          ? `Nothing says that many of the ${formatCount(this.#facts.n)} labels are wrong: ${seen}.`
          : `Whether many of the ${formatCount(this.#facts.n)} labels are wrong cannot be told: of its surest ` +
            `predictions, ${this.#facts.source} gets ${formatInterval(evidence.sure)} right, too few to judge by.`
      } ${
        suspects.length === 0
          ? "No single label looks wrong."
          : `${counted(suspects.length, "label is", "labels are")} worth a look; a model this unsure would name about ${
            formatCount(Math.round(this.expected))
          } even if every label were right.`
      }`,
      evidence: this.figures(),
      remedy: suspects.length === 0 ? "" : "Look at the first row or two of the gallery; most will turn out right.",
    });
  }
}

/**
 * Looks for wrong labels by confident learning on out-of-fold probabilities, and among group mates.
 *
 * By default the probabilities come from a linear probe on folds **by image**, even where groups are known: to measure
 * how good a model is, group mates must not be on both sides of a split, but here they are welcome, because they are
 * what best knows the right label of an image whose own is wrong. Nothing here is an accuracy to quote.
 *
 * Where images of a group have the same class as a rule, an image that all its mates contradict is suspect whatever the
 * model says, and comes first.
 *
 * @param options `predictions`: of any other origin, out of fold.
 * @throws DiagnosisError for fewer than two images, or where probabilities are missing.
 * @throws Interrupted when the person stopped the probe.
 */
export async function labelErrors(dataset: ProbedImages, options: LabelErrorOptions = {}): Promise<LabelErrors> {
  const { seed = 1, folds = 5, ...rest } = options;
  const predictions = options.predictions ??
    await probe(dataset, dataset.folds(folds, { by: "image", seed }), { ...rest, seed });
  return labelErrorsOf(dataset, predictions, {
    seed,
    source: options.predictions ? predictions.name : "a linear probe",
  });
}

/** The same, of predictions that are there. */
export function labelErrorsOf(
  dataset: PicturedImages,
  predictions: Predictions,
  { seed = 1, source = predictions.name }: { readonly seed?: number; readonly source?: string } = {},
): LabelErrors {
  const classes = dataset.classes.length;
  const { images, probabilities } = predictions;
  if (images.length < 2) {
    throw new DiagnosisError(`Cannot look for label errors: it takes at least 2 images, there are ${images.length}`);
  }
  const labels = images.map((image) => dataset.records[image].label);
  const groups = groupsOf(dataset, images);
  const joint = confidentJoint(labels, probabilities, classes);
  const estimated = bootstrapInterval(
    (rows) => estimatedErrors(confidentJoint(labels, probabilities, classes, rows)),
    { n: images.length, ...(groups ? { groups } : {}), method: "percentile", resamples: 200, seed },
  );
  return new LabelErrors(
    suspectsAmong(dataset, predictions, labels, groups, joint.confident),
    {
      evidence: noiseEvidence(labels, probabilities, classes, groups, seed),
      estimated,
      expected: expectedSuspects(labels, probabilities, classes, seed),
      source,
      n: images.length,
    },
    dataset,
  );
}

function suspectsAmong(
  dataset: PicturedImages,
  { images, probabilities }: Predictions,
  labels: readonly number[],
  groups: readonly string[] | undefined,
  confident: Int32Array,
): LabelSuspect[] {
  const classes = dataset.classes.length;
  const telling = groups !== undefined && groupsAreOfOneClass(labels, groups);
  const members = new Map<string, number[]>();
  if (telling) groups.forEach((group, row) => members.set(group, [...(members.get(group) ?? []), row]));
  const matesOf = (row: number) => telling ? members.get(groups[row])!.filter((mate) => mate !== row) : [];
  const suspect = (row: number, suggested: number): LabelSuspect => {
    const mates = matesOf(row);
    return {
      image: images[row],
      given: labels[row],
      suggested,
      selfConfidence: probabilities[row * classes + labels[row]],
      suggestedConfidence: probabilities[row * classes + suggested],
      mates: mates.length,
      matesForSuggested: mates.filter((mate) => labels[mate] === suggested).length,
    };
  };
  const contradicted: LabelSuspect[] = [];
  const outvoted = new Set<number>();
  for (const row of labels.keys()) {
    const theirs = new Set(matesOf(row).map((mate) => labels[mate]));
    const [agreed] = theirs;
    // One mate alone could as well be the one that is wrong.
    if (matesOf(row).length < 2 || theirs.size > 1 || agreed === labels[row]) continue;
    contradicted.push(suspect(row, agreed));
    outvoted.add(row);
  }
  const doubted = suspectsOf(labels, probabilities, classes, { confident })
    .filter(({ row }) => !outvoted.has(row)).map(({ row, suggested }) => suspect(row, suggested));
  const margin = ({ selfConfidence, suggestedConfidence }: LabelSuspect) => selfConfidence - suggestedConfidence;
  return [...contradicted.sort((a, b) => margin(a) - margin(b)), ...doubted];
}

/**
 * How many suspects there would be if labels were drawn from the probabilities themselves, calibrated: what the model's
 * uncertainty makes of labels that are all right. The mean of 20 draws.
 */
function expectedSuspects(
  labels: readonly number[],
  probabilities: Float32Array,
  classes: number,
  seed: number,
): number {
  const calibrated = applyTemperature(probabilities, classes, fitTemperature(probabilities, labels, classes));
  const random = new Random(`${seed}/label-errors`);
  const DRAWS = 20;
  let found = 0;
  for (let draw = 0; draw < DRAWS; draw++) {
    const drawn = labels.map((_, row) => {
      let rest = random.next();
      for (let k = 0; k < classes; k++) if ((rest -= calibrated[row * classes + k]) < 0) return k;
      return classes - 1;
    });
    const { confident } = confidentJoint(drawn, calibrated, classes);
    found += drawn.filter((label, row) => confident[row] >= 0 && confident[row] !== label).length;
  }
  return found / DRAWS;
}

function matesText({ mates, matesForSuggested }: LabelSuspect): string {
  return mates === 0 ? "no mates" : `${matesForSuggested} of ${mates}`;
}

function percent(share: number): string {
  return formatShare(share, { n: 1 });
}
