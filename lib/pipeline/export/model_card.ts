import { escapeMarkdown, formatBasis, formatCount, formatFigure, formatShare } from "../../display/mod.ts";
import { bundledBackbone } from "../../model/mod.ts";
import type { ClassifierContent } from "../classifier.ts";
import { backbonesOf, backboneText, recipeText } from "./describe.ts";
import type { Agreement } from "./verify.ts";

/** The name that `dataset.open("")` gives its data: their licences are known. */
const SAMPLE = "emoji16";

/**
 * What whoever uses the classifier must know, as Markdown: what it was trained on, how well it does and on how many
 * images, what it cannot do, and whose work is in it.
 *
 * Mitchell et al. (2019), Model cards for model reporting. FAT*.
 */
export function modelCard(content: ClassifierContent, agreement: Agreement): string {
  const { name, classes, fitted, temperature, unlike, facts, id } = content;
  const perClass = facts.perClass.map((count, k) => `| ${legible(classes[k])} | ${formatCount(count)} |`);
  const metrics = facts.metrics.map((figure) =>
    `| ${legible(figure.label)} | ${formatFigure(figure)} | ${legible(formatBasis(figure))} |`
  );
  const lines = [
    `# Model card: ${legible(name)}`,
    "",
    `${legible(recipeText(fitted.recipe))}. It says which of ${classes.length} classes a picture belongs to.`,
    "",
    "## Data",
    "",
    `Trained on ${formatCount(facts.images)} images of the data set ${legible(facts.dataset)}` +
    (facts.groups === null ? "" : `, of ${formatCount(facts.groups)} groups that no split tore apart`) +
    ` (fingerprint ${facts.fingerprint.slice(0, 12)}).`,
    "",
    "| class | images |",
    "| --- | ---: |",
    ...perClass,
    "",
    "## How well it does",
    "",
    ...(metrics.length === 0 ? ["It was not measured: nothing can be said of its accuracy."] : [
      "With 95 % intervals; with other images of the same kind the numbers could as well have been others in them.",
      "",
      "| what | value | rests on |",
      "| --- | --- | --- |",
      ...metrics,
    ]),
    "",
    temperature === 1
      ? "Its probabilities are as it gives them: there were no unseen images to calibrate them on."
      : `Its probabilities are calibrated: a temperature of ${
        temperature.toFixed(2)
      }, fitted on images that it was not ` +
        "trained on.",
    "",
    unlike === null
      ? "Nothing tells whether a picture is unlike anything in training."
      : (unlike.kind === "distance"
        ? `A picture is called unlike anything in training where it is further from its ${unlike.neighbours}th nearest ` +
          "training image than"
        : "A picture is called unlike anything in training where its highest probability is lower than for") +
        ` ${formatShare(1 - unlike.falseAlarms, { exact: true })} of ${
          formatCount(unlike.n)
        } images of the training data, ` +
        "each seen by a classifier that did not know it" +
        `: of pictures like those, about ${
          formatShare(unlike.falseAlarms, { exact: true })
        } are called so all the same.` +
        (unlike.kind === "confidence" ? " This is a weak sign: networks are often sure of what they never saw." : ""),
    "",
    "## Limits",
    "",
    "- It knows these classes and no other: whatever it is shown, it names one of them. Look at `unlike` too.",
    "- It was measured on images like those it was trained on. From another camera, place or source it may do worse, and " +
    "nobody has measured how much.",
    "- The training data are few. Classes with few images are known least.",
    "- It must not decide about people.",
    "",
    "## Licences",
    "",
    ...licences(content).map((line) => `- ${line}`),
    "",
    "## How it was made",
    "",
    `With Plateau (pipeline ${
      id.slice(0, 16)
    }, ${facts.engine}). The ONNX file has everything: pictures of any size are ` +
    "scaled inside it, by the operator that Plateau itself predicts through. It was run in plain ONNX Runtime on " +
    `${agreement.pictures} pictures when it was written; no probability differed from Plateau's by more than ${
      agreement.probability.toExponential(0)
    }.`,
  ];
  return lines.join("\n") + "\n";
}

/** Whose work is in the file, one line each. */
export function licences({ fitted, facts }: Pick<ClassifierContent, "fitted" | "facts">): string[] {
  const data = facts.dataset === SAMPLE
    ? "The sample's pictures are drawings of seven icon sets under CC BY 4.0 (Twemoji, Emoji One 2.3), CC BY-SA 4.0 " +
      "(OpenMoji), Apache 2.0 (Noto Emoji, Firefox OS Emoji) and MIT (Fluent Emoji). The pictures are not in the file; " +
      "weights learnt from them are."
    : `The images of ${
      escapeMarkdown(facts.dataset)
    }: Plateau does not know under which licence. You do; say so here ` +
      "before you pass the file on.";
  const backbones = backbonesOf(fitted.recipe).map((path) =>
    path === ""
      ? `The pre-trained network ${bundledBackbone().name}, which is part of the file: MobileNetV3-Large trained on COCO, ` +
        "out of the npm package @vladmandic/human (MIT); weights by https://github.com/610265158/mobilenetv3_centernet."
      : `The pre-trained network ${
        escapeMarkdown(backboneText(path))
      }, which is part of the file: under the licence of ` +
        "the file that it came from. You chose it; say which here before you pass the file on."
  );
  return [data, ...backbones, "Plateau itself: MIT."];
}

/** Escaped only where something in it means something in Markdown: cards are read as plain text too. */
export function legible(text: string): string {
  return /^[\p{L}\p{N} \u00a0\u202f.,;:()=%/-]*$/u.test(text) ? text : escapeMarkdown(text);
}
