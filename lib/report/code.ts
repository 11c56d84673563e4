import highlighter from "highlight.js/lib/core";
import typescript from "highlight.js/lib/languages/typescript";

highlighter.registerLanguage("typescript", typescript);

/** TypeScript as HTML, its parts marked with highlight.js's classes, everything escaped. */
export function highlight(source: string): string {
  return highlighter.highlight(source, { language: "typescript", ignoreIllegals: true }).value;
}
