import type { ClassifierContent } from "../classifier.ts";
import { legible } from "./model_card.ts";

/** How the exported file is used, as Markdown; its code runs as it stands. */
export function exportReadme({ name, classes, unlike }: ClassifierContent): string {
  const strange = unlike !== null;
  return `# ${legible(name)}

\`model.onnx\` is an image classifier in one file. \`MODEL_CARD.md\` says what it was trained on, how well it does and what it cannot do; \`classes.json\` has the names of its ${classes.length} classes, in the order of its probabilities.

| | |
| --- | --- |
| input \`images\` | RGB bytes [n, height, width, 3], of any size: scaling and cutting to a square happen inside |
| output \`probabilities\` | [n, ${classes.length}], calibrated |${
    strange
      ? `
| output \`unlike\` | [n], true where a picture is unlike anything in training: then the probabilities mean little |
| output \`strangeness\` | [n], the number that \`unlike\` rests on |`
      : ""
  }

Pictures with a camera's orientation in their EXIF must be turned upright first, and transparent ones laid on white, as below.

## From Python

\`pip install onnxruntime numpy pillow\`, then:

\`\`\`python
import json, sys
import numpy as np
import onnxruntime as ort
from PIL import Image, ImageOps

session = ort.InferenceSession("model.onnx")
classes = json.load(open("classes.json", encoding="utf-8"))
picture = ImageOps.exif_transpose(Image.open(sys.argv[1])).convert("RGBA")
white = Image.new("RGBA", picture.size, "white")
pixels = np.asarray(Image.alpha_composite(white, picture).convert("RGB"))
answer = dict(zip([o.name for o in session.get_outputs()], session.run(None, {"images": pixels[None]})))
best = int(answer["probabilities"][0].argmax())
print(classes[best], float(answer["probabilities"][0][best])${strange ? ', bool(answer["unlike"][0])' : ""})
\`\`\`

## From a browser

With [onnxruntime-web](https://www.npmjs.com/package/onnxruntime-web), in a module of a page that a server delivers beside \`model.onnx\`, \`classes.json\` and a picture:

\`\`\`js
import * as ort from "onnxruntime-web";

const session = await ort.InferenceSession.create("model.onnx");
const classes = await (await fetch("classes.json")).json();
const picture = await createImageBitmap(await (await fetch("picture.png")).blob());
const { width, height } = picture;
const canvas = new OffscreenCanvas(width, height).getContext("2d");
canvas.fillStyle = "white";
canvas.fillRect(0, 0, width, height);
canvas.drawImage(picture, 0, 0);
const rgb = canvas.getImageData(0, 0, width, height).data.filter((_, i) => i % 4 < 3);
const images = new ort.Tensor("uint8", Uint8Array.from(rgb), [1, height, width, 3]);
const answer = await session.run({ images });
const probabilities = [...answer.probabilities.data];
const best = probabilities.indexOf(Math.max(...probabilities));
console.log(classes[best], probabilities[best]${strange ? ", Boolean(answer.unlike.data[0])" : ""});
\`\`\`
`;
}
