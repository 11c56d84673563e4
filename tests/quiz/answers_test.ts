import assert from "node:assert/strict";
import { join } from "node:path";
import {
  answers,
  answersText,
  AnswerStore,
  mergedAnswers,
  parseAnswers,
  QuizError,
  raterKey,
} from "../../lib/quiz/mod.ts";
import { inTempFolder, write } from "../_fixtures.ts";
import { answer, answerFile, hashOf, images } from "./_asked.ts";

Deno.test("parseAnswers() reads what answersText() writes", () => {
  const file = answerFile("Ada", [
    answer("0/1", "class 0"),
    answer("0/2", null),
    answer("1/1", null, 3, { undone: true }),
  ]);
  assert.deepEqual(parseAnswers(answersText(file), "a.json"), file);
});

Deno.test("parseAnswers() refuses a bad file, names it and says what is wrong", () => {
  const good = answerFile("Ada", [answer("0/1", "class 0")]);
  const bad = (change: Record<string, unknown>) => JSON.stringify({ ...good, ...change });
  const one = (change: Record<string, unknown>) => bad({ answers: [{ ...good.answers[0], ...change }] });
  const cases: [string, RegExp][] = [
    ["", /not JSON/],
    [answersText(good).slice(0, 200), /not JSON; was it saved whole/],
    ["[]", /no answer file/],
    [bad({ format: "other" }), /no answer file/],
    [bad({ version: 2 }), /version is 2, this program knows version 1/],
    [bad({ dataset: 3 }), /"dataset" must be a text, it is 3/],
    [bad({ classes: ["one"] }), /at least two classes/],
    [bad({ questions: { seed: 1, n: 2 } }), /"questions"/],
    [bad({ rater: "  " }), /a name is needed/],
    [bad({ rater: "a\u0007b" }), /no control characters/],
    [bad({ rater: "x".repeat(81) }), /may have 80 characters, it has 81/],
    [bad({ answers: {} }), /"answers" must be a list/],
    [bad({ answers: [null] }), /answer 1 must be an object/],
    [one({ image: "../../etc/passwd" }), /answer 1 names no image/],
    [one({ class: "class 7" }), /answer 1 has the class "class 7", which is none of "classes"/],
    [one({ milliseconds: -1 }), /"milliseconds"/],
    [one({ at: "yesterday" }), /a time "at" in UTC.*"yesterday"/],
    [one({ undone: 1 }), /"undone": true or nothing/],
    [bad({ answers: [good.answers[0], good.answers[0]] }), /answer 2 is the second one to the same image/],
  ];
  for (const [text, message] of cases) {
    assert.throws(
      () => parseAnswers(text, "a.json"),
      (error: Error) =>
        error instanceof QuizError && error.message.startsWith('Cannot use the answers in "a.json": ') &&
        message.test(error.message),
      text,
    );
  }
});

Deno.test("raterKey() takes spellings of one name for one person", () => {
  assert.equal(raterKey("  Ada   Lovelace "), raterKey("ada lovelace"));
  assert.equal(raterKey("Zoe\u0308"), raterKey("Zoë"));
  assert.notEqual(raterKey("Ada"), raterKey("Adam"));
});

Deno.test("mergedAnswers(): the later answer wins, wherever it stands; an undo is an answer; final ones stay", () => {
  const [early, late] = [answer("x", "class 0", 1), answer("x", "class 1", 2)];
  assert.deepEqual(mergedAnswers([early], [late]), [late]);
  assert.deepEqual(mergedAnswers([late], [early]), [late]);
  const undone = answer("x", null, 3, { undone: true });
  assert.deepEqual(mergedAnswers([undone], [late]), [undone]);
  const again = answer("x", "class 0", 4);
  assert.deepEqual(mergedAnswers([undone], [again]), [again]);
  const final = answer("x", "class 0", 1, { final: true });
  assert.deepEqual(mergedAnswers([final], [again]), [final]);
  assert.deepEqual(mergedAnswers([again], [final]), [final]);
  assert.equal(mergedAnswers([early], [answer("y", null)]).length, 2);
});

Deno.test("AnswerStore keeps each person's answers whole, one person under all spellings, several writers together", () =>
  inTempFolder(async () => {
    const dataset = images([10, 10]);
    const store = new AnswerStore(dataset);
    assert.equal(await store.load("Ada"), null);
    await store.save(answerFile("Ada", [answer("0/1", "class 0", 1)]));
    await new AnswerStore(dataset).save(answerFile(" ADA ", [answer("0/2", "class 1", 2)]));
    await store.save(answerFile("../../Bob", [answer("0/1", null)]));
    const ada = await store.load("ada");
    assert.equal(ada?.rater, "Ada");
    assert.deepEqual(ada?.answers.map(({ image }) => image), [hashOf("0/1"), hashOf("0/2")]);
    assert.equal((await store.load("../../bob"))?.answers.length, 1);
    const names = (await Array.fromAsync(Deno.readDir(store.folder))).map(({ name }) => name);
    assert.ok(names.length === 2 && names.every((name) => /^[0-9a-f]{16}\.json$/.test(name)), names.join());
  }));

Deno.test("answers() follows the images: labels may change, images may go; test images and other classes do not count", () =>
  inTempFolder(async () => {
    const dataset = images([10, 10]);
    const file = answerFile("Ada", [answer("0/1", "class 0"), answer("1/2", null), answer("0/3", "class 1")]);
    await new AnswerStore(dataset).save(file);
    const { raters, empty } = await answers(dataset);
    assert.equal(empty, false);
    assert.deepEqual(raters, [{
      name: "Ada",
      answers: [
        { image: 1, class: 0, milliseconds: 1500 },
        { image: 3, class: 1, milliseconds: 1500 },
        { image: 12, class: null, milliseconds: 1500 },
      ],
    }]);
    const without = (index: number) => ({ ...dataset, development: dataset.development.filter((i) => i !== index) });
    assert.deepEqual((await answers(without(3))).raters[0].answers.map(({ image }) => image), [1, 12]);
    const corrected = dataset.records.map((record, i) => i === 3 ? { ...record, label: 1 } : record);
    assert.equal((await answers({ ...dataset, records: corrected })).raters[0].answers.length, 3);
    assert.ok((await answers({ ...dataset, classes: ["class 0", "other"] })).empty);
    assert.equal((await answers({ ...dataset, classes: ["class 1", "class 0"] })).raters[0].answers[0].class, 1);
  }));

Deno.test("answers() leaves out what was taken back, and says which file it cannot use", () =>
  inTempFolder(async () => {
    const dataset = images([10, 10]);
    const store = new AnswerStore(dataset);
    await store.save(answerFile("Ada", [answer("0/1", null, 1, { undone: true })]));
    await write(join(store.folder, "0123456789abcdef.json"), "{ torn");
    const found = await answers(dataset);
    assert.ok(found.empty);
    assert.equal(found.bad.length, 1);
    assert.match(found.text(), /0123456789abcdef\.json.*not JSON/);
  }));

Deno.test("answers() without any says so and names the command, for the sample and for a folder", () =>
  inTempFolder(async () => {
    const dataset = images([10, 10]);
    const text = (await answers(dataset)).text();
    assert.match(text, /Nobody has answered yet/);
    assert.match(text, /deno task label --data path\/to\/shapes\b/);
    assert.equal((await answers({ ...dataset, name: "emoji16" })).command, "deno task label");
    assert.equal((await answers({ ...dataset, name: "emoji16" }, { seed: 7 })).command, "deno task label --seed 7");
    const hostile = await answers({ ...dataset, name: 'my "<b>$(x)' });
    assert.equal(hostile.command, 'deno task label --data "path/to/my \\"<b>\\$(x)"');
    assert.ok(!hostile.html().includes("<b>"));
  }));
