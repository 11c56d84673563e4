import assert from "node:assert/strict";
import { draw } from "../../../lib/improve/search/draw.ts";
import { importances } from "../../../lib/improve/search/importance.ts";
import { searchSpace } from "../../../lib/improve/search/space.ts";
import { Random } from "../../../lib/stats/mod.ts";

const { parameters } = searchSpace({ verdict: "overfitting" });
const trials = draw(parameters, 36, 1);

Deno.test("importances() names what decides, and how", () => {
  const random = new Random("scores");
  const scores = trials.map(({ mixing }) => 0.2 + (mixing === "cutmix" ? 0.1 : 0) + 0.01 * random.normal());
  const found = importances(parameters, trials, scores, 1)!;
  assert.equal(found.rows[0].name, "mixing");
  assert.ok(found.told && found.rows[0].p <= 0.05, String(found.rows[0].p));
  assert.ok(found.rows[0].share > 3 * found.rows[1].share);
  assert.equal(found.rows[0].effects.at(-1)!.value, "cutmix");
  assert.ok(found.explained > 0.5, String(found.explained));
  for (const { share, low, high } of found.rows) assert.ok(low >= 0 && low <= share && share <= high && high <= 1);
});

Deno.test("importances() finds a learning rate by its magnitude", () => {
  const scores = trials.map(({ learningRate }) => 0.1 * Math.log10(Number(learningRate)));
  const [first] = importances(parameters, trials, scores, 1)!.rows;
  assert.equal(first.name, "learningRate");
  assert.ok(Number(first.effects.at(-1)!.value) > 1e-3);
});

Deno.test("importances() says that nothing is told where scores have nothing to do with settings", () => {
  const told = [1, 2].map((seed) => {
    const random = new Random(`luck/${seed}`);
    return importances(parameters, trials, trials.map(() => 0.2 + 0.03 * random.normal()), seed)!.told;
  });
  assert.deepEqual(told, [false, false]);
});

Deno.test("importances() gives the same for the same trials, and nothing for a few or equal ones", () => {
  const scores = trials.map(({ width }) => Number(width));
  assert.deepEqual(importances(parameters, trials, scores, 1), importances(parameters, trials, scores, 1));
  assert.equal(importances(parameters, trials.slice(0, 7), scores.slice(0, 7), 1), null);
  assert.equal(importances(parameters, trials, trials.map(() => 0.2), 1), null);
});
