import assert from "node:assert/strict";
import { join } from "node:path";
import { chooseEngine } from "../../lib/cli/_engine_choice.ts";
import { inTempFolder } from "../_fixtures.ts";

/** A machine with these engines; a step takes as many milliseconds. */
function machine(steps: Readonly<Record<string, number>>) {
  const asked: string[] = [];
  return {
    asked,
    attempt: (name: string, measure: boolean) => {
      asked.push(measure ? `${name} measured` : name);
      const there = name in steps;
      const label = there ? `${name} 1.0${steps[name] > 1000 ? " (software, no graphics processor)" : ""}` : null;
      return Promise.resolve({ name, label, reason: "missing", step: there && measure ? steps[name] : null });
    },
  };
}

Deno.test("auto takes the fastest engine, keeps the choice, and makes another where it is gone", () =>
  inTempFolder(async (folder) => {
    const path = join(folder, "engine.json");
    const first = await chooseEngine(machine({ onnx: 20, tensorflow: 40 }).attempt, path);
    assert.equal(first.engine, "onnx");
    assert.match(first.sentence, /onnx, the fastest here \(a training step takes onnx 20 ms, tensorflow 40 ms\)/);
    // Another day the other one is faster: everything would have to be trained again.
    const later = machine({ onnx: 60, tensorflow: 30 });
    assert.deepEqual(await chooseEngine(later.attempt, path), first);
    assert.deepEqual(later.asked, ["onnx"]);
    const gone = await chooseEngine(machine({ tensorflow: 40, webgpu: 10 }).attempt, path);
    assert.equal(gone.engine, "webgpu");
  }));

Deno.test("auto does not measure where there is no choice, and leaves software that plays a graphics processor out", () =>
  inTempFolder(async (folder) => {
    const only = machine({ onnx: 20, webgpu: 2000 });
    assert.deepEqual(await chooseEngine(only.attempt, join(folder, "engine.json")), { engine: "onnx", sentence: "" });
    assert.ok(only.asked.every((name) => !name.includes("measured")));
  }));
