import type { EpochMetrics } from "../../train/mod.ts";
import { type Fault, type ImportedTable, numberIn } from "./_table.ts";
import { NAMES, type Series, seriesOf } from "./_metric_names.ts";

const SERIES = Object.keys(NAMES) as Series[];

/** The values of one epoch, however many rows they stand in. */
interface Gathered {
  readonly epoch: number;
  readonly where: string;
  readonly values: Record<Series, number[]>;
}

/**
 * One row per epoch, from a table that may have several (Lightning writes training and validation in rows of their
 * own, and training now and then within an epoch).
 *
 * @returns Epochs from 1, and what had to be done to get them, in sentences.
 * @throws What `fault` makes of a clause that says what is wrong.
 */
export function epochsOf(
  table: ImportedTable,
  fault: Fault,
): { readonly history: EpochMetrics[]; readonly notes: string[] } {
  const sources = sourcesOf(table.columns, fault);
  const notes: string[] = [];
  const gathered = gather(table, sources, fault);
  // Lightning writes the test set's values in the row of an epoch of their own.
  const complete = gathered.filter(({ values }) => SERIES.some((series) => values[series].length > 0));
  const unfinished = complete.findIndex(({ values }) => SERIES.some((series) => values[series].length === 0));
  const last = complete.length - 1;
  if (unfinished >= 0 && (unfinished < last || complete.length === 1)) {
    const { epoch, values } = complete[unfinished];
    const missing = SERIES.filter((series) => values[series].length === 0).map((series) => NAMES[series]);
    throw fault(
      `every epoch needs all four values, epoch ${epoch} has no ${missing.join(" and no ")}: measure after every epoch`,
    );
  }
  if (unfinished === last && last >= 0) {
    notes.push(`Epoch ${complete.pop()!.epoch}, which was not finished, is left out.`);
  }
  if (complete.length === 0) throw fault("it has no epoch with values");

  const several = (["loss", "accuracy"] as const).filter((series) =>
    complete.some(({ values }) => values[series].length > 1)
  );
  if (several.length > 0) {
    notes.push(`The ${several.join(" and ")} in training is the mean of what was written within each epoch.`);
  }
  const first = complete[0].epoch;
  if (first > 1) notes.push(`The first epoch in the file is ${first}; here they count from 1.`);
  const history = complete.map(({ values }, i): EpochMetrics => ({
    epoch: i + 1,
    loss: mean(values.loss),
    accuracy: mean(values.accuracy),
    validationLoss: values.validationLoss[0],
    validationAccuracy: values.validationAccuracy[0],
    seconds: NaN,
  }));
  return { history, notes };
}

/** The columns of each series that are as good as its best one. */
function sourcesOf(columns: readonly string[], fault: Fault): Record<Series, string> {
  const found = columns.map((column) => ({ column, ...seriesOf(column) }));
  const sources = SERIES.map((series) => {
    const best = found.filter((one) => one.series === series).toSorted((a, b) => a.rank! - b.rank!)[0];
    if (best !== undefined) return [series, best.column];
    throw fault(`it needs the ${NAMES[series]}, and has ${columns.filter((name) => name !== "").join(", ")}`);
  });
  return Object.fromEntries(sources);
}

function gather({ columns, rows }: ImportedTable, sources: Record<Series, string>, fault: Fault): Gathered[] {
  const epochColumn = columns.find((name) => name.toLowerCase() === "epoch");
  const all: Gathered[] = [];
  for (const [i, { where, values }] of rows.entries()) {
    const epoch = epochColumn === undefined ? i + 1 : numberIn(values[epochColumn], where, epochColumn, fault);
    if (epoch === null || !Number.isInteger(epoch) || epoch < 0) {
      throw fault(`"epoch" must be a whole number from 0, on ${where} it is "${values[epochColumn!]}"`);
    }
    const before = all[all.length - 1];
    if (before !== undefined && epoch < before.epoch) throw fault(twice(epoch, before.epoch, where));
    if (before === undefined || epoch > before.epoch) {
      all.push({ epoch, where, values: { loss: [], accuracy: [], validationLoss: [], validationAccuracy: [] } });
    }
    const into = all[all.length - 1];
    for (const series of SERIES) {
      const value = numberIn(values[sources[series]] ?? "", where, sources[series], fault);
      if (value === null) continue;
      if (/accuracy/i.test(series) && !(value >= 0 && value <= 1) && !Number.isNaN(value)) {
        throw fault(
          `"${sources[series]}" must be a share from 0 to 1, on ${where} it is ${value}` +
            (value > 1 && value <= 100 ? " (in per cent? divide by 100)" : ""),
        );
      }
      into.values[series].push(value);
      if (series.startsWith("validation") && into.values[series].length > 1) {
        throw fault(`"${sources[series]}" must have one value for each epoch, epoch ${epoch} has more (${where})`);
      }
    }
  }
  const measured = all.filter(({ values }) => SERIES.some((series) => values[series].length > 0));
  for (const [i, { epoch, where }] of measured.entries()) {
    if (i > 0 && epoch !== measured[i - 1].epoch + 1) {
      throw fault(`epochs must follow each other, on ${where} epoch ${epoch} comes after ${measured[i - 1].epoch}`);
    }
  }
  return all;
}

function twice(epoch: number, before: number, where: string): string {
  return `epochs must rise, on ${where} epoch ${epoch} comes after ${before}: does the file hold several trainings? ` +
    "Give the rows of one";
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
