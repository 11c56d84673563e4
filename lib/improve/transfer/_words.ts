import type { Figure } from "../../display/mod.ts";
import type { Interval } from "../../stats/mod.ts";
import type { HeadSpec } from "../../train/mod.ts";
import type { Candidate, Family } from "./selection.ts";

export const FAMILY_NAMES: Readonly<Record<Family, string>> = {
  discriminant: "Shrunken discriminant",
  logistic: "Logistic regression",
  "class-mean": "Nearest class mean",
  nearest: "Nearest neighbours",
  mlp: "Small MLP",
};

/** "shrinkage 0.3", "C = 30", "5 neighbours". */
export function settingOf(head: HeadSpec): string {
  switch (head.kind) {
    case "discriminant":
      return `shrinkage ${head.shrinkage}`;
    case "logistic":
      return `C = ${head.c}`;
    case "class-mean":
      return "";
    case "nearest":
      return head.k === 1 ? "1 neighbour" : `${head.k} neighbours`;
    case "mlp":
      return `${head.units} units, ${head.epochs} epochs`;
  }
}

/** "Shrunken discriminant (shrinkage 0.3) on 7 taps, average and max, mirrored too". */
export function candidateText({ set, head }: Candidate): string {
  const setting = settingOf(head);
  return `${FAMILY_NAMES[head.kind]}${setting === "" ? "" : ` (${setting})`} on ${set.label}`;
}

/** What of an interval a figure shows. */
export function bounds(
  { estimate, low, high, n, groups, method }: Interval,
): Pick<Figure, "value" | "low" | "high" | "n" | "groups" | "method"> {
  return { value: estimate, low, high, n, groups, method };
}

/** Lower case and hyphens, for ids. */
export function slug(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
}
