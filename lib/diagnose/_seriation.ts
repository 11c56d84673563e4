import { agnes, type Cluster } from "ml-hclust";

/**
 * Orders items so that similar ones stand beside each other: average-linkage clustering, then at every join the two
 * parts are turned so that the ends that meet are as similar as they can be.
 *
 * @param similarity [K, K] Symmetric, at least 0; the diagonal does not count.
 * @returns [K] Indices. The same similarities give the same order.
 *
 * Gruvaeus and Wainer (1972), Two additions to hierarchical cluster analysis. British Journal of Mathematical and
 * Statistical Psychology 25, 200–206.
 */
export function orderBySimilarity(similarity: readonly (readonly number[])[]): number[] {
  const n = similarity.length;
  if (n < 3) return [...similarity.keys()];
  const most = Math.max(...similarity.flatMap((row, i) => row.filter((_, j) => j !== i)));
  const distances = similarity.map((row, i) => row.map((value, j) => i === j ? 0 : most - value));
  const order = turned(agnes(distances, { method: "average", isDistanceMatrix: true }), similarity);
  // Either direction is as good: the one that begins with the earlier class.
  return order[0] <= order[n - 1] ? order : order.toReversed();
}

function turned(cluster: Cluster, similarity: readonly (readonly number[])[]): number[] {
  if (cluster.isLeaf) return [cluster.index];
  const [first, ...rest] = cluster.children.map((child) => turned(child, similarity));
  return rest.reduce((left, right) => {
    const ways = [
      [left, right],
      [left, right.toReversed()],
      [left.toReversed(), right],
      [left.toReversed(), right.toReversed()],
    ];
    const meeting = ([a, b]: number[][]) => similarity[a[a.length - 1]][b[0]];
    return ways.reduce((best, way) => meeting(way) > meeting(best) ? way : best).flat();
  }, first);
}
