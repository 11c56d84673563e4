import assert from "node:assert/strict";
import { join } from "node:path";
import { prepare } from "../../lib/cli/_prepare.ts";
import { imageFolder, inTempFolder, write } from "../_fixtures.ts";
import { tinyOnnx } from "../model/_tiny_onnx.ts";

const NONE = { budget: "3m", engine: "onnx", model: "", history: "", predictions: "", backbone: "" };

Deno.test("a report refuses own files that cannot be used before any notebook starts, and takes those that can", () =>
  inTempFolder(async (folder) => {
    const data = await imageFolder(join(folder, "data"), { hat: 6, shoe: 6 });
    const file = async (name: string, content: string) => {
      await write(join(folder, name), content);
      return join(folder, name);
    };
    const refused = async (own: Partial<typeof NONE>, message: RegExp) =>
      await assert.rejects(prepare(data, 1, { ...NONE, ...own }), message);

    await refused({ model: await file("net.ts", "export const net = 1;") }, /net\.ts": it needs a default export/);
    await refused({ history: await file("run.csv", "epoch,loss\n0,1\n") }, /run\.csv": it needs the accuracy/);
    await refused({ predictions: await file("said.csv", "path,hat\nx,1\n") }, /said\.csv": .*; shoe has none/);
    await refused({ predictions: join(folder, "not-there.csv") }, /not-there\.csv": it does not exist/);

    const { summary } = await prepare(data, 1, {
      ...NONE,
      model: await file(
        "good.ts",
        `import { engine } from "plateau";
        const { layers: tf } = engine;
        export default ({ size, classes }) => tf.sequential({ layers: [
          tf.layers.flatten({ inputShape: [size, size, 3] }),
          tf.layers.dense({ units: classes, activation: "softmax" }),
        ] });`,
      ),
      history: await file("good.csv", "epoch,loss,accuracy,val_loss,val_accuracy\n0,1,0.5,1,0.5\n"),
      predictions: await file("good-said.csv", "path,hat,shoe\nhat/0.png,1,0\nhat/1.png,1,0\nhat/2.png,1,0\n"),
    });
    assert.match(summary, /12 images in 2 classes/);
  }));

Deno.test("a report says early that a pre-trained network cannot be used, and goes on without it", () =>
  inTempFolder(async (folder) => {
    const data = await imageFolder(join(folder, "data"), { hat: 6, shoe: 6 });
    const broken = join(folder, "net.onnx");
    await write(broken, "no network");
    const { summary, problems } = await prepare(data, 1, { ...NONE, backbone: broken });
    assert.match(summary, /12 images/);
    assert.equal(problems?.length, 1);
    assert.match(problems[0], /net\.onnx": it is no ONNX model\nThe report goes on without it/);

    const usable = join(folder, "good.onnx");
    await write(usable, tinyOnnx());
    assert.deepEqual((await prepare(data, 1, { ...NONE, backbone: usable })).problems, []);
  }));
