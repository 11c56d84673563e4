import assert from "node:assert/strict";
import { join } from "node:path";
import { type FindingRecord, RECORD_MIME, type ResultRecord } from "../../lib/display/mod.ts";
import { projectRoot } from "../../lib/files/mod.ts";
import { type ExecutedNotebook, readNotebook, runNotebook } from "../../lib/notebook/mod.ts";
import { drawQuestions, serveQuiz } from "../../lib/quiz/mod.ts";
import { inTempFolder } from "../_fixtures.ts";
import { folder } from "./_asked.ts";

const records = ({ cells }: ExecutedNotebook): ResultRecord[] =>
  cells.flatMap(({ outputs }) => outputs).flatMap((output) =>
    "data" in output && RECORD_MIME in output.data ? [output.data[RECORD_MIME] as ResultRecord] : []
  );
const html = ({ cells }: ExecutedNotebook) =>
  cells.flatMap(({ outputs }) => outputs)
    .map((output) => "data" in output ? String(output.data["text/html"] ?? "") : "").join("\n");
const findings = (notebook: ExecutedNotebook): FindingRecord[] =>
  records(notebook).flatMap((record) => record.findings ?? []);

Deno.test("40 images labelled over the quiz's server are in notebook 04: the rater, beside the model", () =>
  inTempFolder(async (root) => {
    const { path, dataset } = await folder(root);
    const questions = drawQuestions(dataset, { images: 40 });
    const server = serveQuiz(dataset, questions);
    const page = await fetch(server.address);
    await page.body?.cancel();
    const post = async (path: string, body: unknown) => {
      const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
        method: "POST",
        headers: { "cookie": page.headers.get("set-cookie")!.split(";")[0], "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      assert.equal(response.status, 200, await response.text());
    };
    await post("/start", { rater: "Ada <b>L." });
    for (const [position, index] of questions.images.entries()) {
      const { label } = dataset.records[index];
      const given = position % 10 === 0 ? null : position % 5 === 0 ? 1 - label : label;
      await post("/answer", { position, class: given, milliseconds: 1000 });
    }
    await server.stop();

    const notebook = await readNotebook(join(projectRoot(), "notebooks", "04_human.ipynb"));
    const executed = await runNotebook(notebook, {
      cwd: projectRoot(),
      parameters: { data: path, seed: 1, budget: "3m" },
    });
    assert.deepEqual([executed.status, executed.failure], ["done", null]);
    const figures = records(executed).flatMap((record) => record.figures ?? []);
    const people = figures.find(({ id }) => id === "human.people")!;
    assert.deepEqual([people.value, people.n, people.rung], [0.8, 40, "human"]);
    assert.match(people.label, /Ada <b>L\./);
    assert.equal(figures.find(({ id }) => id === "human.model")!.n, 40);
    const raters = records(executed).flatMap((record) => record.tables ?? []).find(({ id }) => id === "raters")!;
    assert.deepEqual(raters.rows, [{ rater: "Ada <b>L.", answers: 40, unsure: 4, seconds: 1 }]);
    assert.ok(html(executed).includes("Ada &lt;b&gt;L.") && !html(executed).includes("Ada <b>L."));
    assert.match(findings(executed)[0].code, /^(below-human|as-good-as-people|human-model-untold)$/);
    assert.ok(html(executed).includes("data:image/jpeg;base64,"), "the gallery of disputed labels");
  }));
