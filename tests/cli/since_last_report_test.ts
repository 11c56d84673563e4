import assert from "node:assert/strict";
import { join } from "node:path";
import { remembered } from "../../lib/cli/_prepare.ts";
import { report } from "../../lib/cli/report.ts";
import { open } from "../../lib/dataset/mod.ts";
import { inTempFolder, picture, write } from "../_fixtures.ts";

const PARAMETERS = 'let data = ""; let seed = 1; let budget = "15m"; let engineName = "onnx"; let workers = 2; ' +
  'let modelPath = "", historyPath = "", predictionsPath = "", backbonePath = "", unseal = false;';

const NOTEBOOK = JSON.stringify({
  nbformat: 4,
  nbformat_minor: 5,
  metadata: {},
  cells: [
    { cell_type: "markdown", id: "t", metadata: {}, source: "# Measured" },
    { cell_type: "code", id: "p", metadata: { tags: ["parameters"] }, source: PARAMETERS },
    {
      cell_type: "code",
      id: "c",
      metadata: {},
      source: `import { dataset, diagnose } from "plateau";
const images = await dataset.open(data, { seed });
const { rows } = await diagnose.baselines(images, images.folds(3, { seed }), { seed });
diagnose.keptForNext([rows.find(({ name }) => name === "colour-histogram")], images)`,
    },
  ],
});

Deno.test("the same folder with 100 images more gives a page that says what has changed, paired on the old images", () =>
  inTempFolder(async (folder) => {
    const [notebooks, data, out] = ["notebooks", "my birds", "out"].map((name) => join(folder, name));
    await write(join(notebooks, "01_a.ipynb"), NOTEBOOK);
    const rows: string[] = [];
    const add = async (from: number, to: number) => {
      for (let i = from; i < to; i++) {
        for (const name of ["<i>hen", "owl"]) {
          await write(join(data, `${i}-${name[0] === "o" ? "o" : "h"}.png`), await picture({ seed: `${name}/${i}` }));
          rows.push(`${i}-${name[0] === "o" ? "o" : "h"}.png,${name},${i % 4 === 0 ? "test" : "train"}`);
        }
      }
      await write(join(data, "metadata.csv"), ["file_name,label,split", ...rows, ""].join("\n"));
    };
    const run = async (...more: string[]) => {
      const output: string[] = [];
      const status = await report(["--data", data, "--out", out, ...more], {
        notebooks,
        prepare: async (path, seed) => {
          const images = await open(path, { seed });
          return { name: images.name, fingerprint: images.fingerprint, images: remembered(images), summary: "" };
        },
        print: (text) => output.push(text),
        printError: (text) => output.push(text),
      });
      assert.equal(status, 0, output.join("\n"));
      const page = await Deno.readTextFile(join(out, "index.html"));
      return { output: output.join("\n"), main: /<main[^]*<\/main>/.exec(page)![0] };
    };

    await add(0, 40);
    const first = await run();
    assert.doesNotMatch(first.main + first.output, /[Ss]ince the (last )?report/);

    await add(40, 90);
    const second = await run();
    assert.match(second.output, /Since the report of .* UTC: 100 new images\./);
    assert.match(second.main, /<h2 id="since">Since the last report<\/h2>/);
    assert.match(second.main, /100 new images/);
    assert.match(second.main, /&lt;i&gt;hen/);
    assert.match(second.main, /on the 60 images that both reports measured/);
    const { since } = JSON.parse(await Deno.readTextFile(join(out, "report.json")));
    assert.deepEqual(since.tables.map(({ id }: { id: string }) => id), ["since-images", "since-accuracies"]);
    const [accuracies] = since.tables[1].rows;
    assert.deepEqual([accuracies.name, accuracies.n], ["colour-histogram", 60]);
    assert.match(accuracies.now, /134 images$/);
    assert.match(accuracies.fresh, /74 images$/);

    // Made again, it says the same; another data set in the same folder is not compared.
    const kept = await Deno.readTextFile(join(out, "data", "last-report.json"));
    assert.ok(!kept.includes(folder));
    assert.match((await run()).main, /100 new images/);
    const { main } = await run("--seed", "2");
    assert.match(main, /other settings \(seed: 1 before, 2 now\)/);
  }));
