/** A command of a page, as a reader would type it. */
export interface DocCommand {
  readonly page: string;
  /** 1-based. */
  readonly line: number;
  readonly text: string;
  /** It stands in a sentence, not in a block. */
  readonly inline: boolean;
}

/** A block of code between fences. */
export interface CodeBlock {
  readonly language: string;
  /** Of its first line, 1-based. */
  readonly line: number;
  readonly lines: readonly string[];
}

/** All blocks of a page, in their order. */
export function codeBlocks(text: string): CodeBlock[] {
  const blocks: { language: string; line: number; lines: string[] }[] = [];
  let open = false;
  for (const [i, line] of text.split("\n").entries()) {
    const fence = /^\s*```(\w*)/.exec(line);
    if (fence !== null) {
      open = !open;
      if (open) blocks.push({ language: fence[1], line: i + 2, lines: [] });
    } else if (open) blocks.at(-1)!.lines.push(line);
  }
  return blocks;
}

/**
 * The commands of a page: each line of a block of `sh`, without its comment, and what stands as `deno task …` between
 * backticks in a sentence. There, `…` stands for something to be filled in: that is no command.
 */
export function commandsOf(page: string, text: string): DocCommand[] {
  const blocks = codeBlocks(text);
  const found: DocCommand[] = [];
  for (const { language, line, lines } of blocks) {
    if (language !== "sh") continue;
    for (const [i, source] of lines.entries()) {
      const command = source.replace(/(^|\s+)#\s.*$/, "").trim();
      if (command !== "") found.push({ page, line: line + i, text: command, inline: false });
    }
  }
  const inside = new Set(blocks.flatMap(({ line, lines }) => lines.map((_, i) => line + i)));
  // A command may be wrapped inside of its backticks.
  const prose = text.split("\n").map((line, i) => inside.has(i + 1) ? "" : line).join("\n");
  for (const { 1: source, index } of prose.matchAll(/`((?:npx -y deno@2|deno) task\s[^`]+)`/g)) {
    if (source.includes("…")) continue;
    const line = prose.slice(0, index).split("\n").length;
    found.push({ page, line, text: source.replace(/\s+/g, " ").trim(), inline: true });
  }
  return found.sort((a, b) => a.line - b.line);
}

/** Headings of a page, as GitHub names their anchors. */
export function anchorsOf(text: string): Set<string> {
  const headings = text.split("\n").filter((line) => /^#+ /.test(line));
  return new Set(
    headings.map((line) =>
      line.replace(/^#+ /, "").toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").trim().replaceAll(" ", "-")
    ),
  );
}

/** Links of a page that lead to a file of the project: its path, relative to the page, and its anchor. */
export function localLinks(text: string): { readonly line: number; readonly path: string; readonly anchor: string }[] {
  return text.split("\n").flatMap((line, i) =>
    [...line.matchAll(/\]\(([^)\s]+)\)/g)].map(({ 1: target }) => target).filter((target) => !/^[a-z]+:/.test(target))
      .map((target) => {
        const [path, anchor = ""] = target.split("#");
        return { line: i + 1, path, anchor };
      })
  );
}
