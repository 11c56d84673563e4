import assert from "node:assert/strict";
import { answersText, drawQuestions, importAnswers, parseAnswers, QuizError, QuizSession } from "../../lib/quiz/mod.ts";
import { inTempFolder } from "../_fixtures.ts";
import { answer, answerFile, folder } from "./_asked.ts";

Deno.test("QuizSession keeps every answer, goes on where it stopped, and undoes", () =>
  inTempFolder(async (root) => {
    const { dataset } = await folder(root);
    const questions = drawQuestions(dataset, { images: 6 });
    const first = await QuizSession.open(dataset, questions, "Ada");
    await first.answer(0, 1, 1200.4);
    await first.answer(1, null, 900);
    const second = await QuizSession.open(dataset, questions, "  ada ");
    assert.equal(second.rater, "Ada");
    assert.deepEqual(second.answered(), [
      { position: 0, class: 1, final: false },
      { position: 1, class: null, final: false },
    ]);
    await second.undo(1);
    assert.deepEqual((await QuizSession.open(dataset, questions, "Ada")).answered().map(({ position }) => position), [
      0,
    ]);
  }));

Deno.test("QuizSession tells the truth only when all is answered; from then on nothing can be changed", () =>
  inTempFolder(async (root) => {
    const { dataset } = await folder(root);
    const questions = drawQuestions(dataset, { images: 5 });
    const session = await QuizSession.open(dataset, questions, "Ada");
    const label = (position: number) => dataset.records[questions.images[position]].label;
    for (const position of [0, 1, 2]) await session.answer(position, label(position), 1000);
    await session.answer(3, 1 - label(3), 3000);
    await assert.rejects(session.end(), /Cannot show the result: 1 image/);
    await session.answer(4, null, 2000);
    const result = await session.end();
    assert.match(result.accuracy, /^60\u00a0% \[\d+, \d+\]$/);
    assert.match(result.basis, /^5 images; "can't tell" once, counted as wrong; 1\.0\u00a0s per image/);
    assert.deepEqual(result.missed, [
      { position: 3, said: 1 - label(3), label: label(3) },
      { position: 4, said: null, label: label(4) },
    ]);
    for (const later of [session, await QuizSession.open(dataset, questions, "Ada")]) {
      await assert.rejects(later.undo(4), /its truth has been shown/);
      await assert.rejects(later.answer(4, label(4), 1), /its truth has been shown/);
    }
    assert.deepEqual((await session.end()).missed.length, 2);
  }));

Deno.test("QuizSession refuses what is no question, no class, no time and no name", () =>
  inTempFolder(async (root) => {
    const { dataset } = await folder(root);
    const questions = drawQuestions(dataset, { images: 5 });
    const session = await QuizSession.open(dataset, questions, "Ada");
    for (const position of [-1, 5, 0.5, NaN]) await assert.rejects(session.answer(position, 0, 1), QuizError);
    for (const label of [-1, 2, NaN]) await assert.rejects(session.answer(0, label, 1), QuizError);
    for (const time of [-1, NaN, Infinity]) await assert.rejects(session.answer(0, 0, time), QuizError);
    assert.deepEqual(session.answered(), []);
    await assert.rejects(QuizSession.open(dataset, questions, " "), /Cannot begin: a name is needed/);
  }));

Deno.test("importAnswers() adds what came back, once, and refuses other classes and other images", () =>
  inTempFolder(async (root) => {
    const { dataset } = await folder(root);
    const { images } = drawQuestions(dataset, { images: 5 });
    const [a, b] = images.map((index) => dataset.records[index].hash);
    const sealed = [...dataset.records.keys()].find((index) => !dataset.development.includes(index))!;
    const at = "2026-01-01T12:00:00Z";
    const given = (image: string) => ({ image, class: "boot", milliseconds: 10, at });
    const file = answerFile("Bob", [given(a), given(b), given(dataset.records[sealed].hash)], {
      classes: dataset.classes.toReversed(),
    });
    const read = parseAnswers(answersText(file), "bob.json");
    for (const _twice of [1, 2]) {
      assert.deepEqual(await importAnswers(dataset, read, "bob.json"), { rater: "Bob", used: 2, others: 1, total: 2 });
    }
    await assert.rejects(
      importAnswers(dataset, answerFile("Bob", [answer("x", "class 0")]), "bob.json"),
      /"bob\.json" for shoes: they were given with 2 other classes/,
    );
    await assert.rejects(
      importAnswers(dataset, answerFile("Bob", [answer("x", "boot")], { classes: dataset.classes }), "bob.json"),
      /none of its 1 image is among the images/,
    );
  }));
