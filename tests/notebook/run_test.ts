import assert from "node:assert/strict";
import {
  type Cell,
  type Notebook,
  type NotebookProgress,
  PROGRESS_MIME,
  runNotebook,
  type RunOptions,
} from "../../lib/notebook/mod.ts";
import { projectRoot } from "../../lib/files/mod.ts";

const code = (source: string, ...tags: string[]): Cell => ({
  cell_type: "code",
  id: `cell-${Math.abs(source.length)}`,
  metadata: { tags },
  source,
  outputs: [],
  execution_count: null,
});
const notebook = (...cells: Cell[]): Notebook => ({ name: "07_test", cells });
const run = (cells: Cell[], options: Partial<RunOptions> = {}) =>
  runNotebook(notebook(...cells), { cwd: projectRoot(), ...options });
const text = (cell: Cell) => cell.outputs.map((output) => output.output_type === "stream" ? output.text : "").join("");
const broadcast = (type: string, data: unknown) =>
  `await Deno.jupyter.broadcast(${JSON.stringify(type)}, ${
    JSON.stringify({ data, metadata: {}, transient: { display_id: "p" } })
  });`;

Deno.test("runNotebook() injects the parameters after the cell tagged so", async () => {
  const { cells, status, failure } = await run([
    code("let data = 'none'; let seed = 1;", "parameters"),
    code("console.log(data, seed, quick ?? 'unset')".replace("quick ?? 'unset'", "typeof seed")),
  ], { parameters: { data: 'a "quoted" \u2028 name', seed: 7 } });
  assert.deepEqual([status, failure], ["done", null]);
  assert.deepEqual(cells[1].metadata.tags, ["injected-parameters"]);
  assert.equal(text(cells[2]), 'a "quoted" \u2028 name 7 number\n');
});

Deno.test("runNotebook() stops at the cell that throws, names it, and keeps what was finished", async () => {
  const { cells, status, failure } = await run([
    code("let a = 1;", "parameters"),
    code("console.log('finished')"),
    code("console.log('begun'); throw new RangeError('too far')"),
    code("console.log('never')"),
  ], { parameters: { a: 2 } });
  assert.equal(status, "failed");
  assert.deepEqual([failure?.cell, failure?.name, failure?.message], [3, "RangeError", "too far"]);
  assert.equal(text(cells[2]), "finished\n");
  assert.equal(text(cells[3]), "begun\n");
  assert.equal(cells[3].outputs.at(-1)?.output_type, "error");
  assert.deepEqual(cells[4].outputs, []);
});

Deno.test("runNotebook() reports progress cell by cell, with what the cell shows, and keeps only its last words", async () => {
  const seen: NotebookProgress[] = [];
  const record = { label: "Training", done: 1, total: 2, etaSeconds: 3, text: "loss 2" };
  const last = { ...record, done: 2, text: "done in 5 s", finished: true };
  const { cells } = await run([
    code(
      broadcast("display_data", { "text/plain": "half", [PROGRESS_MIME]: record }) +
        broadcast("update_display_data", { "text/plain": "done in 5 s", [PROGRESS_MIME]: last }),
    ),
    code(broadcast("display_data", { "text/plain": "half", [PROGRESS_MIME]: record })),
  ], { onProgress: (progress) => seen.push(progress) });
  assert.deepEqual(seen.map(({ cell, cells, display }) => [cell, cells, display?.done]), [
    [1, 2, undefined],
    [1, 2, 1],
    [1, 2, 2],
    [2, 2, undefined],
    [2, 2, 1],
  ]);
  assert.deepEqual(cells[0].outputs, [{
    output_type: "display_data",
    data: { "text/plain": "done in 5 s" },
    metadata: {},
  }]);
  assert.deepEqual(cells[1].outputs, []);
});

Deno.test("runNotebook() runs the prelude first, unseen, in a kernel that is locked already", async () => {
  const { cells } = await run([code("console.log(before)")], {
    prelude: "const before = Deno.permissions.querySync({ name: 'net' }).state;",
  });
  assert.equal(text(cells[0]), "prompt\n");
  assert.equal(cells.length, 1);
  assert.equal(cells[0].execution_count, 1);
});

Deno.test("runNotebook(): a kernel killed from outside fails the cell at once and says so", async () => {
  const { failure, cells } = await run([
    code("console.log('finished')"),
    code("process.kill(process.pid, 'SIGKILL'); await new Promise((resolve) => setTimeout(resolve, 60_000))"),
  ]);
  assert.equal(failure?.cell, 2);
  assert.equal(failure?.name, "KernelError");
  assert.match(failure?.message ?? "", /SIGKILL/);
  assert.equal(text(cells[0]), "finished\n");
});

Deno.test("runNotebook(): the signal interrupts the cell, which ends as it likes, and no further one runs", async () => {
  const interrupt = new AbortController();
  const { status, failure, cells } = await run([
    code('let stop = false; Deno.addSignalListener("SIGINT", () => { stop = true; })'),
    code(
      broadcast("display_data", { [PROGRESS_MIME]: { label: "", done: 0, total: 1, etaSeconds: null, text: "" } }) +
        "for (let i = 0; i < 600 && !stop; i++) await new Promise((r) => setTimeout(r, 50)); console.log('what I have')",
    ),
    code("console.log('never')"),
  ], { signal: interrupt.signal, onProgress: ({ display }) => display && interrupt.abort() });
  assert.equal(status, "interrupted");
  assert.equal(failure?.cell, 2);
  assert.equal(text(cells[1]), "what I have\n");
  assert.deepEqual(cells[2].outputs, []);
});

Deno.test("runNotebook(): an interrupted cell that does not listen ends the kernel, not the report", async () => {
  const interrupt = new AbortController();
  const { status, failure } = await run([
    code("await new Promise((resolve) => setTimeout(resolve, 60_000))"),
    code("1"),
  ], { signal: interrupt.signal, onProgress: () => setTimeout(() => interrupt.abort(), 100) });
  assert.deepEqual([status, failure?.name, failure?.cell], ["interrupted", "Interrupted", 1]);
});
