import assert from "node:assert/strict";
import {
  type Figure,
  formatBasis,
  formatCount,
  formatFigure,
  formatInterval,
  formatNumber,
  formatSeconds,
  formatShare,
} from "../../lib/display/mod.ts";

/** Special spaces as plain ones, so that expectations can be read. */
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");
const interval = (estimate: number, low: number, high: number) => ({ estimate, low, high });

Deno.test("formatInterval() keeps the digits that the interval's width allows, the same in all three numbers", () => {
  assert.equal(plain(formatInterval(interval(0.271, 0.239, 0.306))), "27.1 % [23.9, 30.6]");
  assert.equal(plain(formatInterval(interval(0.2712, 0.151, 0.392))), "27 % [15, 39]");
  assert.equal(plain(formatInterval(interval(0.99123, 0.98912, 0.99334))), "99.12 % [98.91, 99.33]");
  assert.equal(plain(formatInterval(interval(0.3, 0.3, 0.3))), "30.0 % [30.0, 30.0]");
});

Deno.test("formatInterval() gives differences a sign and negative numbers a true minus", () => {
  assert.equal(plain(formatInterval(interval(0.042, 0.01, 0.074), "points")), "+4.2 points [1.0, 7.4]");
  assert.equal(plain(formatInterval(interval(-0.012, -0.05, 0.02), "points")), "−1.2 points [−5.0, 2.0]");
  assert.equal(plain(formatInterval(interval(0, -0.03, 0.03), "points")), "0.0 points [−3.0, 3.0]");
  assert.equal(plain(formatInterval(interval(-0.0001, -0.03, 0.03), "points")), "0.0 points [−3.0, 3.0]");
});

Deno.test("formatInterval() shows the estimate alone where there are no bounds", () => {
  assert.equal(plain(formatInterval(interval(0.5, NaN, NaN))), "50.0 %");
  assert.equal(formatInterval(interval(NaN, NaN, NaN)), "–");
});

Deno.test("formatFigure() rounds by what is behind the number: an interval, images, or an exact value", () => {
  const figure: Figure = { id: "a", label: "A", value: 0.27123, unit: "share" };
  assert.equal(plain(formatFigure({ ...figure, low: 0.239, high: 0.306, n: 750 })), "27.1 % [23.9, 30.6]");
  assert.equal(plain(formatFigure({ ...figure, n: 750 })), "27.1 %");
  assert.equal(plain(formatFigure({ ...figure, n: 80 })), "27 %");
  assert.equal(plain(formatFigure({ ...figure, value: 1 / 16 })), "6.25 %");
  assert.equal(plain(formatFigure({ ...figure, value: 0.1 })), "10 %");
});

Deno.test("formatFigure() writes each unit its own way", () => {
  const shown = (unit: Figure["unit"], value: number) => plain(formatFigure({ id: "a", label: "A", value, unit }));
  assert.equal(shown("count", 1234567), "1 234 567");
  assert.equal(shown("epoch", 7), "epoch 7");
  assert.equal(shown("seconds", 72), "1 min 12 s");
  assert.equal(shown("points", 0.042), "+4.2 points");
  assert.equal(shown("number", 2.7725887), "2.77");
});

Deno.test("formatSeconds() never shows 60 of a unit", () => {
  const shown = [0.42, 9.94, 9.96, 59.4, 59.6, 72, 3599.4, 3599.6, 7500, -3].map((it) => plain(formatSeconds(it)));
  assert.deepEqual(shown, [
    "0.4 s",
    "9.9 s",
    "10 s",
    "59 s",
    "1 min",
    "1 min 12 s",
    "59 min 59 s",
    "1 h",
    "2 h 5 min",
    "−3.0 s",
  ]);
});

Deno.test("formatNumber() and formatCount() group thousands and have no negative zero", () => {
  assert.equal(formatCount(999), "999");
  assert.equal(formatCount(12345), "12\u202f345");
  assert.equal(formatCount(-1234), "−1\u202f234");
  assert.equal(formatNumber(-0.0), "0");
  assert.equal(formatNumber(12345.6), "12\u202f346");
  assert.equal(formatNumber(0.00123), "0.00123");
  assert.equal(plain(formatNumber(0.0000001)), "1.0 × 10^−7");
});

Deno.test("numbers that are none are shown as a dash", () => {
  for (const shown of [formatShare(NaN), formatCount(Infinity), formatNumber(NaN), formatSeconds(NaN)]) {
    assert.equal(shown, "–");
  }
});

Deno.test("formatBasis() names images, groups and method, each where known", () => {
  assert.equal(
    plain(formatBasis({ n: 750, groups: 402, method: "bootstrap over groups" })),
    "750 images, 402 groups; bootstrap over groups",
  );
  assert.equal(plain(formatBasis({ n: 1 })), "1 image");
  assert.equal(formatBasis({}), "");
});
