/** Images as rows of features, row by row, with the class of each. */
export interface Rows {
  readonly features: Float64Array;
  readonly width: number;
  readonly labels: Int32Array;
}

/** Trains on some rows and returns the class that it takes others for. */
export type Learner = (rows: Rows, train: readonly number[], test: readonly number[], classes: number) => number[];

/** Three cheap learners, from one that hardly depends on which images it was trained on to one that depends much. */
export const LEARNERS: Readonly<Record<string, Learner>> = {
  "nearest centroid": nearestCentroid,
  "1-nearest neighbour": nearestNeighbour,
  "decision tree, depth 3": decisionTree,
};

/** Takes an image for the class whose mean it lies closest to. */
function nearestCentroid(
  { features, width, labels }: Rows,
  train: readonly number[],
  test: readonly number[],
  classes: number,
): number[] {
  const centroids = new Float64Array(classes * width);
  const counts = new Float64Array(classes);
  for (const row of train) {
    counts[labels[row]]++;
    for (let j = 0; j < width; j++) centroids[labels[row] * width + j] += features[row * width + j];
  }
  // A class without training images must not attract any: 0 / 0 is NaN, which is never the closest.
  for (let index = 0; index < centroids.length; index++) centroids[index] /= counts[Math.floor(index / width)];
  return test.map((row) => closest(features, row, centroids, Array.from(counts.keys()), width));
}

/** Takes an image for what the most similar training image is. */
function nearestNeighbour(
  { features, width, labels }: Rows,
  train: readonly number[],
  test: readonly number[],
): number[] {
  return test.map((row) => labels[closest(features, row, features, train, width)]);
}

/** Which of the candidate rows of `others` lies closest to a row of `features`. */
function closest(
  features: Float64Array,
  row: number,
  others: Float64Array,
  candidates: readonly number[],
  width: number,
): number {
  let best = candidates[0], least = Infinity;
  for (const candidate of candidates) {
    let distance = 0;
    for (let j = 0; j < width; j++) distance += (features[row * width + j] - others[candidate * width + j]) ** 2;
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

/** Splits by one feature at a time, three times over, so as to make the parts as pure as can be (Gini impurity). */
function decisionTree(rows: Rows, train: readonly number[], test: readonly number[], classes: number): number[] {
  const tree = grow(rows, train, classes, 3);
  return test.map((row) => {
    let node = tree;
    while (typeof node !== "number") {
      node = rows.features[row * rows.width + node.feature] <= node.threshold ? node.left : node.right;
    }
    return node;
  });
}

interface Node {
  readonly feature: number;
  readonly threshold: number;
  readonly left: Node | number;
  readonly right: Node | number;
}

function grow(rows: Rows, members: readonly number[], classes: number, depth: number): Node | number {
  const { features, width, labels } = rows;
  const total = new Float64Array(classes);
  for (const row of members) total[labels[row]]++;
  const majority = total.indexOf(Math.max(...total));
  if (depth === 0 || total[majority] === members.length) return majority;

  let most = -1, feature = 0, threshold = 0;
  const left = new Float64Array(classes);
  for (let j = 0; j < width; j++) {
    const sorted = [...members].sort((a, b) => features[a * width + j] - features[b * width + j]);
    left.fill(0);
    let leftSquares = 0;
    let rightSquares = total.reduce((sum, count) => sum + count * count, 0);
    for (let i = 0; i + 1 < sorted.length; i++) {
      const label = labels[sorted[i]];
      // Moving one from right to left changes both sums of squares by the step between neighbouring squares.
      rightSquares -= 2 * (total[label] - left[label]) - 1;
      leftSquares += 2 * left[label] + 1;
      left[label]++;
      const here = features[sorted[i] * width + j], next = features[sorted[i + 1] * width + j];
      if (here === next) continue;
      const purity = leftSquares / (i + 1) + rightSquares / (sorted.length - i - 1);
      if (purity > most) [most, feature, threshold] = [purity, j, (here + next) / 2];
    }
  }
  if (most < 0) return majority;
  const below = (row: number) => features[row * width + feature] <= threshold;
  return {
    feature,
    threshold,
    left: grow(rows, members.filter(below), classes, depth - 1),
    right: grow(rows, members.filter((row) => !below(row)), classes, depth - 1),
  };
}
