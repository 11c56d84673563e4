import { bundle, type Displayable, jupyterDisplay, type MimeBundle, terminalInspect } from "./mime.ts";
import type { ResultRecord } from "./record.ts";
import { styled } from "./_style.ts";

/** A result that shows itself: HTML in a notebook or report, plain text in a terminal. */
export abstract class Shown implements Displayable {
  /** Escaped HTML, without its style. */
  abstract html(): string;

  /** The same for a terminal, without a closing line break. */
  abstract text(): string;

  /** What it says in data, for the report. */
  record(): ResultRecord | undefined {
    return undefined;
  }

  [jupyterDisplay](): MimeBundle {
    return bundle({ html: styled(this.html()), text: this.text(), record: this.record() });
  }

  [terminalInspect](): string {
    return this.text();
  }
}
