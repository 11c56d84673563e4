/**
 * What the k most similar of some labelled images say: shares [K] of their votes, with one vote more that is spread
 * evenly, so that no class is impossible. The first of equals come first.
 *
 * @param similarity [N] To each of the labelled images.
 */
export function nearestVotes(
  similarity: ArrayLike<number>,
  labels: ArrayLike<number>,
  k: number,
  classes: number,
): Float64Array {
  const votes = new Float64Array(classes).fill(1 / classes);
  const nearest: number[] = [];
  for (let i = 0; i < similarity.length; i++) {
    if (nearest.length === k && similarity[i] <= similarity[nearest[k - 1]]) continue;
    let at = nearest.length;
    while (at > 0 && similarity[nearest[at - 1]] < similarity[i]) at--;
    nearest.splice(at, 0, i);
    if (nearest.length > k) nearest.pop();
  }
  for (const i of nearest) votes[labels[i]]++;
  return votes.map((count) => count / (nearest.length + 1));
}
