import type { NearDuplicate } from "../../dataset/mod.ts";
import { type Figure, type FindingRecord, formatNumber, type Severity } from "../../display/mod.ts";
import type { AuditRule } from "../_audit_rules.ts";
import { finding } from "../finding.ts";
import { counted, listed } from "../_words.ts";

/**
 * Share of the test images that must have a nearly identical picture in training for the test to be called wrong: from
 * there on, knowing them by heart moves the accuracy by a point.
 */
const MATTERS = 0.01;

/** What nearly the same pictures do, by where they are. */
export const nearDuplicateRules: AuditRule = ({ nearDuplicates: found, counts }) => {
  const { developmentAndTest, trainAndValidation, acrossClasses, sameClass } = found;
  if ([developmentAndTest, trainAndValidation, acrossClasses, sameClass].every(({ length }) => length === 0)) {
    return [finding({
      code: "no-near-duplicates",
      severity: "good",
      sentence: "No two pictures are nearly the same, copies that were cut, scaled, mirrored or encoded anew included.",
    })];
  }
  const tested = counts.sealed.reduce((sum, n) => sum + n, 0);
  return [
    ...about(
      developmentAndTest,
      "near-duplicates-across-splits",
      identical(developmentAndTest).length > MATTERS * tested ? "error" : "warning",
      "are on both sides of the test seal",
      "Keep one of each, or give them the same group: a test on pictures that were trained on measures memory.",
    ),
    ...about(
      trainAndValidation,
      "near-duplicates-across-folders",
      identical(trainAndValidation).length > 0 ? "warning" : "info",
      "are in the training and in the validation folder",
      "Keep one of each, or give them the same group: else validation measures what was learnt by heart.",
    ),
    ...about(
      acrossClasses,
      "near-duplicates-across-classes",
      identical(acrossClasses).length > 0 ? "warning" : "info",
      "have different labels",
      "Look at them: where they show the same thing, one label is wrong.",
    ),
    ...about(
      sameClass,
      "near-duplicates-in-class",
      identical(sameClass).length > 0 ? "warning" : "info",
      "are in the same class",
      "Keep one of each, or give them the same group: they can end up on both sides of a split and flatter the score.",
    ),
  ];
};

function about(
  pairs: readonly NearDuplicate[],
  code: string,
  severity: Severity,
  what: string,
  remedy: string,
): FindingRecord[] {
  if (pairs.length === 0) return [];
  const same = identical(pairs).length;
  const [closest] = pairs;
  const evidence: Figure[] = [
    { id: `audit.${code}`, label: "Pairs of nearly the same picture", value: pairs.length, unit: "count" },
    { id: `audit.${code}.identical`, label: "… that are one picture, encoded or cut anew", value: same, unit: "count" },
    {
      id: `audit.${code}.closest`,
      label: `Likeness of the closest pair (${closest.by === "pixels" ? "correlation of pixels" : closest.by})`,
      value: Number(closest.alike.toFixed(3)),
      unit: "number",
    },
  ];
  return [finding({
    code,
    severity,
    sentence: `${
      counted(pairs.length, "pair of pictures that are nearly the same", "pairs of pictures that are nearly the same")
    } ${pairs.length === 1 ? what.replace(/^are /, "is ").replace(/^have /, "has ") : what}: ${
      listed(pairs.map(({ paths, alike }) => `${paths.join(" and ")} (${formatNumber(alike, 2)})`), 2)
    }.`,
    evidence,
    remedy,
  })];
}

function identical(pairs: readonly NearDuplicate[]): readonly NearDuplicate[] {
  return pairs.filter((pair) => pair.identical);
}
