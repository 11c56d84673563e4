import assert from "node:assert/strict";
import { join } from "node:path";
import { projectRoot } from "../../lib/files/mod.ts";
import { loadBackbone } from "../../lib/model/mod.ts";
import { classifierFile, compareExport, fit, loadSaved, save } from "../../lib/pipeline/mod.ts";
import { Random } from "../../lib/stats/mod.ts";
import { withPaintings } from "./_small.ts";

const SETS = join(projectRoot(), "..", "shared", "weights");

const darknet = join(SETS, "tfjs_darknet_tiny");
const hasDarknet = await Deno.stat(darknet).then(() => true, () => false);

Deno.test({
  name: `a saved pipeline whose network has changed since is refused${hasDarknet ? "" : " (no network there)"}`,
  ignore: !hasDarknet,
  fn: () =>
    withPaintings(async (images, folder) => {
      const copy = join(folder, "network");
      await Deno.mkdir(copy);
      for await (const { name } of Deno.readDir(darknet)) await Deno.copyFile(join(darknet, name), join(copy, name));
      const { taps } = await loadBackbone(copy);
      const recipe = { kind: "head", backbone: copy, taps: [taps[0].node], head: { kind: "class-mean" } } as const;
      await save(await fit(images, images.development, recipe));
      await loadSaved();
      const weights = join(copy, "group1-shard1of1");
      const bytes = await Deno.readFile(weights);
      await Deno.writeFile(weights, bytes.map((byte, i) => i < 4 ? 0 : byte));
      await assert.rejects(loadSaved(), /the pre-trained network .* is not what it was when the pipeline was fitted/);
    }),
});

for (const name of ["squeezenet_fp16_onnx/SqueezeNet_fp16.onnx", "tfjs_darknet_tiny/model.json"]) {
  const path = join(SETS, name);
  const there = await Deno.stat(path).then(() => true, () => false);
  Deno.test({
    name: `a head on ${name} is exported with its network${there ? "" : " (not there)"}`,
    ignore: !there,
    fn: () =>
      withPaintings(async (images) => {
        const { taps } = await loadBackbone(path);
        const recipe = {
          kind: "head",
          backbone: path,
          taps: taps.map(({ node }) => node),
          mirrored: name.includes("onnx"),
          head: { kind: "logistic", c: 1 },
        } as const;
        const classifier = await fit(images, images.development, recipe, { folds: images.folds(2, { seed: 1 }) });
        const file = await classifierFile(classifier.content);
        const random = new Random(1);
        const pictures = [[60, 90], [300, 200]].map(([width, height]) => {
          return { pixels: Uint8Array.from({ length: width * height * 3 }, () => random.integer(256)), width, height };
        });
        const { probability } = await compareExport(file, classifier, pictures);
        // Half precision in the file rounds differently after differences in the last bit.
        assert.ok(probability < (name.includes("fp16") ? 1e-3 : 1e-4), String(probability));
      }),
  });
}
