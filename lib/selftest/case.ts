import type { FindingRecord, Severity } from "../display/mod.ts";
import type { Look } from "./types.ts";

/** One finding that fired, without its words. */
export interface Fired {
  readonly code: string;
  readonly severity: Severity;
  /** Its first figure that counts something; null where it has none. */
  readonly count: number | null;
}

/** What the diagnoses said of one copy. */
export interface Case {
  /** Name of the fault planted; null for none. */
  readonly fault: string | null;
  readonly seed: number;
  /** The diagnoses that were asked. */
  readonly looks: readonly Look[];
  readonly fired: readonly Fired[];
  /** Diagnoses that this build does not have. */
  readonly missing: readonly Look[];
  /** Why a diagnosis failed; null where none did. */
  readonly error: string | null;
  readonly seconds: number;
}

export function firedOf(findings: readonly FindingRecord[]): Fired[] {
  return findings.map(({ code, severity, evidence }) => ({
    code,
    severity,
    count: evidence.find(({ unit }) => unit === "count")?.value ?? null,
  }));
}

const GRAVITY: readonly Severity[] = ["good", "info", "warning", "error"];

/**
 * The findings that tell a planted copy from the clean one of the same seed: of a code expected, not good news, and not
 * said of the clean copy too. What is said of both (real data do have wrong labels and near-duplicates) counts only
 * where it has become graver, or where it counts more of the same.
 */
export function telling(planted: Case, clean: Case, expects: readonly string[]): Fired[] {
  return planted.fired.filter((one) => {
    if (!expects.includes(one.code) || one.severity === "good") return false;
    const before = clean.fired.filter(({ code }) => code === one.code);
    return before.every(({ severity, count }) =>
      GRAVITY.indexOf(one.severity) > GRAVITY.indexOf(severity) ||
      (one.count !== null && count !== null && one.count > count)
    );
  });
}
