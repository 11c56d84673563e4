import type { VerdictName } from "../../diagnose/mod.ts";
import {
  escapeHtml,
  escapeTerminal,
  type ResultRecord,
  Shown,
  type Table,
  tableHtml,
  tableText,
} from "../../display/mod.ts";
import type { Parameter, Setting, Settings } from "./types.ts";

/** Where to search, as data, and why there. Displays itself as a table. */
export class SearchSpace extends Shown {
  readonly parameters: readonly Parameter[];
  /** What it follows from. */
  readonly verdict: VerdictName;
  /** What that calls for, in one sentence. */
  readonly why: string;
  /** Times the usual epochs that are trained in the end. */
  readonly time: number;

  constructor(parts: {
    readonly parameters: readonly Parameter[];
    readonly verdict: VerdictName;
    readonly why: string;
    readonly time?: number;
  }) {
    super();
    this.parameters = parts.parameters;
    this.verdict = parts.verdict;
    this.why = parts.why;
    this.time = parts.time ?? 1;
  }

  table(): Table {
    return {
      id: "search-space",
      title: "Where the search looks",
      columns: [
        { key: "what", label: "Hyperparameter" },
        { key: "where", label: "Searched" },
        { key: "why", label: "Why there" },
      ],
      rows: this.parameters.map((one) => ({ what: one.label, where: range(one), why: one.why })),
    };
  }

  override html(): string {
    return `<p>${escapeHtml(this.why)}</p>${tableHtml(this.table())}`;
  }

  override text(): string {
    return `${escapeTerminal(this.why)}\n${tableText(this.table())}`;
  }

  override record(): ResultRecord {
    return { tables: [this.table()] };
  }
}

/** How the small CNN is trained without a search (`plan.careful`), in the search's words. */
export const AS_IT_IS: Settings = {
  learningRate: 0.001,
  batchSize: 32,
  width: 1,
  weightDecay: 0,
  dropout: 0,
  labelSmoothing: 0,
  mixing: "none",
  augmentation: "flip, shift",
  ending: "stopped early",
  loss: "cross-entropy",
  balance: "none",
};

const LABELS: Readonly<Record<string, string>> = {
  learningRate: "Learning rate",
  batchSize: "Batch size",
  width: "Width",
  weightDecay: "Weight decay",
  dropout: "Dropout",
  labelSmoothing: "Label smoothing",
  mixing: "Mixed images",
  augmentation: "Augmentation",
  ending: "How training ends",
  loss: "Loss",
  balance: "Class weights",
};

const log = (name: string, low: number, high: number, why: string): Parameter => ({
  kind: "log",
  name,
  label: LABELS[name],
  low,
  high,
  why,
});

const choice = (name: string, values: readonly Setting[], why: string): Parameter => ({
  kind: "choice",
  name,
  label: LABELS[name],
  values,
  why,
});

const ENDINGS = ["stopped early", "cosine", "averaged"];

const REGULARISED = (): readonly Parameter[] => [
  log("learningRate", 3e-4, 3e-3, "around what works: it interacts with all else"),
  choice("weightDecay", [0, 0.01, 0.05, 0.2], "keeps weights small"),
  choice("dropout", [0, 0.2, 0.4], "no unit can rely on another"),
  choice("labelSmoothing", [0, 0.1, 0.2], "no answer is made certain"),
  choice("mixing", ["none", "mixup", "cutmix"], "images between the classes"),
  choice("augmentation", ["flip, shift", "flip, crop, colour", "TrivialAugment"], "more different images"),
  choice("width", [0.5, 0.75, 1], "fewer weights to learn by heart with"),
  choice("ending", ENDINGS, "when to stop, and with which weights"),
  choice("loss", ["cross-entropy", "cosine"], "cosine loss was made for few images"),
];

const BIGGER = (): readonly Parameter[] => [
  log("learningRate", 3e-4, 1e-2, "larger steps get further in the same time"),
  choice("batchSize", [16, 32, 64], "smaller batches mean more steps"),
  choice("width", [1, 1.5, 2], "more weights can learn more"),
  choice("augmentation", ["none", "flip", "flip, shift"], "varied images make training harder"),
  choice("ending", ["cosine", "averaged"], "the last steps are small ones"),
];

const EVERYTHING = (): readonly Parameter[] => [
  log("learningRate", 3e-4, 3e-3, "around what works"),
  choice("weightDecay", [0, 0.01, 0.1], "some, or none"),
  choice("dropout", [0, 0.3], "some, or none"),
  choice("labelSmoothing", [0, 0.1], "some, or none"),
  choice("augmentation", ["flip", "flip, shift", "flip, crop, colour"], "less or more of it"),
  choice("width", [0.5, 1, 1.5], "fewer weights, or more"),
  choice("ending", ENDINGS, "when to stop, and with which weights"),
];

type Region = Pick<SearchSpace, "parameters" | "why"> & { readonly time?: number };

const REGIONS: Readonly<Record<VerdictName, () => Region>> = {
  "overfitting": () => ({
    parameters: REGULARISED(),
    why: "The curves say overfitting: the search looks where training is held back, by smaller and averaged weights, " +
      "softer labels, more varied images and less capacity.",
  }),
  "data-limited": () => ({
    parameters: REGULARISED(),
    why: "The curves say that images are lacking: the search looks where a network makes more of few, by varied and " +
      "mixed images, softer labels and less capacity.",
  }),
  "underfitting": () => ({
    parameters: BIGGER(),
    time: 1.5,
    why: "The curves say underfitting: the search looks where more is learnt, by more weights, larger steps and half " +
      "as many epochs again.",
  }),
  "not-converged": () => ({
    parameters: BIGGER(),
    time: 1.5,
    why: "The curves were still falling: the search looks where training gets further, by larger steps, half as many " +
      "epochs again and a schedule that ends in small ones.",
  }),
  "diverging": () => ({
    parameters: [
      log("learningRate", 1e-5, 1e-3, "smaller steps do not jump out of the valley"),
      choice("batchSize", [32, 64], "steps agree more"),
      choice("weightDecay", [0, 0.01, 0.05], "keeps weights small"),
      choice("ending", ["cosine", "stopped early"], "a warm-up begins with small steps"),
    ],
    why: "The loss rose instead of falling: the search looks at smaller steps, first of all.",
  }),
  "good-fit": () => ({
    parameters: EVERYTHING(),
    why: "The curves show neither overfitting nor underfitting: the search looks to both sides of what is there.",
  }),
  "unclear": () => ({
    parameters: EVERYTHING(),
    why: "The curves give no clear verdict: the search looks to both sides of what is there.",
  }),
  "too-short": () => ({
    parameters: EVERYTHING(),
    why: "Too few epochs were trained for a verdict: the search looks to both sides of what is there.",
  }),
};

/** The largest class has that many times the images of the smallest: then weights for classes are tried. */
const UNEVEN = 1.5;

/**
 * The search space that follows from what the learning curves show: what holds training back where it overfits; capacity,
 * time and learning rate where it underfits.
 *
 * @param verdict Of `diagnose.learningCurves()`.
 * @param images Where images of the classes are uneven in number, class weights are tried as well.
 */
export function searchSpace(
  verdict: { readonly verdict: VerdictName },
  images?: {
    readonly classes: readonly string[];
    readonly development: readonly number[];
    readonly records: readonly { readonly label: number }[];
  },
): SearchSpace {
  const { parameters, ...region } = REGIONS[verdict.verdict]();
  const counts = new Array<number>(images?.classes.length ?? 0).fill(0);
  for (const i of images?.development ?? []) counts[images!.records[i].label]++;
  const uneven = counts.length > 0 && Math.max(...counts) > UNEVEN * Math.min(...counts);
  return new SearchSpace({
    ...region,
    verdict: verdict.verdict,
    parameters: [
      ...parameters,
      ...(uneven ? [choice("balance", ["none", "balanced"], "classes have unlike numbers of images")] : []),
    ],
  });
}

function range(parameter: Parameter): string {
  return parameter.kind === "log" ? `${parameter.low} to ${parameter.high}` : parameter.values.map(String).join(" · ");
}
