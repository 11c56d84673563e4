import { type Fault, type ImportedRow, numberIn } from "./_table.ts";

/** How far from 1 a row may sum: what rounding to four decimals and float32 leave. */
const TOLERANCE = 1e-3;

/**
 * Probabilities [n, K], row by row, as they stand in the file.
 *
 * @throws What `fault` makes of a value that is no probability, or of a row that does not sum to 1.
 */
export function probabilitiesIn(rows: readonly ImportedRow[], classes: readonly string[], fault: Fault): Float32Array {
  const probabilities = new Float32Array(rows.length * classes.length);
  for (const [i, { where, values }] of rows.entries()) {
    const row = classes.map((name) => {
      const value = numberIn(values[name], where, name, fault);
      if (value === null) throw fault(`"${name}" must be a probability, on ${where} it is empty`);
      return value;
    });
    const outside = row.findIndex((value) => !(value >= 0 && value <= 1));
    const sum = row.reduce((total, value) => total + value, 0);
    if (outside >= 0) throw fault(notWithin(row, outside, classes, where));
    if (Math.abs(sum - 1) > TOLERANCE) {
      throw fault(`the probabilities of an image must sum to 1, on ${where} they sum to ${Number(sum.toPrecision(4))}`);
    }
    probabilities.set(row, i * classes.length);
  }
  return probabilities;
}

function notWithin(row: readonly number[], at: number, classes: readonly string[], where: string): string {
  const sum = row.reduce((total, value) => total + value, 0);
  const hint = Number.isNaN(row[at])
    ? "the model says nothing about this image"
    : Math.abs(sum - 100) < 0.1 && row.every((value) => value >= 0)
    ? "are these per cent? Divide by 100"
    : "are these logits? Put softmax behind them";
  return `probabilities lie between 0 and 1, on ${where} "${classes[at]}" is ${row[at]} (${hint})`;
}
