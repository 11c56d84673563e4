import { escapeHtml, escapeTerminal, Shown } from "../../display/mod.ts";

/** One sentence in place of a result that is not there. */
export class Note extends Shown {
  constructor(readonly sentence: string) {
    super();
  }

  override html(): string {
    return `<p class="plateau-note">${escapeHtml(this.sentence)}</p>`;
  }

  override text(): string {
    return escapeTerminal(this.sentence);
  }
}
