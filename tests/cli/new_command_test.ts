import assert from "node:assert/strict";
import { join } from "node:path";
import { boundData, scaffold } from "../../lib/cli/new.ts";
import { report } from "../../lib/cli/report.ts";
import { readNotebook } from "../../lib/notebook/mod.ts";
import { imageFolder, inTempFolder, write } from "../_fixtures.ts";

/** Makes a study from a notebook of one cell, as the command does. */
async function made(folder: string, ...args: string[]) {
  const source = join(folder, "source");
  const cell = (id: string, source: string, tags?: string[]) => (
    { cell_type: "code", id, metadata: tags ? { tags } : {}, source, outputs: [], execution_count: null }
  );
  const parameters = [
    'let data = ""; // a folder',
    'let seed = 1, budget = "", engineName = "", workers = 1;',
    'let modelPath = "", historyPath = "", predictionsPath = "", backbonePath = "", unseal = false;',
  ].join("\n");
  await write(
    join(source, "03_training.ipynb"),
    JSON.stringify({
      nbformat: 4,
      nbformat_minor: 5,
      metadata: {},
      cells: [cell("p", parameters, ["parameters"]), cell("c", "console.log(`data is ${data.split('/').at(-1)}`)")],
    }),
  );
  const said: string[] = [];
  const say = (text: string) => void said.push(text);
  const status = await scaffold(args, { notebooks: source, print: say, printError: say });
  return { status, said: said.join("\n") };
}

Deno.test("new copies the notebooks, bound to the data, and report --notebooks runs the edited copy", () =>
  inTempFolder(async (folder) => {
    const data = join(folder, 'my "images"'), study = join(folder, "study");
    await imageFolder(data, { cat: 8, dog: 8 });
    const { status, said } = await made(folder, study, "--data", data);
    assert.equal(status, 0, said);
    const path = join(study, "03_training.ipynb");
    const { cells } = await readNotebook(path);
    assert.equal(boundData(cells[0].source), data);
    // Edited, as a person would.
    await Deno.writeTextFile(path, (await Deno.readTextFile(path)).replace("data is", "edited:"));
    const lines: string[] = [], errors: string[] = [];
    const ended = await report(["--notebooks", study, "--engine", "cpu"], {
      prepare: (name) => Promise.resolve({ name: name === data ? "right" : "wrong", fingerprint: "f", summary: name }),
      print: (text) => void lines.push(text),
      printError: (text) => void errors.push(text),
    });
    assert.deepEqual([ended, errors], [0, []]);
    const page = await Deno.readTextFile(join(study, "reports", "03_training.html"));
    assert.match(page, /edited: my &quot;images&quot;|edited: my "images"/);
    const { imports, tasks } = JSON.parse(await Deno.readTextFile(join(study, "deno.json")));
    assert.ok(imports.plateau.endsWith("/lib/mod.ts"));
    assert.match(tasks.report.command, /^deno task .*--config ".*deno\.json" report --notebooks \.$/);
  }));

Deno.test("deno task report in a study is the workbench's report of that study", () =>
  inTempFolder(async (folder) => {
    const study = join(folder, "my study");
    const { said } = await made(folder, study);
    assert.match(said, /^One notebook is in .*\n`deno task report --notebooks ".*my study"` runs them\./);
    const { INIT_CWD: _, ...env } = Deno.env.toObject();
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["task", "report", "--help"],
      cwd: study,
      clearEnv: true,
      env,
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    assert.match(new TextDecoder().decode(stdout), /^Runs the notebooks on a folder of labelled images/);
  }));

Deno.test("new writes over nothing, and says what is wrong with what it was told", () =>
  inTempFolder(async (folder) => {
    const study = join(folder, "study");
    assert.equal((await made(folder, study)).status, 0);
    const again = await made(folder, study);
    assert.equal(again.status, 1);
    assert.match(again.said, /there already and not empty/);
    assert.match((await made(folder, join(folder, "b"), "--data", join(folder, "none"))).said, /No such file/);
    assert.match((await made(folder, join(folder, "b"), "--notebooks", "9")).said, /names "09", there are 03_training/);
    assert.equal((await made(folder)).status, 2);
  }));
