import { Buffer } from "node:buffer";
import * as chart from "../../lib/chart/mod.ts";
import {
  type Displayable,
  Figures,
  findings,
  Group,
  ImageGrid,
  jupyterDisplay,
  RECORD_MIME,
  TableView,
} from "../../lib/display/mod.ts";
import type { Cell, ExecutedNotebook, MimeBundle, Output } from "../../lib/notebook/mod.ts";
import type { ReportSettings } from "../../lib/report/mod.ts";
import { picture } from "../_fixtures.ts";

/** Class and file names as nobody should choose them, and somebody does. */
export const HOSTILE = [`<script>alert(1)</script>`, `"quoted" 'twice' 😀.png`, `<img src=x onerror=alert(2)>`];

export const SETTINGS: ReportSettings = {
  dataset: "birds <b>&</b> co",
  fingerprint: "f00d",
  seed: 1,
  budget: "15m",
  engine: "onnx",
};
export const AT = "2026-11-24T14:05:00.000Z";

let ids = 0;

export function markdown(source: string): Cell {
  return {
    cell_type: "markdown",
    id: `m${ids++}`,
    metadata: {},
    source,
    outputs: [],
    execution_count: null,
  };
}

export function code(source: string, ...outputs: Output[]): Cell {
  return { cell_type: "code", id: `c${ids++}`, metadata: {}, source, outputs, execution_count: 1 };
}

export function display(data: MimeBundle): Output {
  return { output_type: "display_data", data, metadata: {} };
}

async function shown(result: Displayable): Promise<Output> {
  return display(await result[jupyterDisplay]());
}

export function executed(name: string, cells: Cell[], more: Partial<ExecutedNotebook> = {}): ExecutedNotebook {
  return { name, cells, status: "done", failure: null, seconds: 72, ...more };
}

const finding = (severity: "error" | "warning" | "info" | "good", code: string, sentence: string) => ({
  code,
  severity,
  sentence,
  evidence: [
    { id: `${code}.train`, label: "Accuracy on training images", value: 0.913, unit: "share", n: 562 } as const,
    {
      id: `${code}.validation`,
      label: "Accuracy on unseen images",
      value: 0.271,
      low: 0.239,
      high: 0.306,
      unit: "share",
      n: 188,
      groups: 61,
      method: "bootstrap over groups",
    } as const,
  ],
  remedy: severity === "good" ? "" : "Collect more images, or augment those there are.",
});

const CLASSES = ["mammal", "bird", "bug", "sea creature", ...HOSTILE];

/** A notebook with every kind of output that a page must show. */
export async function everyKind(name = "03_training"): Promise<ExecutedNotebook> {
  const png = Buffer.from(await picture({ width: 60, height: 60 }));
  const bytes = new Uint8Array(png);
  const image = (file: string) =>
    ({ src: bytes, mime: "image/png", alt: `${file} of a class`, caption: file }) as const;
  const grid = new ImageGrid({
    title: `Some images of ${HOSTILE[0]}`,
    rows: CLASSES.map((label, i) => ({
      label,
      images: Array.from({ length: 8 }, (_, k) => image(k === 0 ? HOSTILE[i % 3] : `${k}.png`)),
    })),
  });
  const history = (shift: number) =>
    Array.from({ length: 20 }, (_, i) => ({
      epoch: i + 1,
      loss: 2.8 * Math.exp(-i / 6),
      accuracy: 1 - 0.94 * Math.exp(-i / 7),
      validationLoss: 2.4 + (i - 5) ** 2 / 150 + shift,
      validationAccuracy: 0.06 + 0.2 * (1 - Math.exp(-i / 4)),
    }));
  const figures = new Figures([
    {
      id: "thread-cnn.validation-accuracy",
      label: "Validation accuracy of the thread's CNN",
      value: 0.271,
      low: 0.239,
      high: 0.306,
      unit: "share",
      n: 188,
      groups: 61,
      method: "bootstrap over groups",
      key: true,
      rung: "model",
      of: `thread-cnn ${HOSTILE[0]}`,
    },
    { id: "images", label: "Images", value: 1100, unit: "count", key: true },
    { id: "chance", label: "Chance level", value: 0.0625, unit: "share", key: true, rung: "chance", of: "Chance" },
    { id: "gap", label: "Difference to training", value: -0.642, low: -0.68, high: -0.6, unit: "points", n: 188 },
  ]);
  const table = new TableView({
    id: "classes",
    title: "Accuracy by class",
    columns: [
      { key: "class", label: "Class" },
      { key: "images", label: "Images", unit: "count" },
      { key: "accuracy", label: "Accuracy", unit: "share" },
      { key: "wrong", label: "Most often taken for" },
      { key: "note", label: "What to look at" },
    ],
    rows: CLASSES.map((label, i) => ({
      class: label,
      images: 40 + i,
      accuracy: 0.2 + i / 20,
      wrong: CLASSES[(i + 1) % CLASSES.length],
      note: i === 2 ? '=HYPERLINK("http://example.org")' : "a longer remark that makes the table wider than a phone",
    })),
  }, { note: "Classes with fewer than 10 images are left out." });
  const verdict = findings([
    finding("error", "duplicates", `3 images lie on both sides of the split, one is ${HOSTILE[1]}.`),
    {
      ...finding(
        "warning",
        "overfitting",
        "Overfitting from epoch 7: 91 % on training, 27 % [24, 31] on unseen images.",
      ),
      chart: "learning-curves",
      expectedGain: {
        id: "g",
        label: "Twice the images",
        value: 0.012,
        low: -0.02,
        high: 0.04,
        unit: "points",
      } as const,
    },
    {
      ...finding("info", "small-batch", `Batches of 4 are small for a learning rate of 0.001 (${HOSTILE[0]}).`),
      chart: "learning-curves",
    },
    finding("good", "balanced", "All classes have about the same number of images."),
  ]);
  return executed(name, [
    markdown(
      `# Why is it stuck?\n\n**The question.** A small CNN is trained the way many people would: four convolutions, one dense layer. See [the first](01_dataset.html), \`x < 1\`, and ${
        HOSTILE[0]
      } [link](javascript:alert(3)).`,
    ),
    { ...code('let data = "";\nlet seed = 1;'), metadata: { tags: ["parameters"] } },
    { ...code('data = "birds";\nseed = 7;'), metadata: { tags: ["injected-parameters"] } },
    markdown("## Images\n\n**What to look for.** Does each row look like one class?"),
    code("await dataset.imageGrid(images)", await shown(grid)),
    markdown("## Numbers"),
    code("figures", await shown(figures)),
    code("table", await shown(table)),
    code("new Group(figures, table)", await shown(new Group(figures, table))),
    markdown("## Curves\n\n| a | b |\n| - | -: |\n| 1 | 2 |\n\n- one\n- two\n\n> quoted"),
    code(
      'const run = await train.fit(model.threadCnn(), images, fold, { epochs: 20, batchSize: 4 }); // "trained"\nchart.learningCurves([{ label: run.model, ...run }])',
      { output_type: "stream", name: "stdout", text: "plain \u001b[33mcoloured\u001b[0m <b>text</b>\n10%\r20%\n" },
      { output_type: "stream", name: "stderr", text: `a warning about ${HOSTILE[2]}\n` },
      await shown(chart.learningCurves([
        { label: "thread-cnn", history: history(0), keptEpoch: 6 },
        { label: HOSTILE[0], history: history(0.4), keptEpoch: 9 },
      ], { chance: 1 / 16 })),
    ),
    code(
      "chart.classCounts(counts)",
      await shown(chart.classCounts({
        classes: CLASSES,
        development: CLASSES.map((_, i) => 40 + i),
        sealed: CLASSES.map(() => 20),
      })),
    ),
    markdown("## The verdict"),
    code("verdict", await shown(verdict)),
    code(
      "other forms",
      display({ "image/png": png.toString("base64"), "text/plain": "a picture" }),
      display({
        "image/svg+xml":
          '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20" fill="teal"/></svg>',
      }),
      display({ "text/markdown": `**bold** ${HOSTILE[0]}` }),
      display({
        "text/html":
          `<p onclick="alert(4)">kept</p><script>alert(5)</script><iframe src="http://example.org"></iframe>`,
      }),
      display({ "application/json": { a: [1, "<b>"] } }),
      display({ [RECORD_MIME]: { footer: { Engine: "onnx 1.30.0, 2 threads" } } }),
      { output_type: "execute_result", data: { "text/plain": "[ 1, 2 ]" }, metadata: {}, execution_count: 9 },
      {
        output_type: "error",
        ename: "TypeError",
        evalue: "not <this> way",
        traceback: ["TypeError: not", "    at a.ts:1"],
      },
    ),
  ]);
}
