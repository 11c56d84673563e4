import { Audit, audit, type AuditFacts, type Dataset } from "../dataset/mod.ts";
import { FindingView } from "../display/mod.ts";
import { AUDIT_RULES } from "./_audit_rules.ts";
import { worstFirst } from "./finding.ts";

/**
 * What a data set's audit means: files that cannot be read, duplicates, wrong labels, uneven or tiny classes, groups on
 * both sides of the seal, small images, and whether test images look different. The worst comes first, and what was
 * looked for and is fine is said too.
 *
 * @param of A data set, which is then audited (that reads the pixels of the sealed test set, not its labels, and is
 *   written into the ledger), or the audit itself, where there is one already.
 */
export async function dataAudit(of: Dataset | Audit): Promise<FindingView> {
  return auditFindings(of instanceof Audit ? of : await audit(of));
}

/** The same for facts that are there already. */
export function auditFindings(facts: AuditFacts): FindingView {
  return new FindingView(worstFirst(AUDIT_RULES.flatMap((rule) => rule(facts))));
}
