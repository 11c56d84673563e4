/**
 * How results show themselves, in a notebook, a report and a terminal alike.
 *
 * @module
 */
export type { Figure, FindingRecord, ResultRecord, Severity, Table } from "./record.ts";
