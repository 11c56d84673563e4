import type { Message } from "./_wire.ts";
import type { MimeBundle, Output } from "./nbformat.ts";

/**
 * Gathers what a cell sends into nbformat's outputs: streams are joined, displays updated in place. An error comes last:
 * it ended the cell, but on a busy machine what was printed before may leave the kernel after it.
 */
export class OutputCollector {
  readonly outputs: Output[] = [];
  readonly #displays = new Map<string, number[]>();
  #clearBeforeNext = false;

  /** Takes a message of the kernel's broadcast channel; others than outputs are ignored. */
  add({ type, content }: Message): void {
    if (type === "clear_output") {
      if (content.wait) this.#clearBeforeNext = true;
      else this.#clear();
    } else if (type === "update_display_data") {
      for (const at of this.#displays.get(content.transient?.display_id) ?? []) {
        this.outputs[at] = { output_type: "display_data", data: content.data, metadata: content.metadata ?? {} };
      }
    } else {
      const output = toOutput(type, content);
      if (output) this.#append(output, content.transient?.display_id);
    }
  }

  #append(output: Output, displayId: string | undefined): void {
    if (this.#clearBeforeNext) this.#clear();
    const error = this.outputs.at(-1)?.output_type === "error" ? this.outputs.pop() : undefined;
    this.#appendLast(output, displayId);
    if (error) this.outputs.push(error);
  }

  #appendLast(output: Output, displayId: string | undefined): void {
    const last = this.outputs.at(-1);
    if (output.output_type === "stream" && last?.output_type === "stream" && last.name === output.name) {
      last.text += output.text;
      return;
    }
    if (displayId) this.#displays.set(displayId, [...this.#displays.get(displayId) ?? [], this.outputs.length]);
    this.outputs.push(output);
  }

  #clear(): void {
    this.outputs.length = 0;
    this.#displays.clear();
    this.#clearBeforeNext = false;
  }
}

// deno-lint-ignore no-explicit-any -- as `Message.content`
function toOutput(type: string, content: any): Output | null {
  const data: MimeBundle = content.data;
  const metadata = content.metadata ?? {};
  switch (type) {
    case "stream":
      return { output_type: type, name: content.name, text: content.text };
    case "display_data":
      return { output_type: type, data, metadata };
    case "execute_result":
      return { output_type: type, data, metadata, execution_count: content.execution_count };
    case "error":
      return { output_type: type, ename: content.ename, evalue: content.evalue, traceback: content.traceback };
    default:
      return null;
  }
}
