import assert from "node:assert/strict";
import { promote, type Standing } from "../../../lib/improve/search/_promotion.ts";

const FALLING = [[2.7, 2.4, 2.2]];
const at = { rungs: [4], epochs: 36, images: 500 };

const standing = (trial: number, scores: number[], losses: readonly (readonly number[])[] = FALLING): Standing => ({
  trial,
  scores,
  losses,
});

Deno.test("promote() keeps the best, and of equals the first in the list", () => {
  const { promoted, stopped } = promote(
    [standing(0, [0.2]), standing(1, [0.1]), standing(2, [0.3]), standing(3, [0.2])],
    2,
    at,
  );
  assert.deepEqual(promoted, [2, 0]);
  assert.deepEqual([...stopped], [[3, "behind"], [1, "behind"]]);
});

Deno.test("promote() stops a trial whose loss is no number or does not fall, however good its score", () => {
  const { promoted, stopped } = promote(
    [standing(0, [0.4], [[2.7, NaN]]), standing(1, [0.3], [[2.7, 2.8, 2.9]]), standing(2, [0.1])],
    2,
    at,
  );
  assert.deepEqual(promoted, [2]);
  assert.equal(stopped.get(0), "no number");
  assert.equal(stopped.get(1), "not learning");
});

Deno.test("promote() does not stop a trial for one of several trainings that does not fall", () => {
  const { promoted } = promote([standing(0, [0.4], [[2.7, 2.8], [2.7, 2.2]]), standing(1, [0.1])], 1, at);
  assert.deepEqual(promoted, [0]);
});

Deno.test("promote() gives up a trial that cannot reach the leader by the end, and takes nobody in its place", () => {
  const rungs = [4, 12];
  const flat = standing(1, [0.15, 0.15]), rising = standing(2, [0.05, 0.17]);
  const { promoted, stopped } = promote([standing(0, [0.2, 0.3]), flat, rising], 2, { ...at, rungs });
  assert.deepEqual(promoted, [0, 2]);
  assert.equal(stopped.get(1), "cannot catch up");
});

Deno.test("promote() lets one go on where none has any hope", () => {
  const { promoted, stopped } = promote([standing(0, [0.1], [[NaN]]), standing(1, [0.2], [[NaN]])], 1, at);
  assert.deepEqual(promoted, [1]);
  assert.equal(stopped.get(0), "no number");
});
