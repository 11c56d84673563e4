import type { Dataset } from "../../dataset/mod.ts";
import {
  escapeHtml,
  escapeTerminal,
  type Figure,
  formatCount,
  formatFigure,
  formatSeconds,
  gainWords,
  type ResultRecord,
  Shown,
  type Table,
  tableHtml,
  tableText,
} from "../../display/mod.ts";
import { compare } from "../../diagnose/mod.ts";
import { type Advice, advice } from "../../pipeline/mod.ts";
import { bounds } from "./_words.ts";
import type { Levers } from "./levers.ts";

/** One thing to do. */
export interface NextStep {
  readonly what: string;
  /** In points; null where nobody measured it. */
  readonly gain: Figure | null;
  /** Of the machine; null where nobody knows. */
  readonly minutes: number | null;
  /** To collect, to label or to look at. */
  readonly images: number | null;
  readonly notebook: string;
}

/** What to do next, that first which is surest to bring something. */
export class NextSteps extends Shown {
  constructor(readonly steps: readonly NextStep[]) {
    super();
  }

  override html(): string {
    return tableHtml(this.table()) + `<p class="plateau-note">${escapeHtml(NOTE)}</p>`;
  }

  override text(): string {
    return `${tableText(this.table())}\n${escapeTerminal(NOTE)}`;
  }

  override record(): ResultRecord {
    return { tables: [this.table()] };
  }

  table(): Table {
    return {
      id: "next-steps",
      title: "What to do next",
      columns: [
        { key: "what", label: "What" },
        { key: "gain", label: "Expected gain" },
        { key: "told", label: "" },
        { key: "minutes", label: "Machine time" },
        { key: "images", label: "Images to collect or look at" },
        { key: "notebook", label: "Notebook" },
      ],
      rows: this.steps.map(({ what, gain, minutes, images, notebook }) => ({
        what,
        gain: gain === null ? "not measured" : formatFigure(gain),
        told: gain === null ? "" : gainWords(gain).heading,
        minutes: minutes === null ? "not known" : minutes < 1 / 60 ? "none" : formatSeconds(Math.ceil(60 * minutes)),
        images: images === null ? "not known" : images === 0 ? "none" : formatCount(images),
        notebook,
      })),
    };
  }
}

const NOTE =
  "Ordered by the lower end of the gain's interval: what is surest to bring something comes first. Gains of the " +
  "levers are against where it began, on the same images; gains of different rows do not add up.";

/**
 * Ranks what could be done: each lever of the waterfall against where it began, and what notebooks advise.
 *
 * @param further Advice that is not kept, as from results of this notebook.
 */
export async function nextSteps(
  images: Dataset,
  levers: Levers,
  further: readonly Advice[] = [],
): Promise<NextSteps> {
  const [first, ...others] = levers.steps;
  const ofLevers = others.map(({ offer, scored }): NextStep => {
    const { difference } = compare(first.scored, scored, images);
    return {
      what: offer.lever,
      gain: {
        id: `next.${offer.name}`,
        label: `instead of ${first.offer.name}`,
        unit: "points",
        ...bounds(difference),
      },
      minutes: offer.seconds / 60,
      images: 0,
      notebook: offer.notebook,
    };
  });
  const advised = [...await advice(images), ...further].map((
    { finding, minutes, images: many, notebook },
  ): NextStep => ({
    what: finding.remedy,
    gain: finding.expectedGain ?? null,
    minutes,
    images: many,
    notebook,
  }));
  const sure = ({ gain }: NextStep) => gain === null ? -Infinity : gain.low ?? gain.value;
  return new NextSteps([...ofLevers, ...advised].toSorted((a, b) => sure(b) - sure(a)));
}
