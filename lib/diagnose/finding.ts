import type { Figure, FindingRecord, Severity } from "../display/mod.ts";

/** What a diagnosis says, in the making: what is left out is empty. */
export interface FindingParts {
  /** Stable name in kebab-case, as "split-leakage". */
  readonly code: string;
  /**
   * `error`: results cannot be trusted until it is mended. `warning`: it probably costs accuracy. `info`: worth knowing.
   * `good`: looked for, and fine.
   */
  readonly severity: Severity;
  /** One plain sentence, or two, numbers included. */
  readonly sentence: string;
  readonly evidence?: readonly Figure[];
  /** What to do about it; needed for errors and warnings. */
  readonly remedy?: string;
  readonly expectedGain?: Figure;
  /** Id of the chart of the same notebook that shows the evidence. */
  readonly chart?: string;
}

/**
 * A finding that keeps the rules all findings follow.
 *
 * @throws TypeError when the code is not kebab-case, the sentence does not end as a sentence, or an error or a warning
 *   comes without a remedy: a person told of a problem must be told what to do.
 */
export function finding(parts: FindingParts): FindingRecord {
  const { code, severity, sentence, evidence = [], remedy = "", expectedGain, chart } = parts;
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(code)) throw new TypeError(`Cannot make a finding: "${code}" is not kebab-case`);
  if (!/[.!?]$/.test(sentence)) {
    throw new TypeError(`Cannot make the finding "${code}": "${sentence}" ends in no full stop`);
  }
  if (remedy === "" && (severity === "error" || severity === "warning")) {
    throw new TypeError(`Cannot make the finding "${code}": severity "${severity}" needs a remedy`);
  }
  return {
    code,
    severity,
    sentence,
    evidence,
    remedy,
    ...(expectedGain === undefined ? {} : { expectedGain }),
    ...(chart === undefined ? {} : { chart }),
  };
}

const ORDER: readonly Severity[] = ["error", "warning", "info", "good"];

/** The worst first; findings of the same severity keep their order. */
export function worstFirst(list: readonly FindingRecord[]): FindingRecord[] {
  return list.toSorted((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
}
