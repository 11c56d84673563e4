import { type Audit, type SuggestedGroups, suggestGroups } from "../../dataset/mod.ts";
import { type FindingRecord, formatCount } from "../../display/mod.ts";
import { finding } from "../finding.ts";
import { counted, percent } from "../_words.ts";

/** Only near-duplicates, and fewer images than that: they have findings of their own. */
const FEW = 0.02;

/** Where no groups are known: which ones file names and pictures suggest. */
export async function groupsSuggested(audit: Audit): Promise<FindingRecord[]> {
  return audit.groups.known ? [] : suggestedGroupsFindings(await suggestGroups(audit));
}

/** What suggested groups mean. Empty where nothing is suggested. */
export function suggestedGroupsFindings({ chosen, rows, groups, n, nearSets }: SuggestedGroups): FindingRecord[] {
  if (chosen === null && rows.length <= FEW * n) return [];
  const found = `${counted(groups, "group")} of together ${formatCount(rows.length)} of ${formatCount(n)} images`;
  return [finding({
    code: "groups-suggested",
    severity: chosen === null ? "info" : "warning",
    sentence: chosen === null
      ? `${counted(nearSets, "set")} of nearly the same picture should be kept together: ${found}.`
      : `Images seem to come in groups, by ${chosen.words}: ${found}. Two images of a group are more alike than two ` +
        `others of the same classes in ${percent(chosen.closer)} of the cases (50 % would be chance).`,
    evidence: [
      { id: "audit.suggested-groups", label: "Suggested groups", value: groups, unit: "count" },
      { id: "audit.suggested-groups.images", label: "Images in them", value: rows.length, unit: "count" },
      ...(chosen === null ? [] : [
        {
          id: "audit.suggested-groups.closer",
          label: "Pairs within a group that are more alike than strangers",
          value: chosen.closer,
          unit: "share" as const,
          n: chosen.pairs,
        },
      ]),
    ],
    remedy:
      "Write them to a file with deno task groups --data DIR, look through it, and put it into the images' folder " +
      "as groups.csv: every split then keeps them together.",
  })];
}
