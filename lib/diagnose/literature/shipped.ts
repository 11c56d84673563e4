import { join } from "node:path";
import { projectRoot } from "../../files/mod.ts";
import { DiagnosisError } from "../errors.ts";
import { readRow, refusalText } from "./_validate.ts";
import type { Fact, KnownDataset, LiteratureRow } from "./types.ts";

/** The published accuracies that come with the workbench: `data/literature/literature.json`. */
export async function shippedRows(): Promise<LiteratureRow[]> {
  const file = "literature.json";
  return (await read<unknown>(file)).map((value, i) => {
    const row = readRow(value, { file, place: `row ${i + 1}`, own: false });
    if (Array.isArray(row)) throw new DiagnosisError(`Cannot use ${refusalText(row[0])}`);
    return row;
  });
}

/** The public data sets that a folder may be a copy of: `data/literature/datasets.json`. */
export async function knownDatasets(): Promise<KnownDataset[]> {
  return await read<KnownDataset>("datasets.json");
}

/**
 * A published observation with its source, as one sentence or two that a finding can end with.
 *
 * @param id That of a fact in `data/literature/facts.json`.
 */
export async function citedFact(id: string): Promise<string> {
  const all = await read<Fact>("facts.json");
  const found = all.find((fact) => fact.id === id);
  if (!found) {
    throw new DiagnosisError(`Cannot cite the fact "${id}": there are ${all.map((fact) => fact.id).join(", ")}`);
  }
  return `${found.fact.replace(/\.$/, "")} (${found.citation}).`;
}

async function read<T>(file: string): Promise<T[]> {
  return JSON.parse(await Deno.readTextFile(join(projectRoot(), "data", "literature", file)));
}
