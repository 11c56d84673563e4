import type { Dataset } from "./dataset/mod.ts";
import { Shown, TableView } from "./display/mod.ts";
import type { ResultRecord } from "./display/mod.ts";
import * as engine from "./engine/mod.ts";
import { trainingPlace } from "./train/mod.ts";

/** What a notebook's results rest on; its lines are the foot of the report. */
export class Provenance extends Shown {
  constructor(readonly lines: Readonly<Record<string, string>>) {
    super();
  }

  override html(): string {
    return this.#table().html();
  }

  override text(): string {
    return this.#table().text();
  }

  override record(): ResultRecord {
    return { footer: this.lines };
  }

  #table(): TableView {
    return new TableView({
      id: "provenance",
      title: "How this was made",
      columns: [{ key: "what", label: "" }, { key: "value", label: "" }],
      rows: Object.entries(this.lines).map(([what, value]) => ({ what, value })),
    });
  }
}

/** Data, engine, kernels that fell back, and every read of the sealed test set: the last cell of each notebook. */
export function provenance(dataset: Dataset): Provenance {
  const reads = dataset.test.ledger();
  const kinds = Map.groupBy(reads, ({ kind }) => kind);
  return new Provenance({
    "Data set": `${dataset.name}, fingerprint ${dataset.fingerprint.slice(0, 12)}`,
    "Working resolution": `${dataset.size} x ${dataset.size} pixels`,
    "Engine": engine.current().label,
    "Experiments trained": trainingPlace(),
    "Fallback kernels": engine.report().summary,
    "Reads of the sealed test set": reads.length === 0
      ? "none"
      : [...kinds].map(([kind, entries]) => `${entries.length} for ${kind}`).join(", "),
  });
}
