/**
 * Reads the list of specs that may fail, one a line: the spec's full name, " | ", the reason. Empty lines and lines
 * that begin with "#" say nothing.
 *
 * @returns Reasons by name.
 * @throws {Error} where a line has no reason.
 */
export function readExclusions(text: string): Map<string, string> {
  const reasons = new Map<string, string>();
  text.split("\n").forEach((line, index) => {
    if (line.trim() === "" || line.startsWith("#")) return;
    const at = line.lastIndexOf(" | ");
    const reason = line.slice(at + 3).trim();
    if (at < 0 || reason === "") {
      throw new Error(`Cannot read exclusions.txt: line ${index + 1} needs " | " and a reason, it is "${line}"`);
    }
    reasons.set(line.slice(0, at), reason);
  });
  return reasons;
}
