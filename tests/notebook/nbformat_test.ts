import assert from "node:assert/strict";
import { join } from "node:path";
import { NotebookError, readNotebook, withParameters } from "../../lib/notebook/mod.ts";
import { inTempFolder, write } from "../_fixtures.ts";

const NOTEBOOK = {
  nbformat: 4,
  nbformat_minor: 5,
  metadata: {},
  cells: [
    { cell_type: "markdown", id: "a", metadata: {}, source: ["# One\n", "two"] },
    { cell_type: "code", id: "b", metadata: { tags: ["parameters"] }, source: "let seed = 1;", outputs: [] },
    { cell_type: "code", id: "c", metadata: {}, source: "seed", outputs: [{ output_type: "stream" }] },
  ],
};

Deno.test("readNotebook() joins lines, and takes no outputs over", () =>
  inTempFolder(async (folder) => {
    const path = join(folder, "01_x.ipynb");
    await write(path, JSON.stringify(NOTEBOOK));
    const { name, cells } = await readNotebook(path);
    assert.equal(name, "01_x");
    assert.deepEqual(cells.map(({ source }) => source), ["# One\ntwo", "let seed = 1;", "seed"]);
    assert.deepEqual(cells.flatMap(({ outputs }) => outputs), []);
  }));

Deno.test("readNotebook() names the file and the rule it breaks", () =>
  inTempFolder(async (folder) => {
    const path = join(folder, "01_x.ipynb");
    const message = async (content: string) => {
      await write(path, content);
      const error = await readNotebook(path).catch((caught) => caught);
      assert.ok(error instanceof NotebookError);
      assert.ok(error.message.includes(path));
      return error.message;
    };
    assert.match(await message("{"), /no JSON/);
    assert.match(await message('"text"'), /nbformat 4\.5/);
    assert.match(await message(JSON.stringify({ ...NOTEBOOK, nbformat_minor: 4 })), /it is 4\.4/);
    assert.match(await message(JSON.stringify({ ...NOTEBOOK, cells: [{ cell_type: "heading" }] })), /"heading"/);
    await Deno.remove(path);
    await assert.rejects(readNotebook(path), /there is no such file/);
  }));

Deno.test("withParameters() puts its cell right after the one tagged parameters, and needs it", () =>
  inTempFolder(async (folder) => {
    const path = join(folder, "01_x.ipynb");
    await write(path, JSON.stringify(NOTEBOOK));
    const notebook = await readNotebook(path);
    const { cells } = withParameters(notebook, { data: 'C:\\a"b', seed: 2, quick: true });
    assert.deepEqual(cells.map(({ id }) => id), ["a", "b", "injected-parameters", "c"]);
    assert.equal(cells[2].source, 'data = "C:\\\\a\\"b";\nseed = 2;\nquick = true;');
    assert.equal(withParameters(notebook, {}), notebook);
    const untagged = { ...notebook, cells: [notebook.cells[2]] };
    assert.throws(() => withParameters(untagged, { seed: 1 }), /no cell is tagged "parameters"/);
  }));
