import assert from "node:assert/strict";
import { join } from "node:path";
import { projectRoot } from "../../lib/files/mod.ts";
import { type Cell, readNotebook, runNotebook } from "../../lib/notebook/mod.ts";
import { imageFolder, inTempFolder, write } from "../_fixtures.ts";

const OWN = ["03-32", "03-33", "03-34", "03-36", "03-37", "03-38"];

/** Runs the cells of notebook 03 that are about a person's own files, and says what each showed. */
async function ownSections(parameters: Record<string, string>): Promise<Record<string, string>> {
  const { name, cells } = await readNotebook(join(projectRoot(), "notebooks", "03_training.ipynb"));
  const kept = cells.filter(({ id }) => ["03-02", "03-03", ...OWN].includes(id));
  const executed = await runNotebook({ name, cells: kept }, {
    cwd: projectRoot(),
    parameters: { seed: 1, budget: "3m", engineName: "onnx", ...parameters },
  });
  assert.equal(executed.status, "done", JSON.stringify(executed.failure));
  const shown = ({ outputs }: Cell) =>
    outputs.map((output) => "data" in output ? String(output.data["text/plain"]) : "").join("");
  return Object.fromEntries(executed.cells.filter(({ id }) => OWN.includes(id)).map((cell) => [cell.id, shown(cell)]));
}

Deno.test("notebook 03 trains an own model and shows what was trained elsewhere, in a kernel without network", () =>
  inTempFolder(async (folder) => {
    await imageFolder(join(folder, "data"), { hat: 12, shoe: 12 });
    await write(
      join(folder, "mine.ts"),
      `import { engine } from "plateau";
      import { units } from "./units.ts";
      const { layers: tf } = engine;
      export default ({ size, classes }) => tf.sequential({ layers: [
        tf.layers.averagePooling2d({ inputShape: [size, size, 3], poolSize: 16 }),
        tf.layers.flatten(),
        tf.layers.dense({ units, activation: "relu" }),
        tf.layers.dense({ units: classes, activation: "softmax" }),
      ] });`,
    );
    await write(join(folder, "units.ts"), "export const units: number = 4;");
    await write(
      join(folder, "run.csv"),
      "epoch,loss,accuracy,val_loss,val_accuracy\n" +
        Array.from({ length: 6 }, (_, e) => `${e},${0.7 - e / 10},${0.5 + e / 12},0.7,0.5`).join("\n"),
    );
    await write(
      join(folder, "said.csv"),
      "path,hat,shoe\n" + Array.from({ length: 12 }, (_, i) => `hat/${i}.png,0.6,0.4`).join("\n"),
    );
    const shown = await ownSections({
      data: join(folder, "data"),
      modelPath: join(folder, "mine.ts"),
      historyPath: join(folder, "run.csv"),
      predictionsPath: join(folder, "said.csv"),
    });
    assert.match(shown["03-32"], /Your model mine\.ts.*Accuracy on unseen images: mine/s);
    assert.match(shown["03-33"], /mine: loss and accuracy/);
    assert.match(shown["03-34"], /What to do|Good/);
    assert.match(shown["03-36"], /Accuracy on unseen images: said, trained elsewhere: 100/);
    assert.match(shown["03-37"], /run-elsewhere: loss and accuracy/);
    assert.match(shown["03-38"], /said: predicted against true class/);
  }));

Deno.test("notebook 03 says in a line each how own files are given, where none were, and shows nothing else", () =>
  inTempFolder(async (folder) => {
    await imageFolder(join(folder, "data"), { hat: 12, shoe: 12 });
    const shown = await ownSections({
      data: join(folder, "data"),
      modelPath: "",
      historyPath: "",
      predictionsPath: "",
    });
    assert.match(shown["03-32"], /^No model of your own was given: deno task report --model FILE\.ts$/);
    assert.match(shown["03-36"], /^Nothing trained elsewhere was given/);
    for (const id of ["03-33", "03-34", "03-37", "03-38"]) assert.equal(shown[id], "", id);
  }));
