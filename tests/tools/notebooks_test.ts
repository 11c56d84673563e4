import assert from "node:assert/strict";
import { join } from "node:path";
import { notebookFaults } from "../../tools/notebooks.ts";
import { inTempFolder, write } from "../_fixtures.ts";

const notebook = (source: string) =>
  JSON.stringify(
    {
      cells: [
        { cell_type: "code", execution_count: null, id: "p", metadata: { tags: ["parameters"] }, outputs: [], source },
      ],
      metadata: { kernelspec: { name: "deno" } },
      nbformat: 4,
      nbformat_minor: 5,
    },
    null,
    1,
  ) + "\n";

Deno.test("notebooks whose parameters differ are named", () =>
  inTempFolder(async (folder) => {
    await write(join(folder, "01_a.ipynb"), notebook("let seed = 1;"));
    await write(join(folder, "02_b.ipynb"), notebook("let seed = 1;"));
    assert.deepEqual(await notebookFaults(folder), []);
    await write(join(folder, "02_b.ipynb"), notebook("let seed = 2;"));
    assert.deepEqual(await notebookFaults(folder), [`${folder}/02_b.ipynb: has other parameters than 01_a.ipynb`]);
  }));
