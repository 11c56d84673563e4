import {
  accuracyBars,
  type Chart,
  classCounts,
  classScores,
  confusion,
  imageSizes,
  learningCurveBands,
  learningCurves,
  reliability,
  splitComparison,
} from "../../lib/chart/mod.ts";

export const HOSTILE = `<script>alert("1")</script>`;

const score = (estimate: number) => ({ estimate, low: estimate - 0.034, high: estimate + 0.035, n: 750 });

const history = (shift: number) =>
  [1, 2, 3, 4].map((epoch) => ({
    epoch,
    loss: 2.7 / epoch + shift,
    accuracy: 0.2 * epoch,
    validationLoss: 2.5 + Math.abs(epoch - 2) / 3 + shift,
    validationAccuracy: 0.1 + 0.03 * epoch,
  }));

/** Three of four bins have images. */
const bins = (accuracies: readonly number[]) => [
  { low: 0, high: 0.25, images: 0, confidence: null, accuracy: null },
  ...accuracies.map((accuracy, i) => ({
    low: 0.25 * (i + 1),
    high: 0.25 * (i + 2),
    images: 100 * (i + 1),
    confidence: 0.25 * (i + 1.5),
    accuracy: score(accuracy),
  })),
];

/** Each chart function with a small example, by name; `name` stands for a class or a model. */
export function examples(name: string): Record<string, Chart> {
  return {
    classCounts: classCounts({ classes: [name, "dog"], development: [46, 1047], sealed: [21, 22] }),
    learningCurves: learningCurves([{ label: name, history: history(0), keptEpoch: 2 }], { chance: 1 / 16 }),
    learningCurvesOfTwo: learningCurves([
      { label: name, history: history(0), keptEpoch: 2 },
      { label: "other", history: history(0.2), keptEpoch: 3 },
    ]),
    accuracyBars: accuracyBars([
      { label: "uniform", kind: "chance", interval: score(0.06) },
      { label: "colour histogram", kind: "baseline", interval: score(0.14) },
      { label: name, interval: score(0.27) },
    ], { chance: 1 / 16 }),
    splitComparison: splitComparison([
      { model: name, by: "group", interval: score(0.27) },
      { model: name, by: "image", interval: score(0.39) },
    ]),
    imageSizes: imageSizes([{ width: 640, height: 480 }, { width: 640, height: 480 }, { width: 300, height: 300 }]),
    confusion: confusion([name, "dog"], [[19, 2], [5, 17]]),
    confusionInOrder: confusion([name, "dog", "bee"], [[19, 2, 0], [5, 17, 1], [0, 0, 9]], {
      numbers: "shares",
      order: [2, 1, 0],
      unanswered: [0, 3, 0],
    }),
    learningCurveBands: learningCurveBands([
      { label: name, history: history(0), keptEpoch: 2 },
      { label: "fold 2", history: history(0.3), keptEpoch: 3 },
      { label: "fold 3", history: history(0.1).slice(0, 3), keptEpoch: 1 },
    ], { chance: 1 / 16 }),
    classScores: classScores([
      { label: name, images: 21, precision: score(0.4), recall: score(0.3), f1: score(0.34) },
      { label: "dog", images: 22, precision: null, recall: score(0.05), f1: score(0.06) },
    ], { accuracy: 0.27 }),
    reliability: reliability([
      { label: name, bins: bins([0.5, 0.42, 0.55]) },
      { label: "with a temperature", bins: bins([0.3, 0.52, 0.8]) },
    ]),
  };
}
