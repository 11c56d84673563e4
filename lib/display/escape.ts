const HTML_ESCAPES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Makes any text safe as the content of an HTML element or of a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => HTML_ESCAPES[character]);
}

/**
 * Makes any text show literally in the running text, the headings and the table cells of Markdown (CommonMark with
 * GitHub's tables and links, and the formulas of Jupyter). Line breaks become spaces: they would end the paragraph.
 */
export function escapeMarkdown(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, " ").replace(/[\\`*_{}[\]()<>#+\-.!|~&:@$=^]/g, "\\$&");
}

/**
 * Makes any text safe to print in a terminal: control characters, which could move the cursor or change colours, and
 * those that reverse the direction of writing become "\uFFFD". Line breaks and tabs become spaces.
 */
export function escapeTerminal(text: string): string {
  return text.replace(/[\r\n\t]+/g, " ")
    // deno-lint-ignore no-control-regex
    .replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}
