import { formatBasis, formatFigure } from "./format.ts";
import type { Figure } from "./record.ts";

/** What a remedy is measured to bring, in words: a heading, and what follows it. */
export interface GainWords {
  readonly heading: string;
  readonly text: string;
  /** What the number rests on; empty where nothing is known. */
  readonly basis: string;
}

/** Says a measured effect everywhere alike. Where its interval contains 0, that no effect can be told comes first. */
export function gainWords(gain: Figure): GainWords {
  const { label, value, low = value, high = value } = gain;
  const number = formatFigure(gain), basis = formatBasis(gain);
  if (low <= 0 && high >= 0) return { heading: "No effect can be told", text: `${number} (${label})`, basis };
  const how = gain.predicted ? "Predicted" : "Measured";
  return { heading: `${how} ${low > 0 ? "gain" : "loss"}`, text: `${label}, ${number}`, basis };
}
