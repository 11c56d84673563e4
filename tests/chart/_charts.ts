import {
  accuracyBars,
  accuracyLadder,
  type Chart,
  classCounts,
  classScores,
  confusion,
  effects,
  embeddingMap,
  imageSizes,
  importanceBars,
  learningCurveBands,
  learningCurves,
  literature,
  type LiteraturePoint,
  parallelTrials,
  predictionCheck,
  rateBatchMap,
  rateRange,
  regionMap,
  reliability,
  sizeCurve,
  splitComparison,
  waterfall,
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

const published = (name: string): LiteraturePoint[] =>
  [
    { kind: "from-scratch", imagesPerClass: 50, accuracy: 0.55, adjusted: 0.5, classes: 10, comparable: true },
    { kind: "linear-probe", imagesPerClass: 30, accuracy: 0.9, adjusted: 0.89, classes: 100, comparable: true },
    { kind: "fine-tuned", imagesPerClass: 4, accuracy: 0.82, adjusted: 0.8, classes: 10, comparable: false },
    { kind: "classic", imagesPerClass: 5000, accuracy: 0.39, adjusted: 0.32, classes: 10, comparable: false },
    { kind: "human", imagesPerClass: null, accuracy: 0.94, adjusted: 0.93, classes: 10, comparable: true },
  ].map((point) => ({ ...point, dataset: name, method: "net", citation: "Author 2020" }) as LiteraturePoint);

const mine = (name: string) =>
  [name, "other"].map((label, i) => ({
    label,
    imagesPerClass: 37.5,
    accuracy: score(0.27 + i / 10),
    adjusted: score(0.22 + i / 10),
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

const sizes = (shift: number) =>
  [75, 150, 300, 600].map((images, i) => ({ images, accuracy: score(shift + 0.05 * i) }));
const drawOf = ({ images, accuracy }: ReturnType<typeof sizes>[number]) => ({ images, accuracy: accuracy.estimate });
const law = (shift: number) =>
  [75, 150, 300, 600, 1200].map((images, i) => {
    const accuracy = shift + 0.05 * i;
    return { images, accuracy, low: accuracy - 0.02, high: accuracy + 0.01 * (i + 1) };
  });

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
    accuracyLadder: accuracyLadder([
      { label: "People", kind: "human", value: 0.86, low: 0.71, high: 0.95, n: 40 },
      { label: "Published, fine-tuned", kind: "literature", value: 0.62 },
      { label: name, kind: "model", value: 0.27, low: 0.239, high: 0.306, n: 750 },
      { label: "Colour histogram", kind: "baseline", value: 0.145, low: 0.11, high: 0.18, n: 750 },
      { label: "Most frequent class", kind: "baseline", value: 0.063, low: 0.04, high: 0.09, n: 750 },
      { label: "Chance", kind: "chance", value: 0.0625 },
    ]),
    waterfall: waterfall([
      { label: name, accuracy: score(0.27) },
      { label: "Suits small data: batch norm, pooling, varied images", accuracy: score(0.31), gain: score(0.04) },
      { label: "Tuned", accuracy: score(0.33), gain: score(0.02) },
      { label: "Blurred", accuracy: score(0.2), gain: score(-0.11), against: 1 },
      { label: "Frozen features of a pre-trained network", accuracy: score(0.52), gain: score(0.19), against: 2 },
    ], { chance: 1 / 16 }),
    splitComparison: splitComparison([
      { model: name, by: "group", interval: score(0.27) },
      { model: name, by: "image", interval: score(0.39) },
    ]),
    regionMap: regionMap([[0.06, 0.08, 0.1], [0.07, 0.12, 0.98]], { chance: 1 / 16 }),
    imageSizes: imageSizes([{ width: 640, height: 480 }, { width: 640, height: 480 }, { width: 300, height: 300 }]),
    literature: literature(published(name), mine(name), { chance: 1 / 16, band: [19, 75] }),
    literatureAdjusted: literature(published(name), mine(name), { adjusted: true, chance: 1 / 16, band: [19, 75] }),
    confusion: confusion([name, "dog"], [[19, 2], [5, 17]]),
    confusionInOrder: confusion([name, "dog", "bee"], [[19, 2, 0], [5, 17, 1], [0, 0, 9]], {
      numbers: "shares",
      order: [2, 1, 0],
      unanswered: [0, 3, 0],
    }),
    rateBatchMap: rateBatchMap(
      [[4, 0.001, 0.24], [4, 0.008, 0.0625], [32, 0.001, 0.2], [32, 0.008, 0.11]].map((
        [batchSize, learningRate, estimate],
      ) => ({ batchSize, learningRate, interval: score(estimate), scaled: learningRate / batchSize === 0.00025 })),
      { chance: 1 / 16 },
    ),
    rateRange: rateRange(
      [0, 0.1].map((shift) => ({
        rates: [1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1],
        smooth: [2.8, 2.7, 2.4, 2.2, 2.6, 9].map((loss) => loss + shift),
      })),
      { marks: [{ rate: 0.001, label: `used: ${name}` }, { rate: 0.002, label: "suggested: 0.002" }] },
    ),
    effects: effects([
      { label: name, difference: { estimate: 0.042, low: 0.011, high: 0.073, n: 750 } },
      { label: "rotate", difference: { estimate: 0.012, low: -0.02, high: 0.044, n: 750 } },
      { label: "flip", difference: { estimate: -0.09, low: -0.125, high: -0.055, n: 750 } },
      { label: "noise", difference: { estimate: -0.034, low: -0.066, high: -0.002, n: 750 }, told: false },
    ]),
    learningCurveBands: learningCurveBands([
      { label: name, history: history(0), keptEpoch: 2 },
      { label: "fold 2", history: history(0.3), keptEpoch: 3 },
      { label: "fold 3", history: history(0.1).slice(0, 3), keptEpoch: 1 },
    ], { chance: 1 / 16 }),
    classScores: classScores([
      { label: name, images: 21, precision: score(0.4), recall: score(0.3), f1: score(0.34) },
      { label: "dog", images: 22, precision: null, recall: score(0.05), f1: score(0.06) },
    ], { accuracy: 0.27 }),
    sizeCurve: sizeCurve([
      { label: name, points: sizes(0.2), draws: sizes(0.21).map(drawOf), law: law(0.2) },
      { label: "other", points: sizes(0.1) },
    ], { chance: 1 / 16 }),
    predictionCheck: predictionCheck([
      { label: name, predicted: score(0.04), measured: score(0.02) },
      { label: "twice the images", predicted: null, measured: score(-0.01) },
    ]),
    reliability: reliability([
      { label: name, bins: bins([0.5, 0.42, 0.55]) },
      { label: "with a temperature", bins: bins([0.3, 0.52, 0.8]) },
    ]),
    parallelTrials: parallelTrials(
      [
        { key: "rate", label: "Learning rate", low: 0.0003, high: 0.003 },
        { key: "mixing", label: "Mixed images", values: ["none", name] },
      ],
      [
        { label: "trial 1", settings: { rate: 0.001, mixing: "none" }, score: 0.21, state: "as it is" },
        { label: "trial 2", settings: { rate: 0.0025, mixing: name }, score: 0.26, state: "chosen" },
        { label: "trial 3", settings: { rate: 0.0004, mixing: name }, score: 0.14, state: "stopped" },
        { label: "trial 4", settings: { rate: 0.0012, mixing: "none" }, score: 0.23, state: "went on" },
      ],
    ),
    importanceBars: importanceBars([
      { label: name, share: 0.41, low: 0.22, high: 0.6, told: true },
      { label: "Dropout", share: 0.07, low: 0, high: 0.15, told: false },
    ]),
    embeddingMap: embeddingMap([
      { x: -3.2, y: 1.5, label: 0, said: 0, path: "a.png" },
      { x: 2.25, y: 4, label: 1, said: 0, path: `${name}.png` },
      { x: 0, y: -1, label: 1, said: 1, path: "c.png" },
    ], [name, "dog"]),
  };
}
