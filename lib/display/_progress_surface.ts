import { escapeHtml, escapeTerminal } from "./escape.ts";
import { formatSeconds } from "./format.ts";
import { type JupyterApi, jupyterApi } from "./_jupyter.ts";
import { PROGRESS_MIME } from "./mime.ts";

/** Where a job stands. */
export interface ProgressRecord {
  readonly label: string;
  readonly done: number;
  readonly total: number;
  /** Null while there is nothing to judge by. */
  readonly etaSeconds: number | null;
  readonly text: string;
  /** True in the last record of a job. */
  readonly finished?: true;
}

/** Where progress is shown. */
export interface ProgressSurface {
  /** Least time between two paintings, in milliseconds. */
  readonly interval: number;
  paint(record: ProgressRecord): void;
  /** Takes the progress away; `text`, if not empty, stays. */
  clear(record: ProgressRecord): Promise<void>;
}

/** A live display in a notebook cell, a rewritten line in a terminal, or now and then a line in a log. */
export function currentSurface(): ProgressSurface {
  const jupyter = jupyterApi();
  if (jupyter !== null) return new NotebookSurface(jupyter);
  return Deno.stderr.isTerminal() ? new TerminalSurface() : new LogSurface();
}

/** One line for a terminal: "Training fold 2: 7 of 20, 35 %, 1 min 12 s left, loss 2.1". */
export function progressLine({ label, done, total, etaSeconds, text }: ProgressRecord): string {
  const share = total > 0 ? `, ${Math.floor(100 * done / total)}\u00a0%` : "";
  const eta = etaSeconds === null || etaSeconds < 1 ? "" : `, ${formatSeconds(roundEta(etaSeconds))} left`;
  return escapeTerminal(`${label}: ${Math.floor(done)} of ${total}${share}${eta}${text === "" ? "" : `, ${text}`}`);
}

/** Shows progress in the cell that is running, by rewriting one display. */
export class NotebookSurface implements ProgressSurface {
  readonly interval = 250;
  readonly #jupyter: JupyterApi;
  readonly #id = `plateau-progress-${crypto.randomUUID()}`;
  #shown = false;
  /** Broadcasts are chained: two in flight could arrive the wrong way round. */
  #last: Promise<void> = Promise.resolve();

  constructor(jupyter: JupyterApi) {
    this.#jupyter = jupyter;
  }

  paint(record: ProgressRecord): void {
    this.#send({
      "text/html": progressHtml(record),
      "text/plain": progressLine(record),
      [PROGRESS_MIME]: record,
    });
  }

  clear(record: ProgressRecord): Promise<void> {
    if (!this.#shown && record.text === "") return Promise.resolve();
    this.#send({
      "text/html": record.text === "" ? "" : `<p class="plateau-note">${escapeHtml(record.text)}</p>`,
      "text/plain": escapeTerminal(record.text),
      [PROGRESS_MIME]: record,
    });
    return this.#last;
  }

  #send(data: Record<string, unknown>): void {
    const type = this.#shown ? "update_display_data" : "display_data";
    this.#shown = true;
    const content = { data, metadata: {}, transient: { display_id: this.#id } };
    // A progress display that cannot be painted must not end the job it is about.
    this.#last = this.#last.then(() => this.#jupyter.broadcast(type, content)).catch(() => {});
  }
}

/** Rewrites one line on standard error. */
export class TerminalSurface implements ProgressSurface {
  readonly interval = 100;

  paint(record: ProgressRecord): void {
    writeError(`\r\x1b[2K${[...progressLine(record)].slice(0, Math.max(0, terminalColumns() - 1)).join("")}`);
  }

  clear(record: ProgressRecord): Promise<void> {
    writeError(`\r\x1b[2K${record.text === "" ? "" : `${escapeTerminal(record.text)}\n`}`);
    return Promise.resolve();
  }
}

/** A line every ten seconds, for logs: short jobs leave none. */
export class LogSurface implements ProgressSurface {
  readonly interval = 10_000;
  readonly #write: (text: string) => void;
  #started = false;

  constructor(write: (text: string) => void = writeError) {
    this.#write = write;
  }

  paint(record: ProgressRecord): void {
    // The first painting comes at once, when there is nothing to say yet.
    if (this.#started) this.#write(`${progressLine(record)}\n`);
    this.#started = true;
  }

  clear(record: ProgressRecord): Promise<void> {
    if (record.text !== "") this.#write(`${escapeTerminal(record.text)}\n`);
    return Promise.resolve();
  }
}

function progressHtml(record: ProgressRecord): string {
  const { label, done, total } = record;
  const line = escapeHtml(progressLine(record));
  return `<div class="plateau-progress" role="status"><progress max="${total}" value="${Math.min(done, total)}" ` +
    `aria-label="${escapeHtml(label)}" style="width:min(20rem,100%);vertical-align:middle"></progress> ` +
    `<span style="font-variant-numeric:tabular-nums">${line}</span></div>`;
}

/** Whole tens of seconds from a minute on: an estimate is no stopwatch. */
function roundEta(seconds: number): number {
  return seconds < 60 ? Math.round(seconds) : 10 * Math.round(seconds / 10);
}

function writeError(text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let written = 0; written < bytes.length;) written += Deno.stderr.writeSync(bytes.subarray(written));
}

function terminalColumns(): number {
  try {
    // Some terminals don't know their size and say 0.
    return Deno.consoleSize().columns || 80;
  } catch {
    return 80;
  }
}
