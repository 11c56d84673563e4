import assert from "node:assert/strict";
import { VEGALITE_MIME } from "../../../lib/chart/mod.ts";
import { jupyterDisplay } from "../../../lib/display/mod.ts";
import { chooseDesign } from "../../../lib/improve/search/_design.ts";
import { search, searchSpace, type Settings, type TrialJob } from "../../../lib/improve/search/mod.ts";
import { fakeEvaluate, fakeImages, foldsOf } from "./_fakes.ts";

const N = 480;
const images = fakeImages(N);
const space = searchSpace({ verdict: "overfitting" });
const plan = { folds: 3, careful: () => ({ epochs: 36 }), trainings: () => 1e9 };
const design = { rungs: [{ trials: 18, epochs: 4 }, { trials: 6, epochs: 12 }], epochs: 36, folds: 3 };

/** Training as it was: right on 3 of 10. */
const against = foldsOf(N, 3).map((fold) => ({
  model: "small-cnn",
  fold,
  correct: fold.validation.map((i) => i % 10 < 3),
  probabilities: new Float32Array(4 * fold.validation.length),
}));

const run = (skill: (settings: Settings, image: number) => number, jobs?: TrialJob[], more = {}) =>
  search(images, plan, { space, against, evaluate: fakeEvaluate(skill, jobs), design, ...more });

const byMixing = ({ mixing }: Settings) => mixing === "cutmix" ? 0.55 : 0.3;

Deno.test("search() finds what is better, and measures it on images that had no say in it", async () => {
  const jobs: TrialJob[] = [];
  const { found, winner, findings } = await run(byMixing, jobs);
  assert.equal(winner!.mixing, "cutmix");
  const { comparison, nested } = found!;
  assert.equal(nested!.images.length, N);
  assert.ok(comparison!.difference.low > 0.05 && comparison!.difference.low < 0.25);
  assert.deepEqual(findings.findings.map(({ code }) => code), ["best-of-many", "tuning-gain", "budget-cut"]);
  const gain = findings.findings[1].expectedGain!;
  assert.equal(gain.value, comparison!.difference.estimate);
  // Only the last trainings see whole folds: what is chosen for a fold was never measured on it.
  const whole = jobs.filter(({ epochs }) => epochs === 36);
  assert.equal(whole.length, 3);
  for (const [j, fold] of foldsOf(N, 3).entries()) assert.deepEqual(whole[j].fold, fold);
});

Deno.test("search() shows that the winning score of equals is too high, and corrects it", async () => {
  const { found } = await run(() => 0.3);
  const { winning, corrected, comparison, raced } = found!;
  assert.ok(winning.estimate > corrected.estimate, "the choice costs something");
  assert.ok(Math.abs(corrected.estimate - 0.3) < 0.03, String(corrected.estimate));
  assert.ok(corrected.low < 0.3 && 0.3 < corrected.high);
  assert.ok(Math.abs(comparison!.b.estimate - 0.3) < 0.07, String(comparison!.b.estimate));
  assert.equal(winning.estimate, raced.tried[raced.winner].scores.at(-1));
  // Each image was measured twice, and counts once.
  assert.equal(winning.n, N);
  assert.equal(corrected.groups, N / 2);
});

Deno.test("search() begins with training as it is, and says so where nothing is better", async () => {
  const jobs: TrialJob[] = [];
  const asItIs = (s: Settings) => s.learningRate === 0.001 && s.width === 1 && s.mixing === "none" && s.dropout === 0;
  const { findings, winner } = await run((settings) => asItIs(settings) ? 0.6 : 0.3, jobs);
  assert.ok(asItIs(jobs[0].settings));
  assert.ok(asItIs(winner!));
  assert.match(findings.findings[0].sentence, /none was better than training as it is/);
});

Deno.test("search() decides the same each time", async () => {
  const [once, again] = [await run(byMixing), await run(byMixing)];
  assert.deepEqual(once.found!.raced, again.found!.raced);
  assert.deepEqual(once.figures(), again.figures());
  assert.notDeepEqual((await run(byMixing, [], { seed: 2 })).winner, once.winner);
});

Deno.test("Search shows its trials, what decides, and an offer that is judged by nested predictions", async () => {
  const result = await run(byMixing);
  const bundle = await result[jupyterDisplay]();
  assert.ok(VEGALITE_MIME in bundle);
  assert.match(result.chart()!.alt, /18 trials/);
  assert.match(result.importances!.rows[0].name, /mixing/);
  assert.match(JSON.stringify(result.importance()), /./);
  const offered = result.offer()!;
  assert.equal(offered.notebook, "07");
  assert.deepEqual(offered.images, result.found!.nested!.images);
  assert.equal(offered.probabilities.length, N * 4);
  assert.equal(offered.recipe.kind, "network");
  assert.equal(offered.tried!.length, 18);
  for (const tried of offered.tried!) {
    assert.equal(tried.length, N * 4);
    assert.ok(Math.abs(tried[0] + tried[1] + tried[2] + tried[3] - 1) < 1e-5);
  }
});

Deno.test("search() without time for full trainings has no nested score and no offer, but corrects the winning one", async () => {
  const result = await run(byMixing, [], { design: { rungs: [{ trials: 4, epochs: 4 }], epochs: 0, folds: 3 } });
  assert.equal(result.found!.nested, null);
  assert.equal(result.offer(), null);
  assert.deepEqual(result.findings.findings.map(({ code }) => code), ["best-of-many", "budget-cut"]);
  assert.equal(result.importances, null);
  assert.match(JSON.stringify(result.importance()), /cannot be told from 4 trials/);
});

Deno.test("search() without any time trains nothing, and says how to get it", async () => {
  const jobs: TrialJob[] = [];
  const result = await search(images, { ...plan, trainings: () => 0 }, {
    space,
    against,
    evaluate: fakeEvaluate(byMixing, jobs),
  });
  assert.equal(jobs.length, 0);
  assert.equal(result.chart(), null);
  assert.equal(result.offer(), null);
  for (const view of [result.findings, result.scores(), result.importance(), result.trials()]) {
    assert.match(JSON.stringify(view), /was not run.*--thorough/);
  }
});

Deno.test("search() says so where there are too few images to choose on", async () => {
  const few = { ...fakeImages(16), innerPart: () => [] };
  const two = { ...plan, folds: 2 };
  const result = await search(few as never, two, { space, against, evaluate: fakeEvaluate(byMixing), design });
  assert.equal(result.found, null);
  assert.deepEqual(result.findings.findings.map(({ code }) => code), ["too-few-images-to-search"]);
});

Deno.test("chooseDesign() searches less where there is less time, down to nothing", () => {
  const work = {
    outer: { trained: 500, measured: 250 },
    inner: { trained: 250, measured: 500 },
    splits: 3,
    folds: 3,
    epochs: 60,
    effort: 1,
  };
  /** Time for that many trainings of one epoch on 250 images. */
  const time = (epochs: number) => ({
    trainings: (_: string, wanted: { epochs: number; trained: number }) =>
      Math.floor(epochs / (wanted.epochs * wanted.trained / 250)),
  });
  const trials = [100_000, 2500, 800, 400, 200, 20].map((epochs) =>
    chooseDesign(time(epochs), work, 0.55)?.rungs[0].trials ?? 0
  );
  assert.deepEqual(trials, trials.toSorted((a, b) => b - a));
  assert.equal(trials[0], 27);
  assert.equal(trials.at(-1), 0);
  for (const epochs of [2500, 800, 400]) {
    const chosen = chooseDesign(time(epochs), work, 0.55)!;
    const spent = chosen.rungs.reduce((sum, rung) => sum + rung.trials * rung.epochs * 3, 0) + 3 * 2 * chosen.epochs;
    assert.ok(spent <= 0.55 * epochs, `${spent} of ${epochs}`);
  }
});
