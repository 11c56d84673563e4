import assert from "node:assert/strict";
import { join } from "node:path";
import { projectRoot } from "../../lib/files/mod.ts";
import { readNotebook } from "../../lib/notebook/mod.ts";
import { inTempFolder } from "../_fixtures.ts";

const NAMES = ["data", "seed", "budget", "engineName", "workers", "modelPath", "historyPath", "predictionsPath"];
const LATER = ["backbonePath", "unseal"];

/** What the parameters cell of the notebooks makes of an environment. */
async function parametersWith(env: Readonly<Record<string, string>>): Promise<unknown> {
  const { cells } = await readNotebook(join(projectRoot(), "notebooks", "01_dataset.ipynb"));
  const cell = cells.find(({ metadata }) => metadata.tags?.includes("parameters"))!;
  let printed = "";
  await inTempFolder(async (folder) => {
    const script = join(folder, "parameters.ts");
    await Deno.writeTextFile(script, `${cell.source}\nconsole.log(JSON.stringify([${[...NAMES, ...LATER]}]));`);
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--allow-env", "--no-config", script],
      clearEnv: true,
      env: { HOME: folder, ...env },
    }).output();
    printed = new TextDecoder().decode(stdout) || new TextDecoder().decode(stderr);
  });
  return JSON.parse(printed);
}

Deno.test("a notebook's parameters are the sample's without an environment", async () => {
  assert.deepEqual(await parametersWith({}), ["", 1, "15m", "onnx", 2, "", "", "", "", false]);
});

Deno.test("a notebook's parameters come from the environment, for nbconvert and papermill", async () => {
  const given = {
    PLATEAU_DATA: "/a b",
    PLATEAU_SEED: "7",
    PLATEAU_BUDGET: "20s",
    PLATEAU_ENGINE: "cpu",
    PLATEAU_WORKERS: "1",
    PLATEAU_MODEL: "m.ts",
    PLATEAU_HISTORY: "h.csv",
    PLATEAU_PREDICTIONS: "p.csv",
    PLATEAU_BACKBONE: "b.onnx",
    PLATEAU_UNSEAL: "yes",
  };
  assert.deepEqual(await parametersWith(given), ["/a b", 7, "20s", "cpu", 1, "m.ts", "h.csv", "p.csv", "b.onnx", true]);
});
