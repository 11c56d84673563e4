import assert from "node:assert/strict";
import { OutputCollector } from "../../lib/notebook/_outputs.ts";

const message = (type: string, content: unknown) => ({ type, content }) as Parameters<OutputCollector["add"]>[0];
const printed = (text: string) => message("stream", { name: "stdout", text });
const thrown = message("error", { ename: "RangeError", evalue: "too far", traceback: [] });

Deno.test("an error is a cell's last output, also where what was printed before it comes later", () => {
  const collector = new OutputCollector();
  for (const sent of [printed("begun\n"), thrown, printed("half\n"), printed("done\n")]) collector.add(sent);
  assert.deepEqual(collector.outputs.map(({ output_type }) => output_type), ["stream", "error"]);
  assert.deepEqual(collector.outputs[0], { output_type: "stream", name: "stdout", text: "begun\nhalf\ndone\n" });
});

Deno.test("a display that comes after the error is before it, and updated there", () => {
  const collector = new OutputCollector();
  const shown = (type: string, text: string) =>
    message(type, { data: { "text/plain": text }, transient: { display_id: "d" } });
  for (const sent of [thrown, shown("display_data", "old"), shown("update_display_data", "new")]) collector.add(sent);
  assert.deepEqual(collector.outputs.map(({ output_type }) => output_type), ["display_data", "error"]);
  assert.deepEqual((collector.outputs[0] as { data: unknown }).data, { "text/plain": "new" });
});
