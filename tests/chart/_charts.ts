import {
  accuracyBars,
  type Chart,
  classCounts,
  confusion,
  imageSizes,
  learningCurves,
  regionMap,
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
    regionMap: regionMap([[0.06, 0.08, 0.1], [0.07, 0.12, 0.98]], { chance: 1 / 16 }),
    imageSizes: imageSizes([{ width: 640, height: 480 }, { width: 640, height: 480 }, { width: 300, height: 300 }]),
    confusion: confusion([name, "dog"], [[19, 2], [5, 17]]),
  };
}
