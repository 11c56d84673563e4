/**
 * Widths of characters in thousandths of the font size, for the plain sans-serif faces that `system-ui` stands for.
 * Vega's own guess without a canvas, eight tenths of the font size for each character, leaves gaps beside axes and cuts
 * labels that would fit.
 */
const WIDTHS: readonly (readonly [string, number])[] = [
  ["ijl'|", 230],
  ["ft.,:;!/\\[]()I` ", 290],
  ['r-"*°{}', 350],
  ["cksvxyzJ_^", 510],
  ["abdeghnopqu0123456789L?#$<>=+~–−", 565],
  ["FTZSEABKPVXY&", 670],
  ["CDHNRUwGOQ", 735],
  ["mM%", 860],
  ["W@…—", 970],
];

const WIDTH_OF = new Map(WIDTHS.flatMap(([characters, width]) => [...characters].map((it) => [it, width] as const)));

/** DejaVu Sans, which many Linux systems show, is that much wider than the rest; too wide looks better than cut off. */
const MARGIN = 1.16;

/**
 * Estimates the width of a text in pixels.
 *
 * @param text One line.
 * @param fontSize In pixels.
 */
export function textWidth(text: string, fontSize: number): number {
  let thousandths = 0;
  for (const character of text) {
    // Beyond Latin, characters are about square.
    thousandths += WIDTH_OF.get(character) ?? (character > "\u024f" ? 1000 : 600);
  }
  return MARGIN * fontSize * thousandths / 1000;
}
