import { formatSeconds, type Severity, type Table, tableText } from "../display/mod.ts";
import { type Case, telling } from "./case.ts";
import type { Fault } from "./types.ts";

/** Share of the seeds in which a fault must be found: 4 of 5. */
const NEEDED = 0.8;

const ALARMS: readonly Severity[] = ["error", "warning", "info"];

/** How one fault fared. */
export interface FaultResult {
  readonly name: string;
  readonly what: string;
  readonly expects: readonly string[];
  readonly detected: number;
  readonly seeds: number;
  /** In how many seeds each expected code told the fault from the clean copy. */
  readonly by: Readonly<Record<string, number>>;
  /** Other findings that the clean copies do not have, and in how many seeds. */
  readonly also: Readonly<Record<string, number>>;
  /** Why it could not be looked for, or what failed; null where nothing did. */
  readonly trouble: string | null;
  readonly passed: boolean;
}

/** A finding on clean copies. */
export interface Alarm {
  readonly code: string;
  readonly severity: Severity;
  readonly seeds: number;
}

/** What the self-test showed. */
export class SelfTestReport {
  readonly faults: readonly FaultResult[];
  readonly alarms: readonly Alarm[];
  /** Clean copies looked at. */
  readonly clean: number;
  /** What failed on clean copies. */
  readonly cleanTrouble: string | null;

  constructor(
    readonly dataset: string,
    readonly images: number,
    faults: readonly Fault[],
    readonly cases: readonly Case[],
    readonly seconds: number,
  ) {
    const clean = cases.filter(({ fault }) => fault === null);
    this.clean = clean.length;
    this.cleanTrouble = clean.find(({ error }) => error !== null)?.error ?? null;
    this.faults = faults.map((fault) => faultResult(fault, cases, clean));
    this.alarms = alarms(clean);
  }

  /** Whether every fault was found in at least four of five seeds, and no clean copy has an error. */
  get passed(): boolean {
    return this.cleanTrouble === null && this.faults.every(({ passed }) => passed) &&
      this.alarms.every(({ severity }) => severity !== "error");
  }

  text(): string {
    const errors = this.alarms.filter(({ severity }) => severity === "error").length;
    const failed = this.faults.filter(({ passed }) => !passed);
    return [
      tableText(this.#faultTable()),
      "",
      this.alarms.length === 0 ? `Nothing fired on ${this.clean} clean copies.` : tableText(this.#alarmTable()),
      ...(this.cleanTrouble === null ? [] : [`A diagnosis failed on a clean copy: ${this.cleanTrouble}`]),
      "",
      `${this.faults.length - failed.length} of ${this.faults.length} faults found in at least 4 of 5 seeds` +
      (failed.length === 0 ? "" : `; not found: ${failed.map(({ name }) => name).join(", ")}`) +
      `. ${errors === 0 ? "No error" : `${errors} kinds of error`} on clean copies. ` +
      `${this.dataset}, ${this.images} images, ${formatSeconds(this.seconds)}.`,
    ].join("\n");
  }

  json(): string {
    const { dataset, images, seconds, passed, faults, alarms, clean, cases } = this;
    return JSON.stringify({ dataset, images, seconds, passed, clean, faults, alarms, cases }, null, 1) + "\n";
  }

  #faultTable(): Table {
    return {
      id: "selftest.faults",
      title: "Planted faults",
      columns: [
        { key: "fault", label: "Fault" },
        { key: "found", label: "Found" },
        { key: "by", label: "By" },
        { key: "also", label: "Also fired, unlike on the clean copy" },
      ],
      rows: this.faults.map(({ name, detected, seeds, by, also, trouble, passed }) => ({
        fault: name,
        found: `${passed ? "✓" : "✕"} ${detected} of ${seeds}`,
        by: trouble ?? counts(by),
        also: counts(also),
      })),
    };
  }

  #alarmTable(): Table {
    return {
      id: "selftest.alarms",
      title: `Findings on ${this.clean} clean copies (a warning may be true of these data)`,
      columns: [
        { key: "severity", label: "Severity" },
        { key: "code", label: "Finding" },
        { key: "seeds", label: "Copies" },
      ],
      rows: this.alarms.map(({ severity, code, seeds }) => ({ severity, code, seeds: `${seeds} of ${this.clean}` })),
    };
  }
}

function faultResult(fault: Fault, cases: readonly Case[], clean: readonly Case[]): FaultResult {
  const own = cases.filter((one) => one.fault === fault.name);
  const by: Record<string, number> = {}, also: Record<string, number> = {};
  let detected = 0;
  for (const one of own) {
    const baseline = clean.find(({ seed }) => seed === one.seed)!;
    const codes = new Set(telling(one, baseline, fault.expects).map(({ code }) => code));
    if (codes.size > 0) detected++;
    for (const code of codes) by[code] = (by[code] ?? 0) + 1;
    const known = new Set(baseline.fired.map(({ code }) => code));
    const others = one.fired.filter(({ code, severity }) =>
      severity !== "good" && !known.has(code) && !fault.expects.includes(code)
    );
    for (const code of new Set(others.map(({ code }) => code))) also[code] = (also[code] ?? 0) + 1;
  }
  const missing = own.find((one) => one.missing.length > 0)?.missing;
  const failure = own.find(({ error }) => error !== null)?.error ?? null;
  return {
    name: fault.name,
    what: fault.what,
    expects: fault.expects,
    detected,
    seeds: own.length,
    by,
    also,
    trouble: missing ? `not available: nothing here looks at ${missing.join(", ")}` : failure,
    passed: own.length > 0 && detected >= NEEDED * own.length,
  };
}

function alarms(clean: readonly Case[]): Alarm[] {
  return ALARMS.flatMap((severity) => {
    const seeds = new Map<string, number>();
    for (const { fired } of clean) {
      for (const code of new Set(fired.filter((one) => one.severity === severity).map(({ code }) => code))) {
        seeds.set(code, (seeds.get(code) ?? 0) + 1);
      }
    }
    return [...seeds].map(([code, n]) => ({ code, severity, seeds: n })).sort((a, b) => b.seeds - a.seeds);
  });
}

function counts(by: Readonly<Record<string, number>>): string {
  return Object.entries(by).map(([code, n]) => `${code} (${n})`).join(", ");
}
