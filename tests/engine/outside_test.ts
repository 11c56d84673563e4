import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inTempFolder } from "../_fixtures.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The import map that the engine's README gives to strangers. */
async function importMap(): Promise<string> {
  const readme = await Deno.readTextFile(join(root, "lib/engine/onnx/README.md"));
  return readme.match(/```json\n(.*?)```/s)![1];
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(join(from, name), join(to, name));
    else await Deno.copyFile(join(from, name), join(to, name));
  }
}

Deno.test("a script that knows tfjs and a copy of the engine only trains, saves and loads as its guides say", async () => {
  await inTempFolder(async (folder) => {
    await copyFolder(join(root, "lib/engine/onnx"), join(folder, "onnx"));
    await Deno.writeTextFile(join(folder, "deno.json"), await importMap());
    // Packages at the versions that are installed, without asking the network.
    await Deno.copyFile(join(root, "deno.lock"), join(folder, "deno.lock"));
    const script = await Deno.readTextFile(join(root, "tests/engine/outside/train.ts"));
    await Deno.writeTextFile(
      join(folder, "train.ts"),
      script.replace("../../../lib/engine/onnx/mod.ts", "./onnx/mod.ts"),
    );
    const { success, stdout, stderr } = await new Deno.Command("deno", {
      args: ["run", "--cached-only", "--allow-read", "--allow-env", "--allow-sys", "--allow-ffi", "train.ts"],
      cwd: folder,
      stdin: "null",
    }).output();
    const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    assert.ok(success, err);
    const result = JSON.parse(out);

    assert.equal(result.backend, "onnx");
    assert.deepEqual(result.epochs, Array.from({ length: 12 }, (_, epoch) => epoch));
    assert.ok(result.losses.at(-1) < result.losses[0] / 4, `losses ${result.losses}`);
    assert.equal(result.validationAccuracies.length, 12);
    // Half of the images are discs: 95 of 120 right has less than one chance in a million without learning.
    assert.ok(result.accuracy > 95 / 120, `accuracy ${result.accuracy}`);
    assert.ok(result.loss < Math.log(2), `loss ${result.loss}`);
    assert.deepEqual(result.again, result.predictions, "loaded again, the model predicts the same bits");
    assert.ok(Math.abs(result.line[0] - 3) < 0.01 && Math.abs(result.line[1] - 1) < 0.01, `line ${result.line}`);
    assert.deepEqual(result.fallbacks.filter(([kernel]: [string]) => kernel !== "LinSpace"), []);
  });
});
