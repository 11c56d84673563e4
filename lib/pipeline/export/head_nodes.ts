import type { HeadWeights } from "../../train/mod.ts";
import type { Nodes } from "./resize_nodes.ts";

/** ONNX's numbers for types. */
const FLOAT = 1, DOUBLE = 11;

/**
 * A head as ONNX operators, as `train.predictHead` computes it.
 *
 * @param features Name of [1, D].
 * @returns Name of its probabilities [1, K].
 */
export function headNodes(g: Nodes, weights: HeadWeights, features: string): string {
  const scores = (() => {
    switch (weights.kind) {
      case "linear":
        return affine(g, features, weights.weights, weights.classes, weights.biases);
      case "mlp":
        return affine(
          g,
          g.add("Relu", [affine(g, features, weights.hidden, weights.units, weights.hiddenBiases)]),
          weights.weights,
          weights.classes,
          weights.biases,
        );
      case "nearest": {
        const { classes, k, temperature, mean, scale, rows, labels } = weights;
        const n = labels.length, votes = Math.min(k, n);
        const seen = g.add("Mul", [g.add("Sub", [features, g.constant(mean)]), g.constant(scale)]);
        const products = affine(g, seen, rows, n, null);
        const [, places] = g.addAll("TopK", [products, g.ints(votes)], 2);
        const oneHot = new Float32Array(n * classes);
        labels.forEach((label, i) => oneHot[i * classes + label] = 1);
        const chosen = g.add("Gather", [g.constant(oneHot, [n, classes]), places], { axis: 0 }); // [1, k, K]
        const flat = g.add("Reshape", [chosen, g.ints(votes, classes)]);
        const counts = g.add("MatMul", [g.constant(new Float32Array(votes).fill(1), [1, votes]), flat]);
        const smoothed = g.add("Div", [g.add("Add", [counts, g.number(1 / classes)]), g.number(votes + 1)]);
        return g.add("Div", [g.add("Log", [smoothed]), g.number(temperature)]);
      }
    }
  })();
  return g.add("Softmax", [scores], { axis: 1 });
}

/** x [1, D] times `count` rows of weights [count, D], plus biases. */
function affine(g: Nodes, x: string, rows: Float32Array, count: number, biases: Float32Array | null): string {
  const length = rows.length / count;
  const columns = new Float32Array(rows.length);
  for (let r = 0; r < count; r++) {
    for (let d = 0; d < length; d++) columns[d * count + r] = rows[r * length + d];
  }
  // In double precision, as Plateau adds them up: large terms of both signs meet here.
  const wide = (name: string) => g.add("Cast", [name], { to: DOUBLE });
  const product = g.add("MatMul", [wide(x), wide(g.constant(columns, [length, count]))]);
  const sum = biases === null ? product : g.add("Add", [product, wide(g.constant(biases))]);
  return g.add("Cast", [sum], { to: FLOAT });
}
