import * as ort from "onnxruntime-node";
import type { Classifier } from "../classifier.ts";
import type { Picture } from "../resize.ts";

/** How far the exported file is from what `predict` says, at most, over some pictures. */
export interface Agreement {
  /** Pictures compared. */
  readonly pictures: number;
  /** Largest difference of any probability. */
  readonly probability: number;
  /** Pictures that one calls unlike training and the other does not. */
  readonly unlike: number;
}

/**
 * Runs the exported file in plain ONNX Runtime, picture by picture, and compares with what the classifier itself says of
 * the same decoded pixels.
 */
export async function compareExport(
  file: Uint8Array,
  classifier: Classifier,
  pictures: readonly Picture[],
): Promise<Agreement> {
  const session = await ort.InferenceSession.create(file, { logSeverityLevel: 3 });
  try {
    const expected = await classifier.answers(pictures);
    let probability = 0, unlike = 0;
    for (const [i, { pixels, width, height }] of pictures.entries()) {
      const outputs = await session.run({ images: new ort.Tensor("uint8", pixels, [1, height, width, 3]) });
      const got = outputs.probabilities.data as Float32Array;
      expected[i].probabilities.forEach((value, k) => {
        // NaN counts as far away.
        const off = Math.abs(value - got[k]);
        probability = Math.max(probability, Number.isNaN(off) ? Infinity : off);
      });
      if (outputs.unlike) unlike += Number(Boolean(outputs.unlike.data[0]) !== expected[i].unlike);
    }
    return { pictures: pictures.length, probability, unlike };
  } finally {
    await session.release();
  }
}
