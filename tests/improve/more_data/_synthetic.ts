import { Dataset, type ImageRecord } from "../../../lib/dataset/mod.ts";

/**
 * A data set without pixels: of each of `classes` classes `groups` groups with `each` images; ungrouped where `each` is
 * 1.
 */
export function syntheticImages({ classes = 3, groups = 20, each = 2 } = {}): Dataset {
  const records: ImageRecord[] = [];
  for (let label = 0; label < classes; label++) {
    for (let group = 0; group < groups; group++) {
      for (let i = 0; i < each; i++) {
        const path = `${label}/${String(group).padStart(3, "0")}-${i}.png`;
        records.push({
          path,
          label,
          group: each === 1 ? path : `${label}/${group}`,
          part: null,
          hash: path,
          width: 8,
          height: 8,
          format: "png",
          bytes: 1,
        });
      }
    }
  }
  return new Dataset({
    name: "synthetic",
    folder: "/nowhere",
    classes: Array.from({ length: classes }, (_, k) => `class ${k}`),
    records,
    skipped: [],
    others: { n: 0, examples: [] },
    grouped: each > 1,
    size: 8,
    test: [],
    testSource: "seed",
  });
}
