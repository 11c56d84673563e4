import assert from "node:assert/strict";
import { human, type PeopleAnswers, type Predictions } from "../../lib/diagnose/mod.ts";
import { ImageGrid, jupyterDisplay, RECORD_MIME, type ResultRecord } from "../../lib/display/mod.ts";
import {
  accuracyInterval,
  cohenKappa,
  crossValidatedDifference,
  fleissKappa,
  pairedDifference,
  wilson,
} from "../../lib/stats/mod.ts";
import { picture } from "../_fixtures.ts";

const K = 4;

/** 200 images, class by class in turn; in groups of two where asked. */
function dataset({ grouped = false } = {}) {
  return {
    classes: ["cat", "dog", "<b>emu", "fox"],
    grouped,
    records: Array.from({ length: 200 }, (_, i) => ({
      label: i % K,
      group: grouped ? `${i % K}/${Math.floor(i / (2 * K))}` : String(i),
      path: `${i}.png`,
    })),
    thumbnail: (index: number, px: number) => picture({ seed: index, width: px, height: px, format: "jpeg" }),
  };
}

type Said = (image: number) => number | null;
const right: Said = (image) => image % K;
const wrong: Said = (image) => (image + 1) % K;

/** What a person said of the first `n` images. */
function rater(name: string, n: number, said: Said) {
  return {
    name,
    answers: Array.from({ length: n }, (_, image) => ({ image, class: said(image), milliseconds: 1000 + image })),
  };
}

const people = (...raters: ReturnType<typeof rater>[]): PeopleAnswers => ({
  raters,
  command: "deno task label",
  available: 150,
});

function predictions(n: number, said: (image: number) => number, folds = 5): Predictions {
  const images = Array.from({ length: n }, (_, i) => i);
  const probabilities = new Float32Array(n * K).fill(0.1);
  images.forEach((image) => probabilities[image * K + said(image)] = 0.7);
  return { name: "small-cnn", images, correct: images.map((image) => said(image) === image % K), folds, probabilities };
}

const codes = (result: ReturnType<typeof human>) => result.findings.findings.map(({ code }) => code);
const sentence = (result: ReturnType<typeof human>, code: string) =>
  result.findings.findings.find((finding) => finding.code === code)!.sentence.replaceAll("\u00a0", " ");
const every = (n: number, other: Said, usual: Said = right): Said => (image) =>
  image % n === 0 ? other(image) : usual(image);

Deno.test("human() without answers says so, shows the command and makes nothing up", async () => {
  const result = human(dataset(), people(), { predictions: predictions(200, (image) => image % K) });
  assert.deepEqual(codes(result), ["human-unknown"]);
  assert.match(result.findings.findings[0].remedy, /limit: deno task label$/);
  assert.equal(result.chart(), null);
  assert.deepEqual([result.people, result.model, result.figures(), result.table().rows], [null, null, [], []]);
  for (const shown of [result.agreed(), result.confusionOfPeople(), result.confusionOfModel(), result.precision()]) {
    assert.doesNotMatch(shown.text(), /\d %/);
  }
  for (const shown of [await result.suspects(), await result.lessons()]) assert.ok(!(shown instanceof ImageGrid));
  const bundle = await result[jupyterDisplay]();
  assert.match(String(bundle["text/plain"]), /Nobody has answered yet/);
});

Deno.test("human() counts can't tell as wrong, and shows it beside; one person's interval is Wilson's", () => {
  const said: Said = (image) => image < 10 ? null : image < 20 ? wrong(image) : right(image);
  const result = human(dataset(), people(rater("Ada", 100, said)));
  const { estimate, low, high, n, method } = result.people!;
  assert.deepEqual([estimate, n, method], [0.8, 100, "Wilson"]);
  assert.deepEqual([low, high], [wilson(80, 100).low, wilson(80, 100).high]);
  assert.equal(result.unsure, 10);
  assert.deepEqual(result.table().rows[0], {
    who: "Ada",
    accuracy: 0.8,
    low,
    high,
    images: 100,
    unsure: 10,
    seconds: 1.0495,
  });
  assert.deepEqual(codes(result), ["human-accuracy", "labels-people-dispute"]);
});

Deno.test("human() draws intervals over groups where groups are known, and over images where several people saw them", () => {
  const grouped = dataset({ grouped: true });
  const said = every(7, wrong);
  const ada = rater("Ada", 100, said);
  const expected = accuracyInterval({
    correct: ada.answers.map(({ image, class: given }) => given === image % K),
    groups: ada.answers.map(({ image }) => grouped.records[image].group),
  });
  assert.deepEqual(human(grouped, people(ada)).people, expected);
  // Two people who say the same of the same images know no more than one.
  const one = human(dataset(), people(ada)).people!;
  const two = human(dataset(), people(ada, rater("Bob", 100, said))).people!;
  assert.equal(two.n, 100);
  assert.equal(two.method, "bootstrap over images");
  assert.equal(two.groups, undefined);
  assert.ok(Math.abs((two.high - two.low) / (one.high - one.low) - 1) < 0.15, `${two.low} ${two.high}`);
});

Deno.test("human() finds people ahead of the model on the same images, paired and corrected for folds", () => {
  const model = predictions(200, (image) => image % 3 === 0 ? image % K : (image + 2) % K);
  const ada = rater("Ada", 100, every(10, wrong));
  const result = human(dataset(), people(ada), { predictions: model });
  const { difference } = crossValidatedDifference({
    a: ada.answers.map(({ image }) => model.correct[image]),
    b: ada.answers.map(({ image, class: given }) => given === image % K),
    labels: ada.answers.map(({ image }) => image % K),
    folds: 5,
  });
  assert.deepEqual(result.model!.difference, difference);
  assert.equal(result.model!.accuracy.n, 100);
  assert.equal(codes(result)[0], "below-human");
  assert.match(sentence(result, "below-human"), /^On the same 100 images, people get 90.*small-cnn 34 %.*\+56 points/);
  assert.equal(result.findings.findings[0].chart, result.chart()!.id);
  assert.ok(JSON.stringify(result.chart()!.spec).includes('"People"'));
});

Deno.test("human() compares a hold-out by the paired bootstrap", () => {
  const model = predictions(200, (image) => image % 3 === 0 ? image % K : (image + 2) % K, 1);
  const ada = rater("Ada", 100, right);
  const expected = pairedDifference({ a: model.correct.slice(0, 100), b: ada.answers.map(() => true) });
  assert.deepEqual(human(dataset(), people(ada), { predictions: model }).model!.difference, expected);
});

Deno.test("human() says that people do no better only where the interval says so", () => {
  const model = predictions(200, (image) => image % 20 === 0 ? (image + 1) % K : image % K);
  const worse = human(dataset(), people(rater("Ada", 150, every(4, wrong))), { predictions: model });
  assert.equal(codes(worse)[0], "as-good-as-people");
  assert.match(sentence(worse, "as-good-as-people"), /people do no better, so the images and their labels limit/);
  const alike = human(dataset(), people(rater("Ada", 150, every(20, wrong))), { predictions: model });
  assert.match(sentence(alike, "as-good-as-people"), /people do no better by more than \d points/);
  // Ten images can't tell.
  const coarse = predictions(200, (image) => image % 2 === 0 ? image % K : (image + 1) % K);
  const few = human(dataset(), people(rater("Ada", 10, every(3, wrong))), { predictions: coarse });
  assert.equal(codes(few)[0], "human-model-untold");
  assert.match(few.findings.findings[0].remedy, /About 10 more images would help: deno task label --images 20$/);
});

Deno.test("human() compares on the images that both have answered, and on none it does not compare", () => {
  const half = { ...predictions(50, (image) => (image + 1) % K), name: "other" };
  const result = human(dataset(), people(rater("Ada", 100, every(2, wrong))), { predictions: half });
  assert.deepEqual([result.people!.n, result.model!.people.n, result.model!.accuracy.n], [100, 50, 50]);
  const elsewhere = { ...half, images: half.images.map((image) => image + 120) };
  const none = human(dataset(), people(rater("Ada", 100, right)), { predictions: elsewhere });
  assert.equal(none.model, null);
  assert.deepEqual(codes(none), ["human-accuracy"]);
});

Deno.test("human() measures agreement: Cohen's kappa for two, Fleiss' for more, Krippendorff's alpha with gaps", () => {
  const ada = rater("Ada", 60, right),
    bob = rater("Bob", 60, every(5, wrong)),
    cid = rater("Cid", 60, every(6, () => null));
  const said = (one: typeof ada) => one.answers.map((answer) => answer.class ?? K);
  const two = human(dataset(), people(ada, bob)).agreement!;
  assert.deepEqual([two.measure, two.images, two.unanimous], ["Cohen's kappa", 60, 48]);
  assert.ok(Math.abs(two.value!.estimate - cohenKappa(said(ada), said(bob), K + 1)) < 1e-12);
  const three = human(dataset(), people(ada, bob, cid)).agreement!;
  const counts = ada.answers.map((_, i) => {
    const row = new Array(K + 1).fill(0);
    for (const one of [ada, bob, cid]) row[said(one)[i]]++;
    return row;
  });
  assert.equal(three.measure, "Fleiss' kappa");
  assert.ok(Math.abs(three.value!.estimate - fleissKappa(counts)) < 1e-12);
  assert.ok(three.value!.low < three.value!.estimate && three.value!.estimate < three.value!.high);
  const gaps = human(dataset(), people(ada, bob, rater("Cid", 30, right))).agreement!;
  assert.equal(gaps.measure, "Krippendorff's alpha");
  assert.equal(human(dataset(), people(ada)).agreement, null);
  const few = human(dataset(), people(rater("Ada", 5, right), rater("Bob", 5, right))).agreement!;
  assert.deepEqual([few.value, few.images, few.unanimous], [null, 5, 5]);
  const guess = human(dataset(), people(ada, rater("Bob", 60, (image) => (image * 7 + 3) % 3)));
  assert.ok(codes(guess).includes("people-disagree"));
});

Deno.test("human() shows the labels all people dispute, and what all people see and the model does not", async () => {
  const said: Said = (image) => image < 3 ? wrong(image) : image === 3 ? null : right(image);
  const answers = people(
    rater("Ada", 80, said),
    rater("Bob", 70, (image) => image === 0 ? (image + 2) % K : said(image)),
  );
  const model = predictions(200, (image) => image >= 60 && image < 75 ? (image + 1) % K : image % K);
  const result = human(dataset(), answers, { predictions: model });
  assert.deepEqual(result.disputed.map(({ image }) => image), [0, 1, 2]);
  assert.deepEqual(result.learnable.map(({ image }) => image), Array.from({ length: 15 }, (_, i) => i + 60));
  assert.match(
    sentence(result, "labels-people-dispute"),
    /^Nobody agrees with the label of 3 images of 80; on 2 of them everybody names the same other class/,
  );
  assert.match(
    sentence(result, "model-misses-the-obvious"),
    /Everybody is right and small-cnn wrong on 15 images of 80/,
  );
  const [suspects, lessons] = [await result.suspects(), await result.lessons()] as ImageGrid[];
  assert.deepEqual(suspects.content.rows.map(({ label }) => label), ["cat", "dog", "<b>emu"]);
  assert.equal(suspects.content.rows[1].images[0].caption, "people: <b>emu (2)");
  assert.ok(!suspects.html().includes("<b>emu"));
  assert.equal(lessons.content.rows.flatMap(({ images }) => images).length, 15);
  assert.match(lessons.content.rows[0].images[0].caption!, /^model: dog, 70\u00a0% sure$/);
});

Deno.test("human() counts confusions of people without can't tell, and the model's on the same images", async () => {
  const said: Said = (image) => image === 0 ? null : image === 1 ? 0 : right(image);
  const result = human(dataset(), people(rater("Ada", 40, said)), {
    predictions: predictions(200, (image) => image % K),
  });
  for (
    const [chart, counted] of [[result.confusionOfPeople(), "39 answers, 1 “can't tell” left out"], [
      result.confusionOfModel(),
      "40 images",
    ]] as const
  ) {
    const bundle = await chart[jupyterDisplay]();
    assert.ok(String(bundle["text/plain"]).includes(counted), String(bundle["text/plain"]));
  }
  assert.match(result.confusionOfPeople().text(), /38 of 39 images are on the diagonal.*dog taken for cat \(1\)/s);
});

Deno.test("human() plans how many images it takes, more where they come in groups, and no more than there are", () => {
  const said = every(5, wrong);
  const result = human(dataset(), people(rater("Ada", 30, said)));
  assert.ok(codes(result).includes("few-human-answers"));
  const text = result.precision().text();
  assert.match(text, /Now: ± 1[45] points with 30 images/);
  assert.match(text, /± 10 points +\d\d +\d\d/);
  assert.match(text, /± 3 points.*more than there are/);
  const enough = human(dataset(), people(rater("Ada", 140, said)));
  assert.ok(!codes(enough).includes("few-human-answers"));
  assert.match(enough.precision().text(), /± 10 points.*reached/);
});

Deno.test("human() gives people a rung of the accuracy ladder, with its interval and its images", async () => {
  const result = human(dataset(), people(rater("Ada", 60, every(5, wrong)), rater("Bob <i>", 60, right)));
  const rungs = result.figures().filter(({ rung }) => rung === "human");
  assert.deepEqual(rungs.map(({ label, value, n, key }) => [label, value, n, key]), [
    ["Accuracy of people (2 people)", 0.9, 60, true],
  ]);
  const record = (await result[jupyterDisplay]())[RECORD_MIME] as ResultRecord;
  assert.deepEqual(record.figures, result.figures());
  assert.ok(record.tables!.some(({ id }) => id === "human"));
});
