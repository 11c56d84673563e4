import assert from "node:assert/strict";
import { type Case, type Fault, SelfTestReport, telling } from "../../lib/selftest/mod.ts";

const fault: Fault = {
  name: "mischief",
  what: "something is done",
  looks: ["audit"],
  expects: ["found-it", "found-too"],
};

function made(fault: string | null, seed: number, fired: Case["fired"], rest: Partial<Case> = {}): Case {
  return { fault, seed, looks: ["audit"], fired, missing: [], error: null, seconds: 2, ...rest };
}

const found = (severity: Case["fired"][number]["severity"] = "warning", count: number | null = null) =>
  ({ code: "found-it", severity, count }) as const;

function report(cases: Case[]): SelfTestReport {
  return new SelfTestReport("data", 100, [fault], cases, 60);
}

/** `detected` of five planted copies have the finding, no clean one has. */
function five(detected: number, rest: Partial<Case> = {}): Case[] {
  return Array.from({ length: 5 }, (_, i) => [
    made(null, i + 1, []),
    made("mischief", i + 1, i < detected ? [found()] : [], rest),
  ]).flat();
}

Deno.test("telling() takes a finding that the clean copy does not have, and no good news", () => {
  const clean = made(null, 1, []);
  assert.equal(telling(made("mischief", 1, [found()]), clean, fault.expects).length, 1);
  assert.equal(telling(made("mischief", 1, [found("good")]), clean, fault.expects).length, 0);
  assert.equal(telling(made("mischief", 1, [{ ...found(), code: "other" }]), clean, fault.expects).length, 0);
});

Deno.test("telling() takes a finding of the clean copy only where it became graver or counts more", () => {
  const tells = (planted: Case["fired"][number], clean: Case["fired"][number]) =>
    telling(made("mischief", 1, [planted]), made(null, 1, [clean]), fault.expects).length === 1;
  assert.ok(!tells(found("warning"), found("warning")));
  assert.ok(!tells(found("info"), found("warning")));
  assert.ok(tells(found("error"), found("warning")));
  assert.ok(tells(found("warning", 30), found("warning", 4)));
  assert.ok(!tells(found("warning", 4), found("warning", 4)));
});

Deno.test("the self-test passes when a fault is found in four of five seeds, and not in three", () => {
  assert.ok(report(five(4)).passed);
  assert.ok(!report(five(3)).passed);
  assert.match(report(five(4)).text(), /mischief +✓ 4 of 5 +found-it \(4\)/);
  assert.match(
    report(five(3)).text(),
    /✕ 3 of 5.*\n[^]*not found: mischief\. No error on clean copies\. data, 100 images/,
  );
});

Deno.test("the self-test fails when a clean copy has an error, and only counts its warnings", () => {
  const also = (severity: "warning" | "error") =>
    report(
      five(5).map((one) =>
        one.fault === null && one.seed < 3
          ? made(null, one.seed, [
            { code: "grumble", severity, count: null },
            { code: "fine", severity: "good", count: null },
          ])
          : one
      ),
    );
  assert.ok(also("warning").passed);
  assert.ok(!also("error").passed);
  assert.deepEqual(also("warning").alarms, [{ code: "grumble", severity: "warning", seeds: 2 }]);
  assert.match(also("error").text(), /error +grumble +2 of 5/);
});

Deno.test("a diagnosis that is missing or fails counts as not having found the fault", () => {
  const missing = report(five(0, { missing: ["labels"] }));
  assert.ok(!missing.passed);
  assert.match(missing.text(), /0 of 5 +not available: nothing here looks at labels/);
  assert.match(report(five(0, { error: "audit: too few" })).text(), /0 of 5 +audit: too few/);
  assert.ok(!report(five(5).map((one) => one.fault === null ? { ...one, error: "lint: no" } : one)).passed);
});

Deno.test("what else fires, unlike on the clean copy, is listed beside it", () => {
  const cases = five(5).map((one) =>
    one.fault === null
      ? one
      : { ...one, fired: [...one.fired, { code: "besides", severity: "info" as const, count: 1 }] }
  );
  assert.deepEqual(report(cases).faults[0].also, { besides: 5 });
});
