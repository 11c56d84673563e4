import assert from "node:assert/strict";
import type { Program } from "../../../lib/engine/onnx/run/program.ts";
import { ProgramCache } from "../../../lib/engine/onnx/run/program_cache.ts";

/** A program that says when it is released. */
function fake(name: string, bytes: number, released: string[]): Program {
  return { bytes, dispose: () => released.push(name) } as unknown as Program;
}

Deno.test("the program used longest ago is released first", () => {
  const released: string[] = [];
  const cache = new ProgramCache({ count: 2, bytes: 1e9, least: 1 });
  for (const key of ["a", "b", "a", "c"]) cache.get(key, () => fake(key, 1, released));
  assert.deepEqual(released, ["b"]);
  assert.equal(cache.size, 2);
  const { compileMs } = cache;
  cache.get("c", () => assert.fail("c is kept"));
  assert.equal(cache.compileMs, compileMs, "no time where nothing is compiled");
  cache.clear();
  assert.deepEqual(released, ["b", "a", "c"]);
});

Deno.test("large programs leave fewer, but never fewer than are needed", () => {
  const released: string[] = [];
  const cache = new ProgramCache({ count: 10, bytes: 100, least: 2 });
  for (const [key, bytes] of [["a", 10], ["b", 10], ["c", 10], ["big", 90]] as const) {
    cache.get(key, () => fake(key, bytes, released));
  }
  assert.deepEqual(released, ["a", "b"]);
  cache.get("bigger", () => fake("bigger", 500, released));
  assert.deepEqual(released, ["a", "b", "c"]);
  assert.equal(cache.size, 2);
});
