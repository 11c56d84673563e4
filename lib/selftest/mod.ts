/**
 * Plants known faults into copies of a data set and counts which findings fire.
 *
 * @module
 */
export { type Case, type Fired, telling } from "./case.ts";
export { type Draft, type DraftImage, draftOf, thinned, writeDraft } from "./draft.ts";
export { FAULTS } from "./faults.ts";
export { type Alarm, type FaultResult, SelfTestReport } from "./report.ts";
export { selfTest, SelfTestError, type SelfTestOptions } from "./selftest.ts";
export type { Fault, Look, Setting } from "./types.ts";
