import { join } from "node:path";
import { open } from "../../lib/dataset/mod.ts";
import { layers, use } from "../../lib/engine/mod.ts";
import { drawQuestions } from "../../lib/quiz/mod.ts";
import { imageFolder, picture, write } from "../_fixtures.ts";
import { tinyOnnx } from "../model/_tiny_onnx.ts";
import { codeBlocks } from "./_commands.ts";

/** The placeholder of the pages for a reader's own images. */
export const DATA = "path/to/folder";

/** The classes of the pages' examples. */
const CLASSES = ["boot", "sandal", "shoe"] as const;
const PER_CLASS = 24;

/**
 * Makes what the pages' commands name, by the very names: `path/to/folder`, `DIR`, `my_model.ts` and so on. All of it is
 * small. The model is the example of the pages.
 *
 * @param project Where the commands run.
 * @param pages Texts of the pages.
 */
export async function makeReadersFiles(project: string, pages: readonly string[]): Promise<void> {
  const at = (path: string) => join(project, path);
  await imageFolder(at(DATA), Object.fromEntries(CLASSES.map((name) => [name, PER_CLASS])));
  await write(at("photo.jpg"), await picture({ seed: "photo", format: "jpeg" }));
  await write(at("folder/1.png"), await picture({ seed: "another" }));

  const model = pages.flatMap(codeBlocks).find(({ language, lines }) =>
    language === "ts" && lines.some((line) => line.startsWith("export default"))
  );
  if (model === undefined) throw new Error('No page has a block of "ts" with a model as its default export');
  await write(at("my_model.ts"), model.lines.join("\n"));
  await use("cpu");
  const keras = layers.sequential({
    layers: [
      layers.layers.conv2d({ inputShape: [16, 16, 3], filters: 4, kernelSize: 3, activation: "relu" }),
      layers.layers.globalAveragePooling2d({}),
      layers.layers.dense({ units: CLASSES.length, activation: "softmax" }),
    ],
  });
  await write(at("model.json"), JSON.stringify({ modelTopology: keras.toJSON(null, false) }));
  await keras.save({
    async save({ modelTopology, weightSpecs, weightData }) {
      const manifest = [{ paths: ["weights.bin"], weights: weightSpecs }];
      await write(at("mobilenet/model.json"), JSON.stringify({ modelTopology, weightsManifest: manifest }));
      await write(at("mobilenet/weights.bin"), new Uint8Array(weightData as ArrayBuffer));
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
    },
  });
  await write(at("resnet50.onnx"), tinyOnnx());

  await write(
    at("run.csv"),
    ["epoch,accuracy,loss,val_accuracy,val_loss"].concat(
      [...Array(8).keys()].map((i) => `${i},${0.4 + i / 20},${1.1 - i / 10},0.38,${1.1 + i / 20}`),
    ).join("\n"),
  );
  const files = CLASSES.flatMap((name) =>
    [...Array(PER_CLASS).keys()].map((i) => ({ name, path: `${name}/${i}.png` }))
  );
  const rows = files.map((
    { name, path },
    i,
  ) => [path, ...CLASSES.map((other) => (other === name) === (i % 3 > 0) ? 0.6 : 0.2)]).map(([path, ...given]) => {
    const sum = (given as number[]).reduce((a, b) => a + b);
    return [path, ...(given as number[]).map((value) => value / sum)].join(",");
  });
  await write(at("predictions.csv"), [`path,${CLASSES.join(",")}`, ...rows].join("\n"));
  await write(at("answers.json"), await answers(at(DATA)));
}

/** What a friend sends back, who takes all for boots. */
async function answers(folder: string): Promise<string> {
  const dataset = await open(folder);
  const { fingerprint, images } = drawQuestions(dataset, { images: 20 });
  return JSON.stringify({
    format: "plateau-answers",
    version: 1,
    dataset: dataset.name,
    classes: dataset.classes,
    questions: { seed: 1, n: images.length, fingerprint },
    rater: "Bob",
    answers: images.map((index) => (
      { image: dataset.records[index].hash, class: "boot", milliseconds: 900, at: "2026-01-01T12:00:00Z" }
    )),
  });
}
