import type { FindingRecord } from "../display/mod.ts";
import { finding } from "./finding.ts";

/** What is said wherever groups would be needed and none are known. */
export function groupsUnknown(): FindingRecord {
  return finding({
    code: "groups-unknown",
    severity: "info",
    sentence:
      "Nothing says which images belong together, so it cannot be ruled out that images of the same thing, person " +
      "or occasion are on both sides of a split and flatter the score.",
    remedy:
      "If there are such images, name them in a file groups.csv in the images' folder with the columns file_name " +
      "and group, or in a column group of metadata.csv. deno task groups --data DIR writes a file with the groups that " +
      "file names and pictures suggest, to begin with.",
  });
}
