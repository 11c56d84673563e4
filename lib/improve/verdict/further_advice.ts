import type { HumanBaseline, LabelErrors, Predictions } from "../../diagnose/mod.ts";
import type { Advice } from "../../pipeline/mod.ts";
import { formatInterval } from "../../display/mod.ts";
import { counted } from "./_words.ts";

/** Results of diagnoses that advise something beyond the levers. */
export interface FurtherResults {
  readonly doubts: Pick<LabelErrors, "suspects">;
  /** Null where nobody has answered. */
  readonly people: Pick<HumanBaseline, "people" | "model"> | null;
  readonly best: Pick<Predictions, "name">;
}

/**
 * What to look through and whom to ask: labels that are in doubt, and people, who tell how much there is to gain at most.
 * Nobody has measured what the first brings; the second is a ceiling, no promise, so neither has a gain.
 */
export function furtherAdvice({ doubts, people, best }: FurtherResults): Advice[] {
  const suspects = doubts.suspects.length;
  const list: Advice[] = [];
  if (suspects > 0) {
    list.push({
      notebook: "06",
      finding: {
        code: "label-doubts",
        sentence: `${counted(suspects, "label")} are in doubt.`,
        remedy: `Look through the ${
          counted(suspects, "image")
        } whose label is in doubt, and correct those that are wrong.`,
      },
      minutes: 0,
      images: suspects,
    });
  }
  if (people === null || people.people === null) {
    list.push({
      notebook: "04",
      finding: {
        code: "ceiling-unknown",
        sentence: "Nobody has answered the quiz.",
        remedy:
          "Ask people the quiz (`deno task label --rater NAME`): without it nobody knows how much there is to gain.",
      },
      minutes: 0,
      images: 100,
    });
  } else {
    list.push({
      notebook: "04",
      finding: {
        code: "ceiling",
        sentence: `People get ${formatInterval(people.people)} right.`,
        remedy: `People get ${formatInterval(people.people)} of the images they were asked about right` +
          (people.model === null ? "" : `, ${best.name} ${formatInterval(people.model.accuracy)} of the same`) +
          ": what lies between is what the images still hold. Look at those that people know and it does not (notebook 04).",
      },
      minutes: 0,
      images: people.people.n,
    });
  }
  return list;
}
