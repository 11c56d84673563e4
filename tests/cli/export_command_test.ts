import assert from "node:assert/strict";
import { join } from "node:path";
import { exportPipeline } from "../../lib/cli/export.ts";
import { decodeFile } from "../../lib/dataset/mod.ts";
import { projectRoot } from "../../lib/files/mod.ts";
import { fit, save } from "../../lib/pipeline/mod.ts";
import { findChromium, findPythonWith } from "../_programs.ts";
import { HEAD, withPaintings } from "../pipeline/_small.ts";

const chromium = findChromium();
const python = await findPythonWith("onnxruntime", ["PIL"]);

async function run(...args: string[]) {
  const out: string[] = [], errors: string[] = [];
  const host = { print: (text: string) => out.push(text), printError: (text: string) => errors.push(text) };
  return { status: await exportPipeline(args, host), out: out.join("\n"), errors: errors.join("\n") };
}

/** An export, with a picture in it, and what Plateau says of that. */
async function withExport(body: (target: string, said: { name: string; probability: number }) => Promise<void>) {
  await withPaintings(async (images, folder) => {
    const target = join(folder, "export");
    const missing = await run(target);
    assert.equal(missing.status, 1);
    assert.match(missing.errors, /there is no pipeline yet/);
    const metrics = [{
      id: "a",
      label: "Accuracy | unseen",
      value: 0.5,
      low: 0.4,
      high: 0.6,
      unit: "share",
      n: 36,
    }] as const;
    const classifier = await fit(images, images.development, HEAD, { folds: images.folds(2, { seed: 1 }), metrics });
    await save(classifier);
    const { status, out, errors } = await run(target);
    assert.equal(status, 0, errors);
    assert.match(out, /head: \d+\.\d MB, written to .*model\.onnx; on 10 pictures no probability differs/);
    const picture = join(folder, "data", images.records[images.development[0]].path);
    await Deno.copyFile(picture, join(target, "picture.png"));
    const [{ label, probabilities }] = await classifier.answers([await decodeFile(picture)]);
    await body(target, { name: images.classes[label], probability: probabilities[label] });
  });
}

Deno.test("export writes one ONNX file with a card that has data, metrics with intervals, limits and licences", () =>
  withExport(async (target) => {
    const card = await Deno.readTextFile(join(target, "MODEL_CARD.md"));
    assert.match(card, /Logistic regression .*30.* on frozen features of coco.*mobilenet.*v3 .*2 taps/);
    assert.match(card, /Trained on 36 images of the data set data/);
    assert.match(card, /Accuracy .*unseen .*50.*40.*60.* 36.images/);
    assert.match(card, /about 5.% are called so all the same/);
    assert.match(card, /@vladmandic\/human \(MIT\)/);
    assert.match(card, /Plateau does not know under which licence/);
    assert.doesNotMatch(card, /undefined|NaN/);
    assert.equal((await run()).status, 2);
  }));

Deno.test({
  name: `the README's example runs in a browser, and says what Plateau says${chromium ? "" : " (no Chromium here)"}`,
  ignore: chromium === null,
  fn: () =>
    withExport(async (target, { name, probability }) => {
      const { stdout, stderr } = await new Deno.Command("deno", {
        args: ["run", "-A", "--quiet", join(projectRoot(), "tests", "cli", "_in_browser.ts"), target, chromium!],
        cwd: projectRoot(),
      }).output();
      const text = new TextDecoder().decode(stdout);
      assert.ok(text !== "", new TextDecoder().decode(stderr));
      const { logged, faults } = JSON.parse(text);
      assert.equal(logged.length, 1, faults.join("\n"));
      const [said, value, unlike] = logged[0].split(" ");
      assert.equal(said, name);
      assert.ok(Math.abs(Number(value) - probability) < 1e-4, `${value} in the browser, ${probability} here`);
      assert.equal(unlike, "false");
    }),
});

Deno.test({
  name: `the README's example runs in Python, and says what Plateau says${python ? "" : " (no onnxruntime here)"}`,
  ignore: python === null,
  fn: () =>
    withExport(async (target, { name, probability }) => {
      const readme = await Deno.readTextFile(join(target, "README.md"));
      const script = /```python\n([\s\S]*?)```/.exec(readme)![1];
      const { stdout, stderr } = await new Deno.Command(python!, { args: ["-c", script, "picture.png"], cwd: target })
        .output();
      const [said, value] = new TextDecoder().decode(stdout).trim().split(" ");
      assert.equal(said, name, new TextDecoder().decode(stderr));
      assert.ok(Math.abs(Number(value) - probability) < 1e-4);
    }),
});
