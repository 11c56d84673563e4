/** Which image of a data set a path from elsewhere means. */
export class PathFinder {
  /** Records by their file name, the last part of their path. */
  readonly #byName = new Map<string, number[]>();
  readonly #paths: readonly string[][];

  /** @param records Paths below the data set's folder, with "/" between their parts. */
  constructor(records: readonly { readonly path: string }[]) {
    this.#paths = records.map(({ path }) => partsOf(path));
    for (const [index, parts] of this.#paths.entries()) {
      const name = parts[parts.length - 1];
      this.#byName.set(name, [...this.#byName.get(name) ?? [], index]);
    }
  }

  /**
   * The images that each path may mean: one where it is clear, none where it is unknown, several where the path is too
   * short. A path means an image when one of the two ends with the whole of the other; where that finds nothing, what
   * all paths begin with is left away first.
   */
  find(paths: readonly string[]): number[][] {
    const given = paths.map(partsOf);
    const common = commonLength(given);
    return given.map((parts) => {
      const found = this.#matches(parts);
      return found.length === 0 && common > 0 ? this.#matches(parts.slice(common)) : found;
    });
  }

  #matches(parts: readonly string[]): number[] {
    let best: number[] = [];
    let longest = 0;
    for (const index of this.#byName.get(parts[parts.length - 1]) ?? []) {
      const record = this.#paths[index];
      const length = sharedEnd(record, parts);
      if (length < Math.min(record.length, parts.length)) continue;
      if (length > longest) [best, longest] = [[index], length];
      else if (length === longest) best.push(index);
    }
    return best;
  }
}

function partsOf(path: string): string[] {
  return path.normalize("NFC").replaceAll("\\", "/").split("/").filter((part) => part !== "" && part !== ".");
}

/** How many parts two paths end with in common. */
function sharedEnd(a: readonly string[], b: readonly string[]): number {
  let length = 0;
  while (length < Math.min(a.length, b.length) && a[a.length - 1 - length] === b[b.length - 1 - length]) length++;
  return length;
}

/** How many folders all paths begin with; their last parts are files. */
function commonLength(paths: readonly (readonly string[])[]): number {
  const [first, ...rest] = paths;
  if (first === undefined) return 0;
  let length = 0;
  while (
    length < first.length - 1 && rest.every((path) => path.length > length + 1 && path[length] === first[length])
  ) {
    length++;
  }
  return length;
}
