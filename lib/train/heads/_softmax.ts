/** Turns scores [n, K] into probabilities, in their place. `sharpness` multiplies them first. */
export function softmaxRows(scores: Float64Array, classes: number, sharpness = 1): void {
  for (let base = 0; base < scores.length; base += classes) {
    let highest = -Infinity, sum = 0;
    for (let k = 0; k < classes; k++) highest = Math.max(highest, scores[base + k]);
    for (let k = 0; k < classes; k++) {
      sum += scores[base + k] = Math.exp(sharpness * (scores[base + k] - highest));
    }
    for (let k = 0; k < classes; k++) scores[base + k] /= sum;
  }
}
