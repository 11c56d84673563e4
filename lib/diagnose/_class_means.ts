/**
 * Balanced accuracy and macro-F1 of drawn images, counted once: the bootstrap asks some thousand times. As
 * `balancedAccuracy` and `macroF1` of `lib/stats`, but an image without an answer (class -1) is a miss of its class.
 *
 * @param labels [n] True classes.
 * @param said [n] Predicted classes, -1 for none.
 * @param drawn Indices into both, any number of times.
 */
export function classMeans(
  labels: ArrayLike<number>,
  said: ArrayLike<number>,
  classes: number,
  drawn: readonly number[],
): { readonly balancedAccuracy: number; readonly macroF1: number } {
  const right = new Float64Array(classes), of = new Float64Array(classes), taken = new Float64Array(classes);
  for (const i of drawn) {
    of[labels[i]]++;
    if (said[i] >= 0) taken[said[i]]++;
    if (said[i] === labels[i]) right[labels[i]]++;
  }
  let recalls = 0, occurring = 0, scores = 0, counted = 0;
  for (let label = 0; label < classes; label++) {
    if (of[label] > 0) {
      recalls += right[label] / of[label];
      occurring++;
    }
    if (of[label] + taken[label] > 0) {
      scores += 2 * right[label] / (of[label] + taken[label]);
      counted++;
    }
  }
  return { balancedAccuracy: recalls / occurring, macroF1: scores / counted };
}
