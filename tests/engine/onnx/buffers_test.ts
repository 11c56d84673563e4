import assert from "node:assert/strict";
import { Buffers } from "../../../lib/engine/onnx/run/buffers.ts";

Deno.test("memory comes back for the same type and length only", () => {
  const buffers = new Buffers(1000);
  const array = buffers.take("float32", 10);
  buffers.give("float32", array);
  assert.notEqual(buffers.take("float32", 11), array);
  assert.notEqual(buffers.take("int32", 10), array);
  assert.equal(buffers.take("float32", 10), array);
  assert.notEqual(buffers.take("float32", 10), array, "taken once");
});

Deno.test("free memory is bounded, and sizes of a model that is gone do not fill it for ever", () => {
  const buffers = new Buffers(1000);
  const large = buffers.take("float32", 251);
  buffers.give("float32", large);
  assert.notEqual(buffers.take("float32", 251), large, "more than all that may lie unused");
  const old = Array.from({ length: 10 }, () => buffers.take("float32", 24));
  for (const array of old) buffers.give("float32", array);
  const recent = buffers.take("float32", 25);
  buffers.give("float32", recent);
  assert.equal(buffers.take("float32", 25), recent, "what comes last is kept");
  assert.ok(!old.includes(buffers.take("float32", 24) as Float32Array), "what was there goes");
});

Deno.test("what one step takes may lie unused until the next, beside a batch and all else within the bound", () => {
  const buffers = new Buffers(1000);
  buffers.makeRoomFor(3 * 4 * 400);
  const step = Array.from({ length: 3 }, () => buffers.take("float32", 400));
  for (const array of [...step, buffers.take("float32", 200)]) buffers.give("float32", array);
  const next = step.map(() => buffers.take("float32", 400));
  assert.ok(step.every((array) => next.includes(array)), "the very same memory");
});
