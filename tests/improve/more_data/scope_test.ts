import assert from "node:assert/strict";
import { moreDataScope } from "../../../lib/improve/mod.ts";
import { Plan } from "../../../lib/train/mod.ts";

const pace = (step: number) => ({ step, first: 0.3 });
const planOf = (budget: string) =>
  new Plan({
    images: 750,
    classes: 16,
    grouped: true,
    size: 64,
    mostFolds: 5,
    atOnce: 2,
    calibration: { thread: pace(0.02), threadOf4: pace(0.005), small: pace(0.045) },
  }, budget);
const images = { development: Array.from({ length: 750 }, (_, i) => i) };

Deno.test("moreDataScope(): with more time more is asked, and what was cut is said", () => {
  const none = moreDataScope(images, planOf("none"));
  assert.deepEqual([none.draws, none.ways.length, none.networkDraws, none.networkReserve], [4, 4, 2, true]);
  assert.deepEqual(none.findings, []);

  const usual = moreDataScope(images, planOf("15m"));
  assert.deepEqual([usual.draws, usual.ways.slice(0, 2), usual.networkDraws], [4, ["styles", "emoji"], 0]);
  assert.match(usual.findings[0].sentence, /no curve for the small CNN, only for frozen features\.$/);

  const quick = moreDataScope(images, planOf("3m"));
  assert.deepEqual([quick.draws, quick.ways, quick.networkDraws, quick.networkReserve], [2, [], 0, false]);
  assert.equal(quick.findings[0].code, "budget-cut");
  assert.match(quick.findings[0].sentence, /two draws of each size instead of four; no images are really added/);
});
