import { escapeTerminal, formatSeconds } from "../display/mod.ts";
import type { NotebookProgress } from "../notebook/mod.ts";

/** Seconds between two lines where nothing can be rewritten, as in a log. */
const LOG_INTERVAL = 15_000;

/** Tells in the terminal where the report stands: one line that is rewritten, or now and then a line in a log. */
export class ReportLine {
  readonly #isTerminal: boolean;
  readonly #write: (text: string) => void;
  readonly #now: () => number;
  #last: number;

  constructor(
    host: { readonly isTerminal?: boolean; readonly write?: (text: string) => void; readonly now?: () => number } = {},
  ) {
    this.#isTerminal = host.isTerminal ?? Deno.stderr.isTerminal();
    this.#write = host.write ?? ((text) => Deno.stderr.writeSync(new TextEncoder().encode(text)));
    this.#now = host.now ?? (() => performance.now());
    this.#last = this.#now();
  }

  /** Shows where a notebook is. */
  show(progress: NotebookProgress): void {
    const text = progressText(progress);
    if (this.#isTerminal) {
      this.#write(`\r\x1b[2K${[...text].slice(0, columns() - 1).join("")}`);
    } else if (this.#now() - this.#last >= LOG_INTERVAL) {
      this.#last = this.#now();
      this.#write(`${text}\n`);
    }
  }

  /** Takes the line away, to print something that stays. */
  clear(): void {
    if (this.#isTerminal) this.#write("\r\x1b[2K");
  }
}

/** "03_training, cell 5 of 12: Training thread-cnn, 35 %, epoch 7 of 20, 12 s left" */
export function progressText({ notebook, cell, cells, display }: NotebookProgress): string {
  const parts = [`${notebook}, cell ${cell} of ${cells}`];
  if (display) {
    const { label, done, total, etaSeconds, text } = display;
    const eta = etaSeconds === null || etaSeconds < 1 ? [] : [`${formatSeconds(Math.round(etaSeconds))} left`];
    const share = total > 0 ? [`${Math.floor(100 * done / total)}\u00a0%`] : [];
    parts.push([label, ...share, ...(text ? [text] : []), ...eta].join(", "));
  }
  return escapeTerminal(parts.join(": "));
}

function columns(): number {
  try {
    return Math.max(20, Deno.consoleSize().columns);
  } catch {
    return 80;
  }
}
