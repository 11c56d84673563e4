/**
 * A simple classifier on features, with what was chosen for it. All of them see features that were brought to mean 0 and
 * the same spread on the images that the head is fitted to, so that a loud channel does not outweigh a quiet one.
 *
 * `temperature`: probabilities p become p^(1/T), made to sum to 1; no class changes. 1 unless given.
 */
export type HeadSpec =
  & { readonly temperature?: number }
  & (
    /** Multinomial logistic regression; `c` is the inverse of the penalty, as in scikit-learn. */
    | { readonly kind: "logistic"; readonly c: number }
    /**
     * Linear discriminant analysis: class means, seen through the spread within classes, which is drawn towards a sphere
     * by `shrinkage`, above 0 and at most 1 (Friedman 1989).
     */
    | { readonly kind: "discriminant"; readonly shrinkage: number }
    /** The nearest class mean: a discriminant whose spread within classes is a sphere. */
    | { readonly kind: "class-mean" }
    /** A vote of the `k` nearest images, by cosine. */
    | { readonly kind: "nearest"; readonly k: number }
    /** One hidden layer of rectified linear units, trained with Adam; `weightDecay` is half an L2 penalty's weight. */
    | { readonly kind: "mlp"; readonly units: number; readonly epochs: number; readonly weightDecay: number }
  );

/** What a fitted head consists of, as plain arrays over the raw features [D]: what is saved and exported. */
export type HeadWeights = LinearWeights | NearestWeights | MlpWeights;

/** Probabilities are softmax(x · weightsᵀ + biases). */
export interface LinearWeights {
  readonly kind: "linear";
  readonly classes: number;
  readonly dimensions: number;
  /** [K, D], class by class. */
  readonly weights: Float32Array;
  /** [K] */
  readonly biases: Float32Array;
}

/**
 * Each row becomes (x − mean) · scale, scaled to length 1. Of the products with `rows` the `k` largest vote for the classes
 * of theirs: (votes + 1 / K) / (k + 1), at the temperature.
 */
export interface NearestWeights {
  readonly kind: "nearest";
  readonly classes: number;
  readonly dimensions: number;
  readonly k: number;
  readonly temperature: number;
  /** [D] */
  readonly mean: Float32Array;
  /** [D] */
  readonly scale: Float32Array;
  /** [N, D], each of length 1. */
  readonly rows: Float32Array;
  /** [N] Class of each row. */
  readonly labels: Int32Array;
}

/** Probabilities are softmax(max(0, x · hiddenᵀ + hiddenBiases) · weightsᵀ + biases). */
export interface MlpWeights {
  readonly kind: "mlp";
  readonly classes: number;
  readonly dimensions: number;
  readonly units: number;
  /** [units, D] */
  readonly hidden: Float32Array;
  /** [units] */
  readonly hiddenBiases: Float32Array;
  /** [K, units] */
  readonly weights: Float32Array;
  /** [K] */
  readonly biases: Float32Array;
}

/** A head that was fitted to images. */
export interface FittedHead {
  readonly spec: HeadSpec;
  readonly weights: HeadWeights;
  /** Probabilities [n, K], row by row, of features [n, D]. */
  predict(features: Float32Array): Float32Array;
}
