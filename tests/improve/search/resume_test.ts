import assert from "node:assert/strict";
import { join } from "node:path";
import { dataset, engine, model, train } from "../../../lib/mod.ts";
import { search, SearchSpace } from "../../../lib/improve/search/mod.ts";
import { imageFolder, inTempFolder } from "../../_fixtures.ts";

const TRIALS = 3, FOLDS = 3;

/** What both programs search: the same but for the last trainings, which never end in the one that is killed. */
const PARAMETERS = [
  { kind: "log", name: "learningRate", label: "Learning rate", low: 1e-3, high: 1e-1, why: "" },
  { kind: "choice", name: "batchSize", label: "Batch size", values: [8, 16], why: "" },
] as const;

const planOf = { folds: FOLDS, careful: () => ({ epochs: 2 }), trainings: () => 1e9 };
const designOf = (epochs: number) => ({ rungs: [{ trials: TRIALS, epochs: 1 }], epochs, folds: FOLDS });

async function open(root: string): Promise<dataset.Dataset> {
  await engine.use("onnx", { threads: 1, layout: "auto" });
  return await dataset.open(root, { size: 32, onProgress: () => {} });
}

async function searched(images: dataset.Dataset) {
  const against = await train.crossValidate(
    model.smallCnn(),
    images,
    images.folds(FOLDS),
    { epochs: 1, batchSize: 8 },
    {
      onProgress: () => {},
    },
  );
  const space = new SearchSpace({ parameters: PARAMETERS, verdict: "unclear", why: "A test." });
  return await search(images, planOf, { space, against, design: designOf(2) });
}

const kept = async () => {
  const store = await train.ExperimentStore.open();
  try {
    return store.count();
  } finally {
    store.close();
  }
};

Deno.test("search() goes on where a killed one was, and ends as if nothing had happened", () =>
  inTempFolder(async (folder) => {
    const root = await imageFolder(join(folder, "data"), { a: 18, b: 18 });
    const script = `
      import { dataset, engine, improve } from ${JSON.stringify(new URL("../../../lib/mod.ts", import.meta.url).href)};
      await engine.use("onnx", { threads: 1, layout: "auto" });
      const images = await dataset.open(${JSON.stringify(root)}, { size: 32, onProgress: () => {} });
      const space = new improve.SearchSpace({ parameters: ${JSON.stringify(PARAMETERS)}, verdict: "unclear", why: "" });
      const plan = { folds: ${FOLDS}, careful: () => ({ epochs: 2 }), trainings: () => 1e9 };
      const design = ${JSON.stringify(designOf(1_000_000))};
      await improve.search(images, plan, { space, against: [], design });`;
    const child = new Deno.Command("deno", { args: ["eval", "--quiet", script], stdout: "null", stderr: "piped" })
      .spawn();
    const errors = new Response(child.stderr).text();
    let ended = false;
    const end = child.status.then(() => ended = true);
    while (!ended && await kept().catch(() => 0) < TRIALS * FOLDS) await new Promise((go) => setTimeout(go, 50));
    assert.ok(!ended, await Promise.race([errors, ""]));
    child.kill("SIGKILL");
    await Promise.all([end, errors]);

    const images = await open(root);
    const before = await kept();
    assert.equal(before, TRIALS * FOLDS);
    const resumed = await searched(images);
    const compared = FOLDS;
    assert.equal(await kept(), before + FOLDS + compared, "only the last trainings and what is compared with");

    // The same from nothing.
    Deno.env.set("PLATEAU_CACHE", join(folder, ".other-cache"));
    const whole = await searched(await open(root));
    const { seconds: _, ...once } = whole.found!.raced, { seconds: __, ...again } = resumed.found!.raced;
    assert.deepEqual(again, once);
    assert.deepEqual(resumed.found!.nested, whole.found!.nested);
    assert.deepEqual(resumed.offer()!.recipe, whole.offer()!.recipe);
  }));
