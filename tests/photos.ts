/**
 * Real photographs, where they lie beside the project: `deno task test:photos`. It trains for some minutes, so it is no
 * part of `deno task test`.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { augment, dataset, diagnose, engine, model, train } from "../lib/mod.ts";
import { projectRoot } from "../lib/files/mod.ts";
import { inTempFolder } from "./_fixtures.ts";

/** What the small CNN must reach, at least. */
const CASES = [{ name: "clothing10", atLeast: 0.45 }, { name: "sign_digits", atLeast: 0.45 }];

for (const { name, atLeast } of CASES) {
  const folder = join(projectRoot(), "..", "shared", "datasets", name);
  const there = await Deno.stat(folder).then(() => true, () => false);
  if (!there) console.log(`skipped: ${name}, since ../shared/datasets/${name} is not there`);

  Deno.test(
    `the small CNN beats the colour histogram on ${name}, and gets ${atLeast * 100} %`,
    { ignore: !there },
    () =>
      inTempFolder(async () => {
        await engine.use("onnx");
        const images = await dataset.open(folder);
        const fold = images.holdOut(0.25);
        const run = await train.fit(model.smallCnn(), images, fold, {
          epochs: 60,
          augmentation: augment.policies.flipShift,
          earlyStopping: { patience: 15 },
        });
        const baselines = await diagnose.baselines(images, [fold]);
        const { difference, sentence } = diagnose.compare(baselines.get("colour-histogram"), run, images);
        console.log(sentence);
        assert.ok(difference.low > 0, sentence);
        assert.ok(run.validationAccuracy.estimate >= atLeast, `${run.validationAccuracy.estimate}`);
      }),
  );
}
