import assert from "node:assert/strict";
import { join } from "node:path";
import { doctor } from "../../lib/cli/doctor.ts";
import { PythonError } from "../../lib/cli/tensorflow/python.ts";
import { inOrder, tensorflow, type TensorFlowHost } from "../../lib/cli/tensorflow/tensorflow.ts";
import { LIBRARIES } from "../../lib/engine/mod.ts";
import { inTempFolder } from "../_fixtures.ts";

/** Runs the command with a Python that answers as told. */
async function run(args: string[], host: TensorFlowHost) {
  const said: string[] = [], errors: string[] = [];
  const status = await tensorflow(args, {
    print: (text) => void said.push(text),
    printError: (text) => void errors.push(text),
    ...host,
  });
  return { status, said: said.join("\n"), errors: errors.join("\n") };
}

const libraries = async (folder: string) => {
  await Deno.mkdir(folder, { recursive: true });
  for (const name of Object.values(LIBRARIES)) await Deno.writeTextFile(join(folder, name), "library");
};

Deno.test("tensorflow takes the libraries of the Python on the PATH, where they stay, and finds them again", () =>
  inTempFolder(async (temporary) => {
    const folder = join(temporary, "cache"), place = join(temporary, "python", "tensorflow");
    await libraries(place);
    const first = await run([], { folder, python: () => Promise.resolve({ folder: place }) });
    assert.deepEqual([first.status, first.errors], [0, ""]);
    assert.equal((await Deno.readTextFile(join(folder, "where.txt"))).trim(), place);
    const again = await run([], { folder, python: () => Promise.reject(new Error("not asked again")) });
    assert.match(again.said, /there already/);
  }));

Deno.test("tensorflow says how much it will download, asks, and keeps the libraries only", () =>
  inTempFolder(async (temporary) => {
    const folder = join(temporary, "cache", "tensorflow"), calls: string[] = [];
    const python: TensorFlowHost["python"] = async (args, onLine = () => {}) => {
      calls.push(args[0]);
      if (args[0] === "find") return { folder: null };
      if (args[0] === "size") return { file: "tensorflow_cpu-2.21.0.whl", bytes: 251_000_000 };
      if (args[0] === "download") {
        await Deno.writeTextFile(join(args[1], "tensorflow_cpu-2.21.0.whl"), "wheel");
        return { done: true };
      }
      await libraries(args[1]);
      onLine({ done: 1, total: 2 });
      return { files: Object.values(LIBRARIES) };
    };
    const refused = await run([], { folder, python, ask: () => "n" });
    assert.match(refused.said, /tensorflow_cpu-2\.21\.0\.whl is to be downloaded: 251 MB/);
    assert.match(refused.said, /Nothing was downloaded/);
    assert.ok(!calls.includes("download"));
    const done = await run(["--yes"], { folder, python });
    assert.deepEqual([done.status, done.errors], [0, ""]);
    const left = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
    assert.deepEqual(left, Object.values(LIBRARIES).sort());
  }));

Deno.test("tensorflow without pip, or with a folder that has no library, says so and what still works", () =>
  inTempFolder(async (temporary) => {
    const folder = join(temporary, "cache");
    const none = await run([], {
      folder,
      python: (args) =>
        args[0] === "find" ? Promise.resolve({ folder: null }) : Promise.reject(new PythonError("No module named pip")),
    });
    assert.equal(none.status, 1);
    assert.match(
      none.errors,
      /Cannot provide TensorFlow: No module named pip\. The default engine, "onnx", needs neither/,
    );
    const empty = await run(["--dir", temporary], { folder });
    assert.equal(empty.status, 1);
    assert.match(empty.errors, /the folder ".*" has no libtensorflow_cc/);
    assert.equal((await run(["--what"], { folder })).status, 2);
  }));

Deno.test("libraries are loaded before those that need them", () => {
  assert.deepEqual(
    inOrder(["libcudnn.so.9", "libcublas.so.12", "libcudart.so.12", "libtensorflow_cc.so.2", "libcublasLt.so.12"]),
    ["libcudart.so.12", "libcublasLt.so.12", "libcublas.so.12", "libcudnn.so.9"],
  );
});

Deno.test("doctor names every engine, what is missing and how to add it", async () => {
  const lines: string[] = [];
  assert.equal(await doctor([], (text) => void lines.push(text)), 0);
  const text = lines.join("\n");
  for (const name of ["onnx", "tensorflow", "tensorflow-gpu", "webgpu", "wasm", "cpu"]) {
    assert.match(text, new RegExp(`[✓–] ${name} +\\S`));
  }
  assert.match(text, /✓ onnx/);
  assert.doesNotMatch(text, /Cannot use the engine/);
});
