import assert from "node:assert/strict";
import { bootstrapInterval, foldCorrection, metricInterval, Random, wilson } from "../../lib/stats/mod.ts";

const random = new Random("metric");
const flags = Array.from({ length: 200 }, () => Number(random.next() < 0.4));
const share = (values: readonly number[]) => (drawn: readonly number[]) =>
  drawn.reduce((sum, i) => sum + values[i], 0) / drawn.length;

Deno.test("metricInterval() is the bootstrap's, its bounds moved out by the root of the correction for folds", () => {
  const plain = bootstrapInterval(share(flags), { n: 200 });
  const once = metricInterval(share(flags), { n: 200, folds: 1 });
  assert.deepEqual([once.low, once.high, once.method], [plain.low, plain.high, "BCa bootstrap over images"]);
  const folded = metricInterval(share(flags), { n: 200, folds: 5 });
  const widen = Math.sqrt(foldCorrection(5));
  assert.ok(Math.abs(folded.estimate - folded.low - widen * (plain.estimate - plain.low)) < 1e-12);
  assert.ok(Math.abs(folded.high - folded.estimate - widen * (plain.high - plain.estimate)) < 1e-12);
  assert.equal(folded.method, "corrected bootstrap over images of 5 folds, approximate");
});

Deno.test("metricInterval() draws whole groups, and says how many", () => {
  const groups = flags.map((_, i) => Math.floor(i / 10));
  const alike = flags.map((_, i) => flags[groups[i]]);
  const byGroup = metricInterval(share(alike), { n: 200, folds: 5, groups });
  const byImage = metricInterval(share(alike), { n: 200, folds: 5 });
  assert.equal(byGroup.groups, 20);
  assert.ok(byGroup.high - byGroup.low > 2 * (byImage.high - byImage.low));
});

Deno.test("metricInterval() has a width where nothing varies, and with few images", () => {
  const perfect = metricInterval(() => 1, { n: 50, folds: 5 });
  assert.equal(perfect.high, 1);
  assert.ok(Math.abs(perfect.low - wilson(50 / foldCorrection(5), 50 / foldCorrection(5)).low) < 1e-12);
  const few = metricInterval(share([1, 0, 1]), { n: 3, folds: 2 });
  assert.equal(few.estimate, 2 / 3);
  assert.ok(few.low < 0.2 && few.high > 0.9, `${few.low} to ${few.high}`);
  assert.equal(metricInterval(share([1]), { n: 1, folds: 1 }).method, "Wilson over images");
});

Deno.test("metricInterval() keeps within 0 and 1", () => {
  const { low, high } = metricInterval(share([1, ...new Array(30).fill(0)]), { n: 31, folds: 2 });
  assert.ok(low >= 0 && high <= 1);
});

Deno.test("metricInterval() of independent images covers the truth at least as often as it says", () => {
  let covered = 0;
  const rounds = 150;
  for (let round = 0; round < rounds; round++) {
    const random = new Random(`coverage/${round}`);
    const values = Array.from({ length: 80 }, () => Number(random.next() < 0.3));
    const { low, high } = metricInterval(share(values), { n: 80, folds: 5, resamples: 200, seed: round });
    covered += Number(low <= 0.3 && 0.3 <= high);
  }
  assert.ok(covered >= 0.95 * rounds, `${covered} of ${rounds}`);
});
