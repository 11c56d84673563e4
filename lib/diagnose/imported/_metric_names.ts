/** The four series that learning curves are made of. */
export type Series = "loss" | "accuracy" | "validationLoss" | "validationAccuracy";

/** How each series may be called, for people. */
export const NAMES: Readonly<Record<Series, string>> = {
  loss: "loss on the training images (loss, train_loss)",
  accuracy: "accuracy on the training images (accuracy, acc, train_acc)",
  validationLoss: "loss on the validation images (val_loss)",
  validationAccuracy: "accuracy on the validation images (val_accuracy, val_acc)",
};

/** In the order in which they are taken where there are several. */
const ACCURACIES = [
  "accuracy",
  "acc",
  "sparse_categorical_accuracy",
  "categorical_accuracy",
  "multiclass_accuracy",
  "multiclassaccuracy",
  "top1",
  "top_1",
];

/**
 * Which series a column of Keras or Lightning holds, and how good a source it is: the lower, the better. Null for
 * what is none of them, as `test_acc`.
 */
export function seriesOf(column: string): { readonly series: Series; readonly rank: number } | null {
  const plain = column.toLowerCase().replaceAll(/[\s/.\-]+/g, "_");
  const validation = /^(val|valid|validation)_/.test(plain);
  let metric = plain.replace(/^(val|valid|validation|train|training)_/, "");
  // Lightning logs a metric by step and by epoch under one name each.
  let rank = metric.endsWith("_step") ? 100 : 0;
  metric = metric.replace(/_(step|epoch)$/, "");
  if (metric === "loss" || metric === "cross_entropy" || metric === "ce_loss") {
    rank += metric === "loss" ? 0 : 1;
    return { series: validation ? "validationLoss" : "loss", rank };
  }
  const place = ACCURACIES.indexOf(metric);
  return place < 0 ? null : { series: validation ? "validationAccuracy" : "accuracy", rank: rank + place };
}
