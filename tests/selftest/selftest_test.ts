import assert from "node:assert/strict";
import { join } from "node:path";
import * as engine from "../../lib/engine/mod.ts";
import { selfTest } from "../../lib/selftest/mod.ts";
import { selftest } from "../../lib/cli/selftest.ts";
import { imageFolder, inTempFolder } from "../_fixtures.ts";

await engine.use("onnx");

const CHEAP = ["class-of-three", "unscaled-pixels", "wrong-loss"];

async function below(folder: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder)).catch(() => []);
  return entries.map(({ name }) => name).sort();
}

Deno.test("selfTest() finds what it planted, nothing grave on the clean copy, and leaves nothing behind", () =>
  inTempFolder(async (folder) => {
    const data = await imageFolder(join(folder, "data"), { ant: 30, bee: 30 });
    const cache = Deno.env.get("PLATEAU_CACHE");
    const report = await selfTest({ data, seeds: 1, faults: CHEAP });
    assert.deepEqual(report.faults.map(({ name, detected, seeds }) => [name, detected, seeds]), [
      ["class-of-three", 1, 1],
      ["unscaled-pixels", 1, 1],
      ["wrong-loss", 1, 1],
    ]);
    assert.ok(report.passed, report.text());
    assert.equal(report.clean, 1);
    assert.ok(report.alarms.every(({ severity }) => severity !== "error"));
    assert.equal(Deno.env.get("PLATEAU_CACHE"), cache);
    assert.deepEqual(await below(join(cache!, "selftest")), []);
    assert.deepEqual(await below(join(cache!, "ledger")), [], "the person's own ledger has no reads of copies");
    assert.equal((await below(join(data, "ant"))).length, 30);
  }));

Deno.test("selfTest() goes on from where it was stopped, and sweeps what a killed one left behind", () =>
  inTempFolder(async (folder) => {
    const data = await imageFolder(join(folder, "data"), { ant: 30, bee: 30 });
    const home = join(Deno.env.get("PLATEAU_CACHE")!, "selftest");
    await Deno.mkdir(join(home, ".tmp-999999999-dead-scratch", "clean"), { recursive: true });
    let asked = 0;
    const stopAfterTwo = () => {
      if (++asked > 2) throw new Error("stopped here");
    };
    await assert.rejects(selfTest({ data, seeds: 1, faults: CHEAP, onCase: stopAfterTwo }), /stopped here/);
    const [kept, ...others] = await below(home);
    assert.match(kept, /^[0-9a-f]{16}\.json$/);
    assert.deepEqual(others, []);
    const done: string[] = [];
    const report = await selfTest({ data, seeds: 1, faults: CHEAP, onCase: (name) => done.push(name) });
    assert.deepEqual(done, CHEAP.slice(1));
    assert.ok(report.passed, report.text());
    assert.deepEqual(await below(home), []);
  }));

Deno.test("selftest prints its table, fails where a fault is not found, and refuses what it does not know", () =>
  inTempFolder(async (folder) => {
    const data = await imageFolder(join(folder, "data"), { ant: 30, bee: 30 });
    const said: string[] = [];
    const run = (...args: string[]) =>
      selftest(args, { print: (text) => said.push(text), printError: (text) => said.push(text) });
    const json = join(folder, "out.json");
    assert.equal(await run("--data", data, "--seeds", "1", "--faults", "missing-pooling", "--json", json), 0);
    assert.match(said.at(-1)!, /missing-pooling +✓ 1 of 1 +missing-flatten/);
    assert.equal(JSON.parse(await Deno.readTextFile(json)).passed, true);
    assert.equal(await run("--faults", "nonsense", "--data", data), 2);
    assert.match(said.at(-1)!, /Cannot plant the fault "nonsense": there are labels-shuffled/);
    assert.equal(await run("--seeds", "0"), 2);
    assert.equal(await run("--sedes", "2"), 2);
    assert.equal(await run("--help"), 0);
    assert.equal(await run("--data", join(folder, "nowhere")), 1);
  }));
