/** Data that a chart cannot be drawn from. */
export class ChartError extends Error {
  override name = "ChartError";
}
