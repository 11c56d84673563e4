import assert from "node:assert/strict";
import { join } from "node:path";
import { label } from "../../lib/cli/label.ts";
import { open } from "../../lib/dataset/mod.ts";
import { answers, drawQuestions } from "../../lib/quiz/mod.ts";
import { imageFolder, inTempFolder, write } from "../_fixtures.ts";

/** Calls the command; serving stops at once. */
async function run(...args: string[]) {
  const output: string[] = [], errors: string[] = [];
  const status = await label(args, {
    print: (text) => output.push(text),
    printError: (text) => errors.push(text),
    stop: Promise.resolve(),
  });
  return { status, output: output.join("\n"), errors: errors.join("\n") };
}

Deno.test("label: a wrong call is refused in one message with status 2", async () => {
  const calls: [string[], RegExp][] = [
    [["--dat", "x"], /Unknown option '--dat'/],
    [["answers.json"], /Unexpected argument "answers\.json": files of answers come after --merge/],
    [["--images", "0"], /--images must be a whole number from 1 .*"0"/],
    [["--images", "many"], /--images.*"many"/],
    [["--seed", "-1"], /--seed/],
    [["--port", "70000"], /--port must be a whole number from 0 to 65535, it is "70000"/],
    [["--data", " "], /--data must name a folder/],
    [["--offline", ""], /--offline must name a file/],
    [["--offline", "a.html", "--merge", "b.json"], /exclude each other/],
    [["--merge", ""], /--merge must name files/],
    [["--rater", "a\u0007"], /--rater: a name may have no control characters/],
  ];
  for (const [args, message] of calls) {
    const { status, output, errors } = await run(...args);
    assert.equal(status, 2, args.join(" "));
    assert.match(errors, message);
    assert.equal(output, "");
  }
});

Deno.test("label --help says what there is", async () => {
  const { status, output } = await run("--help");
  assert.equal(status, 0);
  for (const option of ["--data", "--rater", "--images", "--seed", "--port", "--offline", "--merge"]) {
    assert.ok(output.includes(option), option);
  }
});

Deno.test("label prints its port and an address on 127.0.0.1 with a token, and stops when asked to", () =>
  inTempFolder(async (folder) => {
    const data = await imageFolder(join(folder, "shoes"), { boot: 10, sandal: 10 });
    const { status, output, errors } = await run("--data", data, "--images", "500");
    assert.deepEqual([status, errors], [0, ""]);
    assert.match(output, /^shoes: 10 images \(all there are to ask about\), 2 classes; none of the sealed test set/);
    const port = /\(port (\d+)\)/.exec(output)![1];
    assert.match(output, new RegExp(`http://127\\.0\\.0\\.1:${port}/\\?token=[\\w-]{20,}`));
    assert.match(output, /Stopped/);
  }));

Deno.test("label --offline writes one file, and --merge adds what comes back, naming each file that it cannot use", () =>
  inTempFolder(async (folder) => {
    const data = await imageFolder(join(folder, "shoes"), { boot: 10, sandal: 10 });
    const quiz = join(folder, "quiz.html");
    const written = await run("--data", data, "--images", "5", "--offline", quiz);
    assert.deepEqual([written.status, written.errors], [0, ""]);
    assert.ok(written.output.includes(`deno task label --data ${data} --merge answers.json`));
    assert.match(await Deno.readTextFile(quiz), /^<!doctype html>/);

    const dataset = await open(data);
    const questions = drawQuestions(dataset, { images: 5 });
    const file = (rater: string) =>
      JSON.stringify({
        format: "plateau-answers",
        version: 1,
        dataset: "shoes",
        classes: dataset.classes,
        questions: { seed: 1, n: 5, fingerprint: questions.fingerprint },
        rater,
        answers: questions.images.map((index) => ({
          image: dataset.records[index].hash,
          class: "boot",
          milliseconds: 900,
          at: "2026-01-01T12:00:00Z",
        })),
      });
    await write(join(folder, "a.json"), file("Ada"));
    await write(join(folder, "b.json"), file("Bob \u001b[31m".replace("\u001b", "")));
    await write(join(folder, "c.json"), "{");
    const merged = await run(
      "--data",
      data,
      "--merge",
      join(folder, "a.json"),
      join(folder, "b.json"),
      join(folder, "c.json"),
    );
    assert.equal(merged.status, 1);
    assert.match(merged.output, /a\.json: 5 answers of Ada\. Kept of Ada now: 5/);
    assert.match(merged.errors, /c\.json": it is not JSON/);
    assert.deepEqual((await answers(dataset)).raters.map(({ name }) => name), ["Ada", "Bob [31m"]);
    const missing = await run("--data", data, "--merge", join(folder, "none.json"));
    assert.equal(missing.status, 1);
    assert.match(missing.errors, /there is no such file/);
    assert.equal(missing.output, "");
  }));
