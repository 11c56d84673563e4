import {
  escapeTerminal,
  type FindingRecord,
  formatBasis,
  formatFigure,
  gainText,
  SEVERITY_MARKS,
} from "../display/mod.ts";
import { findingsSummary, keyFigures, type NotebookResult, rankedFindings } from "../report/mod.ts";

const MOST_FINDINGS = 5;

/** Errors and warnings as they come: what was found, and below it what to do and what that is measured to bring. */
export function findingsText(findings: readonly FindingRecord[]): string {
  return findings.filter(({ severity }) => severity === "error" || severity === "warning")
    .flatMap(({ severity, sentence, remedy, expectedGain }) => [
      `  ${SEVERITY_MARKS[severity].mark} ${sentence}`,
      `    ${[remedy, ...(expectedGain === undefined ? [] : [gainText(expectedGain)])].join(" ")}`,
    ])
    .filter((line) => line.trim() !== "")
    .map(escapeTerminal).join("\n");
}

/** What the terminal says of a report at its end: the key figures, and the gravest findings. */
export function summaryText(results: readonly NotebookResult[]): string {
  const figures = keyFigures(results).map(({ item }) => {
    const basis = formatBasis(item);
    return `  ${item.label}: ${formatFigure(item)}${basis === "" ? "" : ` (${basis})`}`;
  });
  const findings = rankedFindings(results).map(({ item }) => item);
  const grave = findings.filter(({ severity }) => severity === "error" || severity === "warning");
  return [
    ...(figures.length === 0 ? [] : ["Key figures", ...figures]),
    `Findings: ${findingsSummary(findings)}`,
    ...grave.slice(0, MOST_FINDINGS).map(({ severity, sentence }) => `  ${SEVERITY_MARKS[severity].mark} ${sentence}`),
    ...(grave.length > MOST_FINDINGS ? [`  and ${grave.length - MOST_FINDINGS} more`] : []),
  ].map(escapeTerminal).join("\n");
}
