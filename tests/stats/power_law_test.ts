import assert from "node:assert/strict";
import { fitPowerLaw, powerLawAt, Random, StatsError } from "../../lib/stats/mod.ts";

const SIZES = [75, 106, 150, 212, 300, 424, 600];

for (const [a, b, c] of [[3, 0.5, 0.2], [1.5, 0.2, 0], [20, 1, 0.4]]) {
  Deno.test(`fitPowerLaw() finds ${a} n^-${b} + ${c} again, and what it gives with twice the images`, () => {
    const law = fitPowerLaw(SIZES.map((n) => ({ n, error: Math.min(1, a * n ** -b + c) })));
    assert.ok(law.off < 0.002, `${law.off}`);
    assert.ok(Math.abs(powerLawAt(law, 1200) - (a * 1200 ** -b + c)) < 0.005);
  });
}

Deno.test("fitPowerLaw() of errors that do not fall is flat, and of rising ones too", () => {
  for (const step of [0, 0.01]) {
    const law = fitPowerLaw(SIZES.map((n, i) => ({ n, error: 0.5 + step * i })));
    assert.ok(Math.abs(powerLawAt(law, 1200) - powerLawAt(law, 600)) < 1e-9);
  }
});

Deno.test("fitPowerLaw() goes by weights, and neither term is ever below 0", () => {
  const random = new Random(3);
  for (let i = 0; i < 50; i++) {
    const { a, c } = fitPowerLaw(SIZES.map((n) => ({ n, error: random.next() })));
    assert.ok(a >= 0 && c >= 0);
  }
  const points = SIZES.map((n, i) => ({ n, error: 0.6 - 0.05 * i, weight: i < 6 ? 1 : 1e6 }));
  assert.ok(Math.abs(powerLawAt(fitPowerLaw(points), 600) - 0.3) < 1e-3);
});

Deno.test("fitPowerLaw() refuses too few sizes, and what is no error rate", () => {
  assert.throws(
    () => fitPowerLaw([{ n: 10, error: 0.5 }, { n: 10, error: 0.4 }, { n: 20, error: 0.3 }]),
    (error) => error instanceof StatsError && /at least 3 different sizes are needed, there are 2/.test(error.message),
  );
  assert.throws(
    () => fitPowerLaw([{ n: 0, error: 0.5 }, { n: 10, error: 0.4 }, { n: 20, error: 0.3 }]),
    /sizes must be above 0 .* got 0 and 0\.5/,
  );
  assert.throws(() => fitPowerLaw([1, 2, 3].map((n) => ({ n, error: NaN }))), /errors from 0 to 1/);
});
