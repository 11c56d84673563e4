import { Audit, audit, type AuditFacts, type Dataset } from "../dataset/mod.ts";
import { type FindingRecord, FindingView, progress } from "../display/mod.ts";
import { AUDIT_RULES } from "./_audit_rules.ts";
import { groupsSuggested } from "./audit/groups_suggested.ts";
import { nearDuplicateRules } from "./audit/near_duplicates.ts";
import { LOOKING_RULES } from "./audit/rules.ts";
import { worstFirst } from "./finding.ts";
import { pause } from "./_pause.ts";

/** From so many images on, looking takes long enough for a progress display. */
const MANY = 3000;

/**
 * What a data set's audit means: files that cannot be read, exact and near duplicates, uneven or tiny classes, groups on
 * both sides of the seal and groups that nobody named, small images; whether a small part of the picture or the file
 * alone gives the class away; and whether test images (or those of a validation folder) are turned, or differ in
 * colour, brightness or size. The worst comes first, and what was looked for and is fine is said too.
 *
 * Takes about 6 seconds for 1,000 images; from 2,000 images on, what needs a model looks at some thousand of them.
 *
 * @param of A data set, which is then audited (that reads the pixels of the sealed test set, not its labels, and is
 *   written into the ledger), or the audit itself, where there is one already.
 */
export async function dataAudit(of: Dataset | Audit): Promise<FindingView> {
  const audited = of instanceof Audit ? of : await audit(of);
  const { source } = audited;
  const looks: (() => FindingRecord[] | Promise<FindingRecord[]>)[] = [
    ...LOOKING_RULES.map((rule) => () => rule(source)),
    () => groupsSuggested(audited),
  ];
  const bar = source.dataset.records.length >= MANY
    ? progress({ label: "Looking for shortcuts and shifts", total: looks.length })
    : null;
  const seen: FindingRecord[] = [];
  try {
    for (const [done, look] of looks.entries()) {
      bar?.update(done);
      seen.push(...await look());
      await pause();
    }
  } finally {
    await bar?.finish();
  }
  return new FindingView(worstFirst([...auditFindings(audited).findings, ...seen]));
}

/** What the facts of an audit alone say, without another look at the pictures. */
export function auditFindings(facts: AuditFacts): FindingView {
  return new FindingView(worstFirst([...AUDIT_RULES, nearDuplicateRules].flatMap((rule) => rule(facts))));
}
