import type { ResultRecord } from "./record.ts";

/** The method that Deno's Jupyter kernel asks a cell's last value for. */
export const jupyterDisplay: unique symbol = Symbol.for("Jupyter.display") as never;

/** The method that `console.log` asks a value for; results print their plain text through it. */
export const terminalInspect: unique symbol = Symbol.for("Deno.customInspect") as never;

/** The MIME type of a `ResultRecord`. Front ends that don't know it ignore it. */
export const RECORD_MIME = "application/vnd.plateau.v1+json";

/** The MIME type of a `ProgressRecord`. */
export const PROGRESS_MIME = "application/vnd.plateau.progress+json";

/** One result in several forms; a front end shows the richest it knows. */
export type MimeBundle = Record<string, unknown>;

/** What shows itself as the last value of a notebook cell. */
export interface Displayable {
  [jupyterDisplay](): MimeBundle | Promise<MimeBundle>;
}

/** The forms of one result; `text` is what is left where nothing else can be shown. */
export interface BundleParts {
  readonly text: string;
  /** Must be escaped already. */
  readonly html?: string;
  /** Must be escaped already. Front ends prefer `html` where both are given. */
  readonly markdown?: string;
  readonly record?: ResultRecord;
  /** Further forms by MIME type. */
  readonly extra?: MimeBundle;
}

/** Puts the forms of a result together, leaving out what is not given. */
export function bundle({ text, html, markdown, record, extra }: BundleParts): MimeBundle {
  return {
    ...extra,
    ...(html === undefined ? {} : { "text/html": html }),
    ...(markdown === undefined ? {} : { "text/markdown": markdown }),
    "text/plain": text,
    ...(record === undefined ? {} : { [RECORD_MIME]: record }),
  };
}
