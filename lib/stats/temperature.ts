import { checkProbabilities } from "./_probabilities.ts";
import { StatsError } from "./errors.ts";

/** Below this a probability counts as this much: what float32 softmax rounds to 0 was not impossible. */
const SMALLEST = 1e-12;
/** Where the temperature is looked for. */
const COLDEST = 0.05, HOTTEST = 20;

/**
 * The temperature T that makes probabilities p^(1/T) (made to sum to 1 again) fit the labels best: above 1 where the
 * model is too sure of itself. It changes no prediction, only the confidence.
 *
 * Fit it on images that the model wasn't trained on, and measure its effect on others still (other folds).
 *
 * @param probabilities [n, K], row by row. Their logarithms serve as logits, which gives the same as the real ones.
 * @param labels [n] True classes, 0 to K − 1.
 * @param classes K.
 * @returns From 0.05 to 20; an end of that range where the best lies outside (as when all images are right).
 * @throws {StatsError} Without images, on lengths that don't fit, or on rows that are no probabilities.
 *
 * Guo, Pleiss, Sun and Weinberger (2017), On calibration of modern neural networks. ICML.
 */
export function fitTemperature(probabilities: ArrayLike<number>, labels: ArrayLike<number>, classes: number): number {
  checkProbabilities("fit a temperature", probabilities, labels, classes);
  const logits = Float64Array.from(probabilities, (p) => Math.log(Math.max(SMALLEST, p)));
  // The loss is convex in 1/T: halve the interval in which its slope changes sign.
  let [low, high] = [1 / HOTTEST, 1 / COLDEST];
  if (slope(logits, labels, classes, low) >= 0) return HOTTEST;
  if (slope(logits, labels, classes, high) <= 0) return COLDEST;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (slope(logits, labels, classes, middle) < 0) low = middle;
    else high = middle;
  }
  return 2 / (low + high);
}

/**
 * Probabilities at another temperature: p^(1/T), made to sum to 1.
 *
 * @param probabilities [n, K], row by row.
 * @returns [n, K], a copy.
 * @throws {StatsError} Where the temperature is not positive, or the length is no multiple of K.
 */
export function applyTemperature(
  probabilities: ArrayLike<number>,
  classes: number,
  temperature: number,
): Float64Array {
  if (!(temperature > 0)) {
    throw new StatsError(`Cannot change the temperature: it must be positive, it is ${temperature}`);
  }
  if (probabilities.length % classes !== 0) {
    throw new StatsError(`Cannot change the temperature: ${probabilities.length} is no multiple of ${classes} classes`);
  }
  const logits = Float64Array.from(probabilities, (p) => Math.log(Math.max(SMALLEST, p)));
  const scaled = new Float64Array(logits.length);
  for (let start = 0; start < logits.length; start += classes) {
    scaled.set(softmax(logits.subarray(start, start + classes), 1 / temperature), start);
  }
  return scaled;
}

/** Derivative of the log loss by β = 1/T, not divided by n: Σ (Σₖ pₖ zₖ − z of the true class). */
function slope(logits: Float64Array, labels: ArrayLike<number>, classes: number, beta: number): number {
  let total = 0;
  for (let image = 0; image < labels.length; image++) {
    const row = logits.subarray(image * classes, (image + 1) * classes);
    softmax(row, beta).forEach((p, label) => total += p * row[label]);
    total -= row[labels[image]];
  }
  return total;
}

function softmax(logits: Float64Array, beta: number): Float64Array {
  const highest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(beta * (logit - highest)));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
