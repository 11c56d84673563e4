import assert from "node:assert/strict";
import { SizeCurve, type SizeFacts } from "../../../lib/improve/mod.ts";
import { Random } from "../../../lib/stats/mod.ts";

const SIZES = [75, 106, 150, 212, 300, 424, 600];

/** Images of which each has its own difficulty, so that more training images solve more of them. */
function facts(accuracy: (n: number) => number, { n = 750, sizes = SIZES, noise = 0.05 } = {}): SizeFacts {
  const random = new Random("size curve");
  const hard = Array.from({ length: n }, (_, i) => (i + 0.5) / n);
  return {
    name: "fake",
    label: "Fake features",
    sizes: sizes.map((trained) => ({
      share: trained / 600,
      trained,
      correct: Array.from(
        { length: trained === 600 ? 1 : 4 },
        () => hard.map((h) => h + noise * random.normal() < accuracy(trained)),
      ),
    })),
    labels: hard.map((_, i) => i % 10),
    groups: hard.map((_, i) => `g${Math.floor(i / 2)}`),
    folds: 5,
    classes: 10,
    images: 750,
    seed: 1,
  };
}
/** Few groups, whose images are all alike, and draws that differ widely. */
function lucky(): SizeFacts {
  const random = new Random("size curve");
  const hard = Array.from({ length: 200 }, (_, i) => (Math.floor(i / (200 / 24)) + 0.5) / 24);
  const draw = (trained: number) => {
    const luck = 0.1 * random.normal();
    return hard.map((h) => h + luck < 0.1 + 0.15 * Math.log2(trained / 75));
  };
  return {
    ...facts(law, { n: 200 }),
    sizes: SIZES.map((trained) => ({
      share: trained / 600,
      trained,
      correct: Array.from({ length: trained === 600 ? 1 : 4 }, () => draw(trained)),
    })),
    groups: hard.map((h) => `g${h}`),
  };
}
const law = (n: number) => 1 - 3 * n ** -0.4 - 0.2;
const sentenceOf = (curve: SizeCurve) => curve.findings.findings[0].sentence.replace(/[\u00a0\u202f]/g, " ");

Deno.test("SizeCurve continues a power law to twice the images, with an interval that holds the truth", () => {
  const curve = new SizeCurve(facts(law));
  assert.equal(curve.refused, null);
  const gain = curve.gain(1200)!;
  const truth = law(1200) - law(600);
  assert.ok(gain.low <= truth && truth <= gain.high, `${gain.low} ${truth} ${gain.high}`);
  assert.ok(Math.abs(gain.estimate - truth) < 0.015);
  assert.ok(gain.low > 0 && gain.high > gain.estimate && gain.groups === 375 && gain.n === 750);
  assert.ok(curve.gain(2400)!.estimate > gain.estimate);

  const [found] = curve.findings.findings;
  assert.equal(found.code, "more-data");
  assert.equal(found.expectedGain?.unit, "points");
  assert.equal(found.expectedGain?.predicted, true);
  assert.deepEqual([found.expectedGain?.value, found.expectedGain?.low], [gain.estimate, gain.low]);
  assert.match(
    sentenceOf(curve),
    /^With twice the images \(1 500 instead of 750, .*fake features .* \+[\d.]+ points \[/,
  );
  assert.match(curve.findings.text(), /Predicted gain: twice the images, fake features/);
  const { rows } = curve.table();
  assert.equal(rows.length, SIZES.length + 4);
  assert.match(curve.chart()!.alt, /the fitted law expects .* with 2.400\.$/);
});

Deno.test("SizeCurve looks back: what half the images would have said of all of them", () => {
  const back = new SizeCurve(facts(law)).lookBack()!;
  assert.equal(back.from, 300);
  assert.ok(back.predicted.low <= back.measured.estimate && back.measured.estimate <= back.predicted.high);
});

Deno.test("SizeCurve refuses with the reason, draws no law then, and promises nothing", () => {
  const cases: [SizeFacts, RegExp][] = [
    [facts(law, { sizes: [150, 212, 300, 424, 600] }), /5 sizes of training set were measured, and a law takes 6/],
    [facts(law, { sizes: [600] }), /1 size of training set was measured/],
    [facts(() => 0.4), /from 75 to 600 training images no rise can be told, /],
    [facts((n) => n > 400 ? 0.5 : n === 212 ? 0.65 : 0.3), /the accuracy falls from 212 to 300 training images, −/],
    [
      facts((n) => n > 250 ? 0.6 : 0.2, { noise: 0.01 }),
      /training images the accuracy is \d+ points off any power law, more than chance/,
    ],
    [facts(law, { n: 30 }), /accuracy was measured on 15 groups, and it takes 20/],
    [lucky(), /interval is too wide to decide anything by, .* with twice as many/],
  ];
  for (const [given, reason] of cases) {
    const curve = new SizeCurve(given);
    assert.match(curve.refused?.replace(/[\u00a0\u202f]/g, " ") ?? "not refused", reason);
    assert.equal(curve.gain(1200), null);
    const [found] = curve.findings.findings;
    assert.equal(found.code, "more-data-unknown");
    assert.equal(found.expectedGain, undefined);
    assert.match(sentenceOf(curve), reason);
    assert.equal(curve.table().rows.length, given.sizes.length);
    assert.doesNotMatch(curve.chart()!.alt, /law/);
  }
});

Deno.test("SizeCurve says so where more of the same hardly pays", () => {
  const curve = new SizeCurve(facts((n) => 0.8 - 500 * n ** -1.8, { noise: 0.01 }));
  assert.equal(curve.refused, null);
  assert.ok(curve.gain(1200)!.high < 0.02, `${curve.gain(1200)!.high}`);
  assert.match(sentenceOf(curve), /More of the same hardly pays\.$/);
});
