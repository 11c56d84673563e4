import { join } from "node:path";
import { writeWhole } from "../../files/mod.ts";
import { Random } from "../../stats/mod.ts";
import type { Classifier } from "../classifier.ts";
import { PipelineError } from "../errors.ts";
import type { Picture } from "../resize.ts";
import { modelCard } from "./model_card.ts";
import { classifierFile } from "./onnx_file.ts";
import { exportReadme } from "./readme.ts";
import { type Agreement, compareExport } from "./verify.ts";

/** Further apart than that, the file would be another classifier. */
const FURTHEST = 1e-4;

/** What was written. */
export interface Exported {
  readonly files: readonly string[];
  /** Of the ONNX file. */
  readonly bytes: number;
  readonly agreement: Agreement;
}

/**
 * Writes a classifier into a folder for others to use: `model.onnx`, `MODEL_CARD.md`, `README.md` and `classes.json`.
 * Before anything is written, the file is run in plain ONNX Runtime and compared with the classifier.
 *
 * @param pictures To compare on, besides some made up for it.
 * @throws PipelineError where it cannot be written down as ONNX, or says something else there.
 * @throws FileError where the folder cannot be written.
 */
export async function exportClassifier(
  classifier: Classifier,
  folder: string,
  pictures: readonly Picture[] = [],
): Promise<Exported> {
  const { content } = classifier;
  const file = await classifierFile(content);
  const agreement = await compareExport(file, classifier, [...madeUp(), ...pictures]);
  if (!(agreement.probability <= FURTHEST)) {
    throw new PipelineError(
      `Cannot export: in ONNX Runtime a probability differs by ${
        agreement.probability.toPrecision(2)
      }, it must not by ` +
        `more than ${FURTHEST}`,
    );
  }
  const files: Record<string, string | Uint8Array> = {
    "model.onnx": file,
    "classes.json": JSON.stringify(content.classes, null, 1) + "\n",
    "MODEL_CARD.md": modelCard(content, agreement),
    "README.md": exportReadme(content),
  };
  for (const [name, text] of Object.entries(files)) await writeWhole(join(folder, name), text);
  return { files: Object.keys(files), bytes: file.length, agreement };
}

/** Pictures of several sizes and shapes, from smooth to noise: every way through the scaling. */
function madeUp(): Picture[] {
  return [[64, 64], [224, 224], [640, 427], [90, 300], [17, 11]].flatMap(([width, height], i) => {
    const random = new Random(`export/${i}`);
    const colour = [random.next(), random.next(), random.next()];
    const smooth = Uint8Array.from({ length: width * height * 3 }, (_, at) => {
      const x = Math.floor(at / 3) % width, y = Math.floor(at / 3 / width);
      return 255 * (0.5 + 0.5 * Math.sin(5 * colour[at % 3] + 6 * x / width + 4 * y / height));
    });
    const noise = Uint8Array.from({ length: width * height * 3 }, () => random.integer(256));
    return [{ pixels: smooth, width, height }, { pixels: noise, width, height }];
  });
}
