import type { ResultRecord } from "./record.ts";
import { Shown } from "./shown.ts";

/**
 * Several results below each other as one: a cell shows its last value only. Charts can't be part of it, since front
 * ends draw them from a form of their own: give a chart its own cell.
 */
export class Group extends Shown {
  readonly members: readonly Shown[];

  constructor(...members: readonly Shown[]) {
    super();
    this.members = members;
  }

  override html(): string {
    return `<div class="plateau-group">${this.members.map((member) => member.html()).join("")}</div>`;
  }

  override text(): string {
    return this.members.map((member) => member.text()).join("\n\n");
  }

  /** The members' records as one. */
  override record(): ResultRecord | undefined {
    const records = this.members.map((member) => member.record()).filter((record) => record !== undefined);
    if (records.length === 0) return undefined;
    const figures = records.flatMap((record) => record.figures ?? []);
    const findings = records.flatMap((record) => record.findings ?? []);
    const tables = records.flatMap((record) => record.tables ?? []);
    const footer: Record<string, string> = Object.assign({}, ...records.map((record) => record.footer ?? {}));
    return {
      ...(figures.length === 0 ? {} : { figures }),
      ...(findings.length === 0 ? {} : { findings }),
      ...(tables.length === 0 ? {} : { tables }),
      ...(Object.keys(footer).length === 0 ? {} : { footer }),
    };
  }
}
