import { escapeHtml } from "../display/mod.ts";

const COLOURS = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
// deno-lint-ignore no-control-regex -- escape sequences are what this is about
const SEQUENCE = /\u001b\[([0-9;:]*)([@-~])|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[@-Z\\-_]/g;
// deno-lint-ignore no-control-regex
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

/**
 * Terminal text as HTML: the eight colours, bold and dim become classes, every other escape sequence is dropped, and of
 * a line that was written over with carriage returns the last state is kept.
 */
export function ansiToHtml(text: string): string {
  const settled = text.replaceAll("\r\n", "\n").replace(/[^\n]*\r(?=[^\n])/g, "").replaceAll("\r", "");
  let out = "";
  let at = 0;
  let classes: string[] = [];
  const emit = (plain: string) => {
    const html = escapeHtml(plain.replace(CONTROLS, ""));
    if (html === "") return;
    out += classes.length === 0 ? html : `<span class="${classes.join(" ")}">${html}</span>`;
  };
  for (const match of settled.matchAll(SEQUENCE)) {
    emit(settled.slice(at, match.index));
    at = match.index + match[0].length;
    if (match[2] === "m") classes = styled(classes, match[1]);
  }
  emit(settled.slice(at));
  return out;
}

/** The same without any colour. */
export function stripAnsi(text: string): string {
  return text.replace(SEQUENCE, "").replace(CONTROLS, "");
}

function styled(classes: readonly string[], codes: string): string[] {
  let next = [...classes];
  const without = (kind: RegExp) => next.filter((name) => !kind.test(name));
  const numbers = codes.split(/[;:]/).map(Number);
  for (let i = 0; i < numbers.length; i++) {
    const code = numbers[i];
    if (code === 0) next = [];
    else if (code === 1) next = [...without(/bold/), "ansi-bold"];
    else if (code === 2) next = [...without(/dim/), "ansi-dim"];
    else if (code === 22) next = without(/bold|dim/);
    else if (code === 39) next = without(/^ansi-fg/);
    else if (code === 38 || code === 48) i += numbers[i + 1] === 5 ? 2 : 4; // 256 and true colours are left out
    else if (code === 90) next = [...without(/dim/), "ansi-dim"];
    else {
      const colour = COLOURS[code >= 90 ? code - 90 : code - 30];
      if (colour && (code < 38 || code >= 90)) next = [...without(/^ansi-fg/), `ansi-fg-${colour}`];
    }
  }
  return next;
}
